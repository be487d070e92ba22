/*
 * A model as one C file that needs nothing but the C library: the scoring function, the choice of a
 * victim, and behind EVICTLAB_HARNESS a program that answers decisions from its standard input.
 *
 *   input    frames, candidates (uint32), then candidates × features raw values (float), a row a
 *            candidate; again and again, in the machine's byte order
 *   output   the row of the victim (int32) and its score (double), for each decision
 */
import type { FittedModel } from '../model.ts';
import { type Dialect, log2Table, real, scoreSource } from './scoreSource.ts';

const PER_LINE = 6;

/** The entries of an array, some to a line. */
export function rowsOf(values: ArrayLike<number>, text: (value: number) => string): string {
  const all = Array.from(values, text);
  const lines = Array.from({ length: Math.ceil(all.length / PER_LINE) }, (_, i) =>
    all.slice(i * PER_LINE, (i + 1) * PER_LINE).join(', '),
  );
  // C has no empty arrays.
  return lines.length === 0 ? '0' : lines.join(',\n  ');
}

const C: Dialect = {
  real: 'double',
  int: 'int',
  reals: (name, values) => `static double ${name}[] = {\n  ${rowsOf(values, real)}\n};`,
  ints: (name, values) => `static const int ${name}[] = {\n  ${rowsOf(values, String)}\n};`,
};

/** Not re-entrant for trees and nets, whose rows are static. Compile with `-std=c11`. */
export function modelToC(model: FittedModel): string {
  const { tables, body } = scoreSource(model, C);
  const { features, learner, target, provenance } = model;
  return `/*
 * ${model.kind} model by ${provenance.program}, learner ${learner}.
 * Score: ${commented(target)}; the candidate with the highest leaves.
 * Compile with -std=c11 (or -ffp-contract=off), or the last bits differ; with
 * -DEVICTLAB_HARNESS it is a program that answers decisions from its standard input.
 *
 * Raw values of a candidate, in this order:
${features.map(({ id, unit, scale }, i) => ` *   v[${i}]  ${commented(id)}, in ${unit} (seen as ${scale})`).join('\n')}
 */
#include <stdint.h>
#include <string.h>

#define EVICTLAB_FEATURES ${features.length}

${C.reals('log2_table', log2Table())}

/* log2 of x, taken as a 32-bit float of at least 2^-126; off by less than 3e-6. */
static inline double evictlab_log2(double x) {
  const float narrow = (float)x;
  uint32_t word;
  memcpy(&word, &narrow, sizeof word);
  const uint32_t index = (word >> 15) & 255u;
  const uint32_t rest = word & 32767u;
  const double slope = (log2_table[index + 1] - log2_table[index]) / 32768.0;
  return ((int)(word >> 23) - 127) + (log2_table[index] + rest * slope);
}

${tables.map((table) => `${table}\n`).join('')}
double evictlab_score(const float *v, double log2_frames) {
  (void)log2_frames;
${body.map((line) => `  ${line}`).join('\n')}
}

/* Of \`count\` candidates, rows of EVICTLAB_FEATURES values, the one to evict. */
int evictlab_victim(const float *values, int count, uint32_t frames) {
  const double log2_frames = evictlab_log2(frames);
  int victim = 0;
  double highest = evictlab_score(values, log2_frames);
  for (int row = 1; row < count; row++) {
    const double score = evictlab_score(values + row * EVICTLAB_FEATURES, log2_frames);
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
    float *const values = malloc(count * sizeof *values);
    if (values == NULL || fread(values, sizeof *values, count, stdin) != count) return 1;
    const int32_t victim = evictlab_victim(values, (int)head[1], head[0]);
    const double score =
        evictlab_score(values + victim * EVICTLAB_FEATURES, evictlab_log2(head[0]));
    fwrite(&victim, sizeof victim, 1, stdout);
    fwrite(&score, sizeof score, 1, stdout);
    free(values);
  }
  return 0;
}
#endif
`;
}

/** Text that cannot end a comment. */
export function commented(text: string): string {
  return text.replaceAll('*/', '* /').replace(/\s+/g, ' ');
}
