/*
 * Means and products of deviations of columns, in one pass over decisions and little memory,
 * without the cancellation that ruins sums of squares.         (Welford 1962; Chan, Golub & LeVeque
 * 1983)
 *
 *   scatter = Σ (x − mean)(x − mean)ᵀ                      over all rows
 *   within  = Σ (x − mean of its decision)(…)ᵀ             what rows of one decision differ by
 *
 * `within` is all that matters to choosing one of a decision's candidates: least squares on it
 * equals least squares on the differences of all pairs of candidates.
 */
import { assert } from '../support/assert.ts';

export class CoMoments {
  readonly width: number;
  /** Rows, each counted by its weight. */
  weight = 0;
  readonly mean: Float64Array;
  /** `width` × `width`, both halves. */
  readonly scatter: Float64Array;
  readonly within: Float64Array;
  // Of one decision; kept to allocate nothing while rows stream by.
  readonly #mean: Float64Array;
  readonly #scatter: Float64Array;

  constructor(width: number) {
    this.width = width;
    this.mean = new Float64Array(width);
    this.scatter = new Float64Array(width * width);
    this.within = new Float64Array(width * width);
    this.#mean = new Float64Array(width);
    this.#scatter = new Float64Array(width * width);
  }

  /** One decision: `rowCount` rows of `width` values, one after the other in `rows`. */
  addDecision(rows: Float64Array, rowCount: number): void {
    assert(rowCount >= 1, 'a decision has a row');
    const { width, within } = this;
    const mean = this.#mean.fill(0);
    const scatter = this.#scatter.fill(0);
    for (let row = 0; row < rowCount; row++) {
      for (let i = 0; i < width; i++) mean[i] += rows[row * width + i];
    }
    for (let i = 0; i < width; i++) mean[i] /= rowCount;
    for (let row = 0; row < rowCount; row++) {
      const start = row * width;
      for (let i = 0; i < width; i++) {
        const deviation = rows[start + i] - mean[i];
        for (let j = 0; j <= i; j++) {
          scatter[i * width + j] += deviation * (rows[start + j] - mean[j]);
        }
      }
    }
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < i; j++) scatter[j * width + i] = scatter[i * width + j];
    }
    for (let i = 0; i < scatter.length; i++) within[i] += scatter[i];
    this.#combine(rowCount, mean, scatter, 1);
  }

  /** Adds the rows of `other`, each counted `times`. */
  merge(other: CoMoments, times: number): void {
    assert(other.width === this.width, 'the same columns are merged');
    for (let i = 0; i < this.within.length; i++) this.within[i] += times * other.within[i];
    this.#combine(times * other.weight, other.mean, other.scatter, times);
  }

  #combine(weight: number, mean: Float64Array, scatter: Float64Array, times: number): void {
    const { width } = this;
    const total = this.weight + weight;
    const share = (this.weight / total) * weight;
    for (let i = 0; i < width; i++) {
      const deviation = mean[i] - this.mean[i];
      for (let j = 0; j < width; j++) {
        this.scatter[i * width + j] +=
          times * scatter[i * width + j] + share * deviation * (mean[j] - this.mean[j]);
      }
    }
    for (let i = 0; i < width; i++) this.mean[i] += (mean[i] - this.mean[i]) * (weight / total);
    this.weight = total;
  }
}
