/*
 * The control of everything that is learned from labels: a model fitted to labels that have nothing
 * to do with their pages must close nothing. If it does, it is not the fit that closed the gap.
 *
 * Each row gets the label of a row drawn from the first batch. To deal them anew within decisions
 * is not enough: programs whose pages are used later differ in their features too, and least
 * squares finds that out between decisions, where it says nothing of the future of any page.
 */
import type { Random } from '../support/random.ts';
import type { DecisionBatch } from './decisionTable.ts';

type Labels = Pick<DecisionBatch, 'frames' | 'forwardDistance' | 'ioScore' | 'regret'>;

/** `batch` with labels drawn from those of `pool`, times in units of the memory. */
export function drawnLabels(batch: DecisionBatch, pool: Labels, random: Random): DecisionBatch {
  const { firstRow, frames } = batch;
  const drawn = Uint32Array.from(batch.page, () => random.below(pool.forwardDistance.length));
  const scale = frames / pool.frames;
  const forwardDistance = Float32Array.from(drawn, (row) => scale * pool.forwardDistance[row]);
  const optimalVictim = new Uint8Array(drawn.length);
  for (let decision = 0; decision + 1 < firstRow.length; decision++) {
    let farthest = firstRow[decision];
    for (let row = farthest; row < firstRow[decision + 1]; row++) {
      if (forwardDistance[row] > forwardDistance[farthest]) farthest = row;
    }
    optimalVictim[farthest] = 1;
  }
  const { regret } = pool;
  return {
    ...batch,
    forwardDistance,
    optimalVictim,
    ioScore: Float32Array.from(drawn, (row) => pool.ioScore[row] / scale),
    ...(regret !== undefined && { regret: Float32Array.from(drawn, (row) => regret[row]) }),
  };
}
