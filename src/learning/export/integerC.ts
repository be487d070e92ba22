/*
 * A quantised model (quantise.ts) as one C file without floating point, for where there is none:
 * the scoring function, the choice of a victim, and behind EVICTLAB_HARNESS a program that answers
 * decisions from its standard input.
 *
 *   input    frames, candidates (uint32), then candidates × features values (uint32), a row a
 *            candidate; again and again, in the machine's byte order
 *   output   the row of the victim (int32) and its score (int64), for each decision
 */
import type { FeatureScale } from '../../dataset/feature.ts';
import type { FittedModel } from '../model.ts';
import { commented, rowsOf } from './c.ts';
import { type QuantisedPart, quantise, STEP_BITS } from './quantise.ts';

/** Refuses kinds that have no integer form. */
export function modelToIntegerC(model: FittedModel): string {
  const { part, unit } = quantise(model);
  const { features, learner, target, provenance } = model;
  const { tables, terms } = sourceOf(part, features);
  const eighth = `1/${1 << STEP_BITS}`;
  return `/*
 * ${model.kind} model by ${provenance.program}, learner ${learner}, in integers.
 * Score: ${commented(target)}, times ${unit.toFixed(3)}, plus something that is the same for all
 * candidates; the one with the highest leaves. With -DEVICTLAB_HARNESS it is a program that answers
 * decisions from its standard input.
 *
 * Values of a candidate, whole and below 2^32 - 1, in this order:
${features.map(({ id, unit: of, scale }, i) => ` *   v[${i}]  ${commented(id)}, in ${scale === 'linear' ? `${eighth} of a ${of}` : of}`).join('\n')}
 */
#include <stdint.h>

#define EVICTLAB_FEATURES ${features.length}

/* log2 of n in steps, ${1 << STEP_BITS} to a doubling, by shifts (Mitchell 1962); where there is an fls, use that. */
static inline int32_t evictlab_steps(uint32_t n) {
  int32_t exponent = 0;
  while ((n >> exponent) > 1u) exponent++;
  const uint32_t below =
      exponent >= ${STEP_BITS} ? n >> (exponent - ${STEP_BITS}) : n << (${STEP_BITS} - exponent);
  return exponent * ${1 << STEP_BITS} + (int32_t)(below & ${(1 << STEP_BITS) - 1}u);
}

${tables.map((table) => `${table}\n`).join('')}
/* \`frame_steps\` is evictlab_steps(frames). */
int64_t evictlab_score(const uint32_t *v, int32_t frame_steps) {
  int64_t score = 0;
  (void)frame_steps;
${terms.map((line) => `  ${line}`).join('\n')}
  return score;
}

/* Of \`count\` candidates, rows of EVICTLAB_FEATURES values, the one to evict. */
int evictlab_victim(const uint32_t *values, int count, uint32_t frames) {
  const int32_t frame_steps = evictlab_steps(frames);
  int victim = 0;
  int64_t highest = evictlab_score(values, frame_steps);
  for (int row = 1; row < count; row++) {
    const int64_t score = evictlab_score(values + row * EVICTLAB_FEATURES, frame_steps);
    if (score > highest) {
      highest = score;
      victim = row;
    }
  }
  return victim;
}

#ifdef EVICTLAB_HARNESS
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  uint32_t head[2];
  while (fread(head, sizeof *head, 2, stdin) == 2) {
    const size_t count = (size_t)head[1] * EVICTLAB_FEATURES;
    uint32_t *const values = malloc(count * sizeof *values);
    if (values == NULL || fread(values, sizeof *values, count, stdin) != count) return 1;
    const int32_t victim = evictlab_victim(values, (int)head[1], head[0]);
    const int64_t score =
        evictlab_score(values + victim * EVICTLAB_FEATURES, evictlab_steps(head[0]));
    fwrite(&victim, sizeof victim, 1, stdout);
    fwrite(&score, sizeof score, 1, stdout);
    free(values);
  }
  return 0;
}
#endif
`;
}

function sourceOf(
  part: QuantisedPart,
  features: readonly { readonly scale: FeatureScale }[],
): { readonly tables: readonly string[]; readonly terms: readonly string[] } {
  const steps = features.map(({ scale }, i) => stepsSource(`v[${i}]`, scale));
  if (part.kind === 'linear') {
    const terms = steps.map((of, i) => `score += INT64_C(${part.weights[i]}) * ${of};`);
    return { tables: [], terms };
  }
  const tables = part.tables.map(
    (table, i) => `static const int16_t table_${i}[] = {\n  ${rowsOf(table, String)}\n};`,
  );
  const terms = steps.flatMap((of, i) => {
    const last = part.tables[i].length - 1;
    return [
      '{',
      `  const int64_t step = ${of} - INT64_C(${part.lows[i]});`,
      `  score += table_${i}[step < 0 ? 0 : step < ${last} ? step : ${last}];`,
      '}',
    ];
  });
  return { tables, terms };
}

/** What `seenSteps` of quantise.ts gives, as int64_t. */
function stepsSource(value: string, scale: FeatureScale): string {
  if (scale === 'linear') return `(int64_t)${value}`;
  const own = `(int64_t)evictlab_steps(1u + ${value})`;
  return scale === 'log2' ? own : `(${own} - frame_steps)`;
}
