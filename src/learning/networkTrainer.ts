/*
 * A small net trained by hand-written gradients over typed arrays: forward, backward, Adam.
 *
 *   decisions, shuffled ──► a few at a time ──► scores ──► loss ──► slopes ──► weights
 *
 * All weights of all layers lie in one array, a layer's rows of inputs before its biases. Rows are
 * standardised. Doubles throughout: the same bytes for the same seed. Some 0.3 million rows a
 * second for 12-32-16-1. Sources: Kingma & Ba 2015 (Adam); He et al. 2015 (first weights).
 */
import { Random } from '../support/random.ts';
import type { Trainer } from './earlyStop.ts';
import type { Layer } from './kinds/network.ts';
import type { Loss } from './losses.ts';
import type { Rows } from './rows.ts';

export interface NetworkOptions {
  /** Outputs of the two layers between; 0: no such layer. */
  readonly hidden1: number;
  readonly hidden2: number;
  /** Adam's, at first; it falls by `cooling` an epoch. */
  readonly rate: number;
  readonly cooling: number;
  /** Share of the rate by which weights shrink at every batch. */
  readonly decay: number;
  /** Decisions between two changes of the weights. */
  readonly batch: number;
  readonly seed: number;
}

/** What is trained: on `train`, judged on `test`. */
export interface NetworkTask {
  readonly rows: Rows;
  readonly train: Uint32Array;
  readonly test: Uint32Array;
  readonly loss: Loss;
  /** The score before the first step. */
  readonly constant: number;
}

export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-8;

/** Inputs and outputs of each layer. */
export function shapesOf(
  width: number,
  { hidden1, hidden2 }: Pick<NetworkOptions, 'hidden1' | 'hidden2'>,
): readonly (readonly [number, number])[] {
  const outputs = [hidden1, hidden2].filter((hidden) => hidden > 0);
  return [...outputs, 1].map((output, i) => [i === 0 ? width : outputs[i - 1], output]);
}

/** He's: normal of variance 2 ÷ inputs; the last layer gives the constant at first. */
export function firstWeights(
  width: number,
  options: NetworkOptions,
  constant: number,
): Float64Array {
  const random = new Random(options.seed);
  const shapes = shapesOf(width, options);
  const weights = new Float64Array(
    shapes.reduce((sum, [inputs, outputs]) => sum + (inputs + 1) * outputs, 0),
  );
  let at = 0;
  for (const [layer, [inputs, outputs]] of shapes.entries()) {
    const isLast = layer + 1 === shapes.length;
    const deviation = isLast ? 0 : Math.sqrt(2 / inputs);
    for (let i = 0; i < inputs * outputs; i++) weights[at++] = deviation * normal(random);
    for (let o = 0; o < outputs; o++) weights[at++] = isLast ? constant : 0;
  }
  return weights;
}

/** Near enough to normal: twelve uniform draws less their mean. */
function normal(random: Random): number {
  let sum = -6;
  for (let draw = 0; draw < 12; draw++) sum += random.unit();
  return sum;
}

/** The decisions in a new order, the same for the same draws. */
export function shuffle(decisions: Uint32Array, random: Random): void {
  for (let i = decisions.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    const decision = decisions[i];
    decisions[i] = decisions[other];
    decisions[other] = decision;
  }
}

export class NetworkTrainer implements Trainer {
  readonly weights: Float64Array;
  readonly #task: NetworkTask;
  readonly #options: NetworkOptions;
  readonly #shapes: readonly (readonly [number, number])[];
  readonly #order: Uint32Array;
  readonly #random: Random;
  readonly #slope: Float64Array;
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #power1 = 1;
  #power2 = 1;
  #rate: number;
  /** Of a decision: outputs of each layer, row by row, and their slopes. */
  #outputs: Float64Array[] = [];
  #slopes: Float64Array[] = [];
  #curvatures = new Float64Array(0);
  #capacity = 0;

  constructor(task: NetworkTask, options: NetworkOptions) {
    const { width } = task.rows;
    this.#task = task;
    this.#options = options;
    this.#shapes = shapesOf(width, options);
    this.weights = firstWeights(width, options, task.constant);
    this.#slope = new Float64Array(this.weights.length);
    this.#mean = new Float64Array(this.weights.length);
    this.#square = new Float64Array(this.weights.length);
    this.#order = task.train.slice();
    this.#random = new Random(options.seed + 1);
    this.#rate = options.rate;
  }

  /** An epoch. */
  step(): void {
    shuffle(this.#order, this.#random);
    const { batch, cooling } = this.#options;
    for (let from = 0; from < this.#order.length; from += batch) {
      this.batchSlope(this.#order.subarray(from, from + batch));
      this.#update();
    }
    this.#rate *= cooling;
  }

  heldOutLoss(): number {
    return this.lossOn(this.#task.test);
  }

  /** Mean a row. */
  lossOn(decisions: Uint32Array): number {
    let loss = 0;
    let total = 0;
    for (const decision of decisions) {
      const { first, count, times } = this.#decision(decision);
      loss += times * this.#forwardLoss(first, count);
      total += times * count;
    }
    return loss / total;
  }

  /** The slope of the mean loss a row by each weight, on these decisions; kept until the next. */
  batchSlope(decisions: Uint32Array): Float64Array {
    const slope = this.#slope.fill(0);
    let total = 0;
    for (const decision of decisions) {
      const { first, count, times } = this.#decision(decision);
      this.#forwardLoss(first, count);
      this.#backward(first, count, times);
      total += times * count;
    }
    for (let i = 0; i < slope.length; i++) slope[i] /= total;
    return slope;
  }

  layers(): readonly Layer[] {
    let at = 0;
    return this.#shapes.map(([inputs, outputs]) => {
      const weights = [...this.weights.subarray(at, at + inputs * outputs)];
      const biases = [...this.weights.subarray(at + inputs * outputs, at + (inputs + 1) * outputs)];
      at += (inputs + 1) * outputs;
      return { weights, biases };
    });
  }

  #decision(decision: number): { first: number; count: number; times: number } {
    const { firstRow, groups, groupOf } = this.#task.rows;
    const first = firstRow[decision];
    const count = firstRow[decision + 1] - first;
    if (count > this.#capacity) this.#grow(count);
    return { first, count, times: groups[groupOf[decision]].times };
  }

  #grow(count: number): void {
    this.#capacity = count;
    this.#outputs = this.#shapes.map(([, outputs]) => new Float64Array(count * outputs));
    this.#slopes = this.#shapes.map(([, outputs]) => new Float64Array(count * outputs));
    this.#curvatures = new Float64Array(count);
  }

