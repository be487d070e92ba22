/*
 * The net of networkTrainer.ts trained by TensorFlow.js, whose gradients are its own: the same
 * first weights, the same decisions in each batch, the same losses and the same Adam, in 32-bit
 * floats. So its losses should be ours but for rounding.
 *
 *   decisions of a batch, padded to the widest: scores [decisions, rows]     weights 0 on padding
 */
import type { Scalar, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { assert } from '../support/assert.ts';
import { Random } from '../support/random.ts';
import type { Layer } from './kinds/network.ts';
import { aim, list, logistic, pairs, squares } from './losses.ts';
import type { LayersTrainer } from './networkFit.ts';
import {
  BETA1,
  BETA2,
  EPSILON,
  firstWeights,
  type NetworkOptions,
  type NetworkTask,
  shapesOf,
  shuffle,
} from './networkTrainer.ts';
import type { TensorFlow } from './tensorFlow.ts';

/** Decisions scored at once where nothing is learnt. */
const SCORED_AT_ONCE = 256;

interface Padded {
  readonly decisions: number;
  /** Rows of the widest. */
  readonly rows: number;
  /** [decisions · rows, width] */
  readonly values: Float32Array;
  /** [decisions, rows] */
  readonly labels: Float32Array;
  /** How often a row counts; 0 on padding. */
  readonly times: Float32Array;
  /** Sum of those. */
  readonly total: number;
}

export class TensorFlowTrainer implements LayersTrainer {
  readonly #tf: TensorFlow;
  readonly #task: NetworkTask;
  readonly #options: NetworkOptions;
  readonly #weights: readonly Variable[];
  readonly #means: readonly Variable[];
  readonly #squares: readonly Variable[];
  readonly #order: Uint32Array;
  readonly #random: Random;
  #power1 = 1;
  #power2 = 1;
  #rate: number;

  constructor(tf: TensorFlow, task: NetworkTask, options: NetworkOptions) {
    this.#tf = tf;
    this.#task = task;
    this.#options = options;
    const flat = firstWeights(task.rows.width, options, task.constant);
    let at = 0;
    this.#weights = shapesOf(task.rows.width, options).flatMap(([inputs, outputs]) => {
      const weights = Float32Array.from(flat.subarray(at, at + inputs * outputs));
      at += inputs * outputs;
      const biases = Float32Array.from(flat.subarray(at, at + outputs));
      at += outputs;
      return [
        tf.variable(tf.tensor2d(weights, [outputs, inputs])),
        tf.variable(tf.tensor1d(biases)),
      ];
    });
    this.#means = this.#weights.map((weight) => tf.variable(tf.zerosLike(weight)));
    this.#squares = this.#weights.map((weight) => tf.variable(tf.zerosLike(weight)));
    this.#order = task.train.slice();
    this.#random = new Random(options.seed + 1);
    this.#rate = options.rate;
  }

  step(): void {
    const tf = this.#tf;
    shuffle(this.#order, this.#random);
    const { batch, cooling } = this.#options;
    for (let from = 0; from < this.#order.length; from += batch) {
      const padded = this.#padded(this.#order.subarray(from, from + batch));
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => this.#loss(padded), [...this.#weights]);
        this.#update(this.#weights.map(({ name }) => grads[name]));
      });
    }
    this.#rate *= cooling;
  }

  heldOutLoss(): number {
    const { test } = this.#task;
    let loss = 0;
    let total = 0;
    for (let from = 0; from < test.length; from += SCORED_AT_ONCE) {
      const padded = this.#padded(test.subarray(from, from + SCORED_AT_ONCE));
      const [mean] = this.#tf.tidy(() => this.#loss(padded).dataSync());
      loss += mean * padded.total;
      total += padded.total;
    }
    return loss / total;
  }

  layers(): readonly Layer[] {
    const layers: Layer[] = [];
    for (let i = 0; i < this.#weights.length; i += 2) {
      const weights = [...this.#weights[i].dataSync()];
      layers.push({ weights, biases: [...this.#weights[i + 1].dataSync()] });
    }
    return layers;
  }

  #padded(decisions: Uint32Array): Padded {
    const { width, values, labels, firstRow, groups, groupOf } = this.#task.rows;
    let rows = 0;
    for (const d of decisions) rows = Math.max(rows, firstRow[d + 1] - firstRow[d]);
    const padded = {
      decisions: decisions.length,
      rows,
      values: new Float32Array(decisions.length * rows * width),
      labels: new Float32Array(decisions.length * rows),
      times: new Float32Array(decisions.length * rows),
    };
    let total = 0;
    for (const [i, d] of decisions.entries()) {
      const [first, end] = [firstRow[d], firstRow[d + 1]];
      const { times } = groups[groupOf[d]];
      padded.values.set(values.subarray(first * width, end * width), i * rows * width);
      padded.labels.set(labels.subarray(first, end), i * rows);
      padded.times.fill(times, i * rows, i * rows + end - first);
      total += times * (end - first);
    }
    return { ...padded, total };
  }

  /** Mean a row. */
  #loss(padded: Padded): Scalar {
    const tf = this.#tf;
    const { decisions, rows, total } = padded;
    const scores = this.#scores(padded);
    const labels = tf.tensor2d(padded.labels, [decisions, rows]);
    const times = tf.tensor2d(padded.times, [decisions, rows]);
    const mean = (losses: Tensor): Scalar => tf.div(tf.sum(losses), total);
    switch (this.#task.loss) {
      case squares:
        return mean(tf.mul(times, tf.mul(0.5, tf.square(tf.sub(scores, labels)))));
      case logistic:
        return mean(tf.mul(times, tf.sub(tf.softplus(scores), tf.mul(labels, scores))));
      case pairs: {
        const apart = tf.sub(tf.expandDims(scores, 1), tf.expandDims(scores, 2));
        const weights = tf.tensor3d(pairWeights(padded), [decisions, rows, rows]);
        return mean(tf.mul(weights, tf.softplus(apart)));
      }
      case list: {
        const aims = tf.tensor2d(listAims(padded), [decisions, rows]);
        // Padding has no part in the softmax.
        const padding = tf.mul(1e9, tf.cast(tf.equal(times, 0), 'float32'));
        return mean(tf.neg(tf.mul(aims, tf.logSoftmax(tf.sub(scores, padding)))));
      }
      default:
        assert(false, 'every loss has its form in TensorFlow');
    }
  }

  /** [decisions, rows] */
  #scores({ decisions, rows, values }: Padded): Tensor2D {
    const tf = this.#tf;
    let layer: Tensor2D = tf.tensor2d(values, [decisions * rows, this.#task.rows.width]);
    for (let i = 0; i < this.#weights.length; i += 2) {
      const sums = tf.matMul<Tensor2D>(layer, this.#weights[i] as Tensor2D, false, true);
      layer = tf.add(sums, this.#weights[i + 1]);
      if (i + 2 < this.#weights.length) layer = tf.relu(layer);
    }
    return tf.reshape(layer, [decisions, rows]);
  }

  #update(slopes: readonly Tensor[]): void {
    const tf = this.#tf;
    const mix = (old: Tensor, found: Tensor, share: number): Tensor =>
      tf.add(tf.mul(old, share), tf.mul(found, 1 - share));
    this.#power1 *= BETA1;
    this.#power2 *= BETA2;
    const rate = this.#rate / (1 - this.#power1);
    const keep = 1 - this.#rate * this.#options.decay;
    for (const [i, slope] of slopes.entries()) {
      const mean = mix(this.#means[i], slope, BETA1);
      const square = mix(this.#squares[i], tf.square(slope), BETA2);
      this.#means[i].assign(mean);
      this.#squares[i].assign(square);
      const size = tf.add(tf.sqrt(tf.div(square, 1 - this.#power2)), EPSILON);
      const change = tf.div(tf.mul(mean, rate), size);
      this.#weights[i].assign(tf.sub(tf.mul(this.#weights[i], keep), change));
    }
  }
}

/** For each decision and rows i, j: what the pair counts where i is the later; see losses.ts. */
function pairWeights({ decisions, rows, labels, times }: Padded): Float32Array {
  const weights = new Float32Array(decisions * rows * rows);
  for (let d = 0; d < decisions; d++) {
    const own = labels.subarray(d * rows, (d + 1) * rows);
    const counts = times.subarray(d * rows, (d + 1) * rows);
    const isPair = (i: number, j: number): boolean =>
      counts[i] > 0 && counts[j] > 0 && own[i] > own[j];
    let count = 0;
    let number = 0;
    for (let i = 0; i < rows; i++) {
      if (counts[i] > 0) count++;
      for (let j = 0; j < rows; j++) if (isPair(i, j)) number++;
    }
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) {
        if (isPair(i, j)) weights[(d * rows + i) * rows + j] = (counts[i] * count) / number;
      }
    }
  }
  return weights;
}

function listAims({ decisions, rows, labels, times }: Padded): Float32Array {
  const aims = new Float32Array(decisions * rows);
  const own = new Float64Array(rows);
  for (let d = 0; d < decisions; d++) {
    let count = 0;
    while (count < rows && times[d * rows + count] > 0) count++;
    aim(labels, d * rows, count, own);
    for (let i = 0; i < count; i++) aims[d * rows + i] = times[d * rows + i] * count * own[i];
  }
  return aims;
}
