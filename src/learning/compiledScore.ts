/*
 * The scores of candidates by a linear model as one loop, made of text for this model:
 *
 *   for each candidate      score = bias
 *                           score += w₀ · (log2AboveWhole(tick − column₀[frame]) − log2Frames)
 *                           score += w₁ · column₁[frame]   …
 *
 * A loop that serves every model fills a column of 32-bit floats for each feature, then adds one
 * after the other to the scores; here a value stays in a register, and a whole number whole. The
 * same sums in the same order, so the same bits (kinds/linear.ts). A feature that is no column of
 * whole numbers is filled as ever and read from there.
 *
 * Where no code may be made of text (a browser's content security policy, Node's
 * --disallow-code-generation-from-strings) there is no such loop, and the other one serves.
 */
import type { WholeColumn } from '../dataset/feature.ts';
import type { FeatureSet } from '../dataset/featureSet.ts';
import type { FrameTable } from '../engine/frameTable.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import { log2, log2AboveWhole } from '../support/log2.ts';
import { type LinearPart, weightsOf } from './kinds/linear.ts';

/** Writes the scores of the first `count` candidates to `scores`; returns the first highest's row. */
export type ScoreCandidates = (
  candidates: Int32Array,
  count: number,
  tick: Tick,
  scores: Float64Array,
) => number;

/**
 * `values`: a column a feature of the model, for those that must be filled. Undefined where it
 * cannot be compiled.
 */
export function compileScore(
  model: LinearPart,
  features: FeatureSet,
  { frameCount, pageOf }: FrameTable,
  values: readonly Float32Array[],
): ScoreCandidates | undefined {
  const { bias, weights } = weightsOf(model);
  const wholes = model.features.map((_, i) => features.wholeOf(i));
  // Nothing but numbers of the model stands in the text.
  const columns: string[] = [];
  const now: string[] = [];
  const terms: string[] = [];
  for (const [i, { scale }] of model.features.entries()) {
    const whole = wholes[i];
    let value = `c${i}[row]`;
    let logarithm = `log2(1 + ${value})`;
    if (whole === undefined) {
      columns.push(`const c${i} = values[${i}];`);
      now.push(`features.fill(${i}, candidates, count, tick, c${i}, 0);`);
    } else {
      columns.push(`const c${i} = wholes[${i}].column;`);
      if (typeof whole.since === 'object') now.push(`const now${i} = wholes[${i}].since.now;`);
      value = wholeSource(whole, i);
      logarithm = `log2AboveWhole(${value})`;
    }
    const scaled = {
      linear: `Math.fround(${value})`,
      log2: logarithm,
      'per-memory': `(${logarithm} - log2Frames)`,
    };
    terms.push(`score += ${weights[i]} * ${scaled[scale]};`);
  }
  const source = `${columns.join('\n')}
return (candidates, count, tick, scores) => {
  ${now.join('\n  ')}
  let best = 0;
  let highest = -Infinity;
  for (let row = 0; row < count; row++) {
    const frame = candidates[row];
    const page = pageOf[frame];
    let score = ${bias};
    ${terms.join('\n    ')}
    scores[row] = score;
    if (score > highest) {
      highest = score;
      best = row;
    }
  }
  return best;
};`;
  const log2Frames = log2(frameCount);
  const known = { features, wholes, values, pageOf, log2, log2AboveWhole, log2Frames };
  try {
    return new Function(...Object.keys(known), source)(...Object.values(known));
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}

/** The value of feature i, in the loop. */
function wholeSource({ row, since }: WholeColumn, i: number): string {
  const number = `c${i}[${row}]`;
  if (since === undefined) return number;
  return since === 'tick' ? `tick - ${number}` : `now${i} - ${number}`;
}
