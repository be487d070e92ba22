/*
 * A linear model, and its score, one feature at a time over a run of candidates:
 *
 *   score[i] = intercept + Σ coefficient · (scaled(value[i]) − mean) ÷ deviation
 *            = bias + Σ weight · scaled(value[i])
 *
 * Cost a candidate: a multiplication and perhaps a logarithm for each feature.
 */
import type { FeatureScale } from '../../dataset/feature.ts';
import { log2 } from '../../support/log2.ts';
import { number, wrong } from '../modelFields.ts';
import { inputsFrom, type ModelInput, type StandardInput, standardFields } from '../modelInput.ts';
import type { ModelScore } from '../modelScore.ts';
import { SCALED_VALUE_MAX } from '../scale.ts';

/** One term: coefficient · (scaled value − mean) ÷ deviation. */
export interface LinearTerm extends StandardInput {
  readonly coefficient: number;
}

export interface LinearPart {
  readonly kind: 'linear';
  readonly features: readonly LinearTerm[];
  readonly intercept: number;
}

export const LINEAR_FIELDS = ['features', 'intercept'] as const;

export function checkLinear(root: Readonly<Record<'features' | 'intercept', unknown>>): LinearPart {
  const names = ['mean', 'deviation', 'coefficient'] as const;
  const features = inputsFrom(root.features, names, (fields, where) => ({
    ...standardFields(fields, where),
    coefficient: number(fields.coefficient, `${where}.coefficient`),
  }));
  const intercept = number(root.intercept, 'intercept');
  // No partial sum of a score is greater.
  let bound = Math.abs(intercept);
  for (const [i, { mean, deviation, coefficient }] of features.entries()) {
    bound += Math.abs(coefficient / deviation) * (SCALED_VALUE_MAX + Math.abs(mean));
    if (Number.isFinite(bound)) continue;
    throw wrong(`features[${i}].coefficient`, 'is too large for its deviation: scores overflow');
  }
  return { kind: 'linear', features, intercept };
}

/** A model with its standardisation multiplied out; who makes it may change it. */
export interface LinearWeights {
  bias: number;
  readonly weights: Float64Array;
}

export function weightsOf({ features, intercept }: LinearPart): LinearWeights {
  const current = { bias: 0, weights: new Float64Array(features.length) };
  setWeights(current, features, intercept, (i) => features[i].coefficient);
  return current;
}

/** Multiplies out an intercept and coefficients of standardised `inputs`. */
export function setWeights(
  current: LinearWeights,
  inputs: readonly StandardInput[],
  intercept: number,
  coefficientOf: (i: number) => number,
): void {
  const { weights } = current;
  let bias = intercept;
  for (let i = 0; i < weights.length; i++) {
    const { mean, deviation } = inputs[i];
    weights[i] = coefficientOf(i) / deviation;
    bias -= weights[i] * mean;
  }
  current.bias = bias;
}

export function linearScore(model: LinearPart): ModelScore {
  return scoreByWeights(weightsOf(model), model.features);
}

/** By the weights as they are whenever it is asked. */
export function scoreByWeights(current: LinearWeights, inputs: readonly ModelInput[]): ModelScore {
  const { weights } = current;
  const scales = inputs.map(({ scale }) => scale);
  return {
    score(values, first, count, frames, out) {
      const log2Frames = log2(frames);
      out.fill(current.bias, 0, count);
      for (let i = 0; i < weights.length; i++) {
        addTerm(out, values[i], first, count, weights[i], scales[i], log2Frames);
      }
    },
  };
}

function addTerm(
  scores: Float64Array,
  values: Float32Array,
  first: number,
  count: number,
  weight: number,
  scale: FeatureScale,
  log2Frames: number,
): void {
  if (scale === 'linear') {
    for (let i = 0; i < count; i++) scores[i] += weight * values[first + i];
  } else {
    const shift = scale === 'log2' ? 0 : log2Frames;
    for (let i = 0; i < count; i++) scores[i] += weight * (log2(1 + values[first + i]) - shift);
  }
}
