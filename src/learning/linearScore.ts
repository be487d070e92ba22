/*
 * The score of a linear model, one feature at a time over a run of candidates:
 *
 *   score[i] = bias + Σ weight · scaled(value[i])         the highest leaves first
 *
 * The learner, the fitted policy and whoever asks for one score add in this order, so that they
 * agree to the last bit.
 */
import type { FeatureScale } from '../dataset/feature.ts';
import { log2 } from '../support/log2.ts';
import type { FittedModel } from './model.ts';

/** A model with its standardisation multiplied out. */
export interface LinearWeights {
  readonly bias: number;
  readonly weights: Float64Array;
}

export function weightsOf(model: FittedModel): LinearWeights {
  const weights = new Float64Array(model.features.length);
  let bias = model.intercept;
  for (let i = 0; i < weights.length; i++) {
    const { coefficient, mean, deviation } = model.features[i];
    weights[i] = coefficient / deviation;
    bias -= weights[i] * mean;
  }
  return { bias, weights };
}

/** How a learner sees a raw value. */
export function scaled(value: number, scale: FeatureScale): number {
  return scale === 'log2' ? log2(1 + value) : value;
}

/** Adds one feature to the scores of `count` candidates, whose raw values begin at `first`. */
export function addScores(
  scores: Float64Array,
  values: Float32Array,
  first: number,
  count: number,
  weight: number,
  scale: FeatureScale,
): void {
  if (scale === 'log2') {
    for (let i = 0; i < count; i++) scores[i] += weight * log2(1 + values[first + i]);
  } else {
    for (let i = 0; i < count; i++) scores[i] += weight * values[first + i];
  }
}

/** Where the highest of the first `count` scores is, the first of equals. */
export function highest(scores: Float64Array, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (scores[i] > scores[best]) best = i;
  return best;
}