  /** Leaves the slopes by the scores in the last of `#slopes`. */
  #forwardLoss(first: number, count: number): number {
    const { rows, loss } = this.#task;
    const last = this.#shapes.length - 1;
    let at = 0;
    for (let layer = 0; layer <= last; layer++) {
      const [inputs, outputs] = this.#shapes[layer];
      const from = layer === 0 ? rows.values : this.#outputs[layer - 1];
      const start = layer === 0 ? first * inputs : 0;
      forward(this.weights, at, from, start, this.#outputs[layer], inputs, outputs, count);
      if (layer < last) rectify(this.#outputs[layer], count * outputs);
      at += (inputs + 1) * outputs;
    }
    const scores = this.#outputs[last];
    return loss.ofDecision(scores, rows.labels, first, count, this.#slopes[last], this.#curvatures);
  }

  #backward(first: number, count: number, times: number): void {
    const { values } = this.#task.rows;
    const last = this.#shapes.length - 1;
    let at = this.weights.length;
    for (let row = 0; row < count; row++) this.#slopes[last][row] *= times;
    for (let layer = last; layer >= 0; layer--) {
      const [inputs, outputs] = this.#shapes[layer];
      at -= (inputs + 1) * outputs;
      const from = layer === 0 ? values : this.#outputs[layer - 1];
      const start = layer === 0 ? first * inputs : 0;
      gatherSlopes(this.#slope, at, from, start, this.#slopes[layer], inputs, outputs, count);
      if (layer === 0) break;
      const below = this.#slopes[layer - 1];
      passBack(this.weights, at, this.#slopes[layer], below, inputs, outputs, count);
      // A rectifier that gave 0 passes nothing back.
      const outputsBelow = this.#outputs[layer - 1];
      for (let i = 0; i < count * inputs; i++) if (outputsBelow[i] === 0) below[i] = 0;
    }
  }

  /** Adam with decoupled decay (Loshchilov & Hutter 2019). */
  #update(): void {
    const { weights } = this;
    const mean = this.#mean;
    const square = this.#square;
    const slope = this.#slope;
    this.#power1 *= BETA1;
    this.#power2 *= BETA2;
    const rate = this.#rate / (1 - this.#power1);
    const scale = 1 / (1 - this.#power2);
    const keep = 1 - this.#rate * this.#options.decay;
    for (let i = 0; i < weights.length; i++) {
      mean[i] = BETA1 * mean[i] + (1 - BETA1) * slope[i];
      square[i] = BETA2 * square[i] + (1 - BETA2) * slope[i] * slope[i];
      weights[i] = keep * weights[i] - (rate * mean[i]) / (Math.sqrt(scale * square[i]) + EPSILON);
    }
  }
}

function forward(
  weights: Float64Array,
  at: number,
  input: Float64Array | Float32Array,
  start: number,
  output: Float64Array,
  inputs: number,
  outputs: number,
  count: number,
): void {
  const biases = at + inputs * outputs;
  for (let row = 0; row < count; row++) {
    const from = start + row * inputs;
    for (let o = 0; o < outputs; o++) {
      const w = at + o * inputs;
      let sum = weights[biases + o];
      for (let i = 0; i < inputs; i++) sum += weights[w + i] * input[from + i];
      output[row * outputs + o] = sum;
    }
  }
}

function rectify(values: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) if (values[i] < 0) values[i] = 0;
}

function gatherSlopes(
  slope: Float64Array,
  at: number,
  input: Float64Array | Float32Array,
  start: number,
  above: Float64Array,
  inputs: number,
  outputs: number,
  count: number,
): void {
  const biases = at + inputs * outputs;
  for (let row = 0; row < count; row++) {
    const from = start + row * inputs;
    for (let o = 0; o < outputs; o++) {
      const delta = above[row * outputs + o];
      if (delta === 0) continue;
      const w = at + o * inputs;
      for (let i = 0; i < inputs; i++) slope[w + i] += delta * input[from + i];
      slope[biases + o] += delta;
    }
  }
}

function passBack(
  weights: Float64Array,
  at: number,
  above: Float64Array,
  below: Float64Array,
  inputs: number,
  outputs: number,
  count: number,
): void {
  below.fill(0, 0, count * inputs);
  for (let row = 0; row < count; row++) {
    const to = row * inputs;
    for (let o = 0; o < outputs; o++) {
      const delta = above[row * outputs + o];
      if (delta === 0) continue;
      const w = at + o * inputs;
      for (let i = 0; i < inputs; i++) below[to + i] += delta * weights[w + i];
    }
  }
}
