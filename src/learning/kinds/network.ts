/*
 * A small neural net: layers of weighted sums, rectified but for the last, which is the score.
 *
 *   standardised features ──► max(0, W₁·x + b₁) ──► max(0, W₂·x + b₂) ──► w₃·x + b₃
 *
 * Rectifiers, because they are exact on every machine, and cheap. Cost a candidate: a
 * multiplication a weight, 30·32 + 32·16 + 16 for thirty features and layers of 32 and 16.
 */
import { log2 } from '../../support/log2.ts';
import { fieldsOf, list, number, numbersOf, wrong } from '../modelFields.ts';
import { inputsFrom, type StandardInput, standardFields } from '../modelInput.ts';
import type { ModelScore } from '../modelScore.ts';
import { SCALED_VALUE_MAX, scaled } from '../scale.ts';

export interface Layer {
  /** A row of inputs for each output, one after the other. */
  readonly weights: readonly number[];
  /** One an output. */
  readonly biases: readonly number[];
}

export interface NetworkPart {
  readonly kind: 'network';
  readonly features: readonly StandardInput[];
  /** The last has one output. */
  readonly layers: readonly Layer[];
}

export const NETWORK_FIELDS = ['features', 'layers'] as const;

export function checkNetwork(root: Readonly<Record<'features' | 'layers', unknown>>): NetworkPart {
  const features = inputsFrom(root.features, ['mean', 'deviation'], standardFields);
  let inputCount = features.length;
  const layers = list(root.layers, 'layers', (item, where): Layer => {
    const fields = fieldsOf(item, where, ['weights', 'biases']);
    const biases = list(fields.biases, `${where}.biases`, number);
    const weights = numbersOf(inputCount * biases.length, fields.weights, `${where}.weights`);
    inputCount = biases.length;
    return { weights, biases };
  });
  if (layers.length === 0 || inputCount !== 1) throw wrong('layers', 'do not end in one score');
  checkBound(features, layers);
  return { kind: 'network', features, layers };
}

/** No output, and no partial sum of one, overflows. */
function checkBound(features: readonly StandardInput[], layers: readonly Layer[]): void {
  let inputs = features.map(
    ({ mean, deviation }) => (SCALED_VALUE_MAX + Math.abs(mean)) / deviation,
  );
  for (const [i, { weights, biases }] of layers.entries()) {
    const width = inputs.length;
    inputs = biases.map((bias, out) =>
      inputs.reduce(
        (sum, most, input) => sum + most * Math.abs(weights[out * width + input]),
        Math.abs(bias),
      ),
    );
    if (inputs.every(Number.isFinite)) continue;
    throw wrong(`layers[${i}].weights`, 'are too large: scores overflow');
  }
}

export function networkScore({ features, layers }: NetworkPart): ModelScore {
  const width = features.length;
  const scales = features.map(({ scale }) => scale);
  const means = Float64Array.from(features, ({ mean }) => mean);
  const deviations = Float64Array.from(features, ({ deviation }) => deviation);
  const weights = layers.map((layer) => Float64Array.from(layer.weights));
  const biases = layers.map((layer) => Float64Array.from(layer.biases));
  const input = new Float64Array(width);
  const outputs = biases.map(({ length }) => new Float64Array(length));
  return {
    score(values, first, count, frames, out) {
      const log2Frames = log2(frames);
      for (let row = 0; row < count; row++) {
        for (let i = 0; i < width; i++) {
          const value = scaled(values[i][first + row], scales[i], log2Frames);
          input[i] = (value - means[i]) / deviations[i];
        }
        let below = input;
        for (let layer = 0; layer < weights.length; layer++) {
          const isLast = layer + 1 === weights.length;
          forward(weights[layer], biases[layer], below, outputs[layer], !isLast);
          below = outputs[layer];
        }
        out[row] = below[0];
      }
    },
  };
}

function forward(
  weights: Float64Array,
  biases: Float64Array,
  input: Float64Array,
  output: Float64Array,
  isRectified: boolean,
): void {
  const width = input.length;
  for (let o = 0; o < output.length; o++) {
    let sum = biases[o];
    const start = o * width;
    for (let i = 0; i < width; i++) sum += weights[start + i] * input[i];
    output[o] = isRectified && sum < 0 ? 0 : sum;
  }
}
