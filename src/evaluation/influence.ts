/*
 * What a fitted function makes of its features, whatever it is inside: it is only asked for scores.
 *
 *   importance          how much the scores move when one column is shuffled among the rows
 *                       (permutation importance; Breiman, Machine Learning 2001): the root mean
 *                       square change, in units of the scores' own deviation
 *   partial dependence  the mean score when one column is set to the same value in all rows
 *                       (Friedman, Annals of Statistics 2001)
 */
import { Random } from '../support/random.ts';

/** Scores of rows, given a column a feature. */
export type RowScorer = (columns: readonly Float32Array[]) => Float64Array;

/** One number a column; 0 where the scores do not look at it. All 0 when all scores are equal. */
export function permutationImportance(
  score: RowScorer,
  columns: readonly Float32Array[],
  seed: number,
): number[] {
  const scores = score(columns);
  const deviation = deviationOf(scores);
  const random = new Random(seed);
  return columns.map((column, i) => {
    const shuffled = columns.with(i, shuffle(column, random));
    const moved = score(shuffled);
    let sum = 0;
    for (let row = 0; row < scores.length; row++) sum += (moved[row] - scores[row]) ** 2;
    return deviation === 0 ? 0 : Math.sqrt(sum / scores.length) / deviation;
  });
}

export interface Dependence {
  /** Values of the feature, ascending. */
  readonly values: readonly number[];
  /** The mean score at each. */
  readonly scores: readonly number[];
  /** The 5th and 95th percentile of the feature in the rows: outside them there is little data. */
  readonly usual: readonly [low: number, high: number];
}

/** At the different values among the percentiles 0, 5, 10 … 100 of the column. */
export function partialDependence(
  score: RowScorer,
  columns: readonly Float32Array[],
  feature: number,
): Dependence {
  const sorted = columns[feature].slice().sort();
  const at = (percent: number): number => sorted[Math.round((percent * (sorted.length - 1)) / 100)];
  const percents = Array.from({ length: 21 }, (_, i) => 5 * i);
  const values = [...new Set(percents.map(at))];
  const scores = values.map((value) => {
    const set = columns.with(feature, new Float32Array(sorted.length).fill(value));
    return meanOf(score(set));
  });
  return { values, scores, usual: [at(5), at(95)] };
}

function shuffle(column: Float32Array, random: Random): Float32Array {
  const shuffled = column.slice();
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = shuffled[i];
    shuffled[i] = shuffled[j];
    shuffled[j] = kept;
  }
  return shuffled;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: Float64Array): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
