/*
 * Partial effects: what each feature changes in the score while the others stay as they are in the
 * decisions (Friedman 2001, §8.2).
 *
 *   effect(feature, value) = mean score with the feature set to `value` − mean score
 *
 * Over one seeded sample of rows. Cost: rows × features × quantiles scores.
 */
import { Random } from '../../support/random.ts';
import { columnsOf } from '../agreement.ts';
import type { DecisionSource } from '../learner.ts';
import type { FittedModel } from '../model.ts';
import { createModelScore } from '../modelScore.ts';

/** Of the raw values that a feature is set to. */
export const EFFECT_QUANTILES: readonly number[] = [0.05, 0.25, 0.5, 0.75, 0.95];

const SAMPLE_ROWS = 2000;

export interface PartialEffect {
  readonly id: string;
  /** Raw values, in the feature's unit, at the quantiles. */
  readonly values: readonly number[];
  /** What the mean score changes by. */
  readonly effects: readonly number[];
}

interface SampledRow {
  readonly frames: number;
  readonly values: readonly number[];
}

export async function partialEffects(
  model: FittedModel,
  decisions: DecisionSource,
): Promise<readonly PartialEffect[]> {
  const rows = await sampleRows(model, decisions);
  const scorer = createModelScore(model);
  const columns = model.features.map(() => new Float32Array(1));
  const out = new Float64Array(1);
  const meanScore = (setTo: (row: SampledRow, feature: number) => number): number => {
    let sum = 0;
    for (const row of rows) {
      columns.forEach((column, feature) => {
        column[0] = setTo(row, feature);
      });
      scorer.score(columns, 0, 1, row.frames, out);
      sum += out[0];
    }
    return sum / rows.length;
  };
  const base = meanScore(({ values }, feature) => values[feature]);
  return model.features.map(({ id }, changed) => {
    const sorted = Float64Array.from(rows, ({ values }) => values[changed]).sort();
    const values = EFFECT_QUANTILES.map((q) => sorted[Math.floor(q * (sorted.length - 1))]);
    const effects = values.map(
      (value) =>
        meanScore((row, feature) => (feature === changed ? value : row.values[feature])) - base,
    );
    return { id, values, effects };
  });
}

/** Rows drawn alike from all there are. */
async function sampleRows(
  model: FittedModel,
  decisions: DecisionSource,
): Promise<readonly SampledRow[]> {
  const random = new Random(1);
  const sample: SampledRow[] = [];
  let seen = 0;
  for await (const batch of decisions()) {
    const columns = columnsOf(batch, model.features);
    for (let row = 0; row < batch.page.length; row++) {
      const place = seen < SAMPLE_ROWS ? seen : random.below(seen + 1);
      seen++;
      if (place >= SAMPLE_ROWS) continue;
      sample[place] = { frames: batch.frames, values: columns.map((column) => column[row]) };
    }
  }
  return sample;
}
