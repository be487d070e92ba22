/*
 * A linear model that goes on learning while it evicts: its weights are those that fit best what
 * the run itself has shown since, and the fitted ones as if `strength` labels spoke for them.
 *
 *   decision ──► victim, another ──► delayed labels ──► Σ zzᵀ, Σ zy, the older counting less
 *                                                         │ each 64 labels
 *     weights w  ◄──  min  Σ dⁿ (y − w·z)² + strength · |w − fitted|²
 *
 * z is 1 and the standardised values, y the target the model was fitted to. Recursive least squares
 * with forgetting towards a prior (Ljung & Söderström 1983), on the states that the policy itself
 * visits, which is what makes rounds of labelling worth their while (DAgger), without the rounds.
 *
 * Where only accessed bits are seen, a page counts as used when its bit is found set, up to an
 * interval late; a bit that was set at the decision says nothing, and the next one counts.
 *
 * Cost a label: half the square of the features; each 64 labels one Cholesky decomposition.
 */
import { NONE } from '../engine/frameTable.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { assert, InputError } from '../support/assert.ts';
import { solveSymmetric } from '../support/linearAlgebra.ts';
import { log2 } from '../support/log2.ts';
import type { Random } from '../support/random.ts';
import { DelayedLabels } from './delayedLabels.ts';
import {
  type LinearTerm,
  type LinearWeights,
  scoreByWeights,
  setWeights,
  weightsOf,
} from './kinds/linear.ts';
import { checkBounds } from './learner.ts';
import type { FittedModel } from './model.ts';
import type { ModelScore } from './modelScore.ts';
import { scaled } from './scale.ts';
import { type TargetBounds, targetOf } from './target.ts';

/** A label counts 1/e of what it did after so many others. */
const MEMORY_LABELS = 20_000;
export const LABELS_A_FIT = 64;
/** The victim, and another candidate. */
export const PER_DECISION = 2;
/** Beyond this all sums are scaled down. */
const WEIGHT_MAX = 1e100;
/** A horizon of more memories is no better than never: learners use 64 at most. */
const HIGH_MAX = 6;

/** The pages among which a decision chose, by row. */
export interface Candidates {
  pageAt(row: number): Page;
  /** Whether its accessed bit is set. */
  isBitSet(row: number): boolean;
}

/** What is known of a model before it is fitted. */
export type ModelPlan = Pick<FittedModel, 'kind' | 'learner' | 'options'>;

/** The bounds of its times; refuses a model that cannot adapt. */
export function adaptableBounds({ kind, learner, options }: ModelPlan): TargetBounds {
  if (kind !== 'linear' || !('low' in options && 'high' in options)) {
    throw new InputError(
      `a ${kind} model of ${learner} cannot adapt`,
      'leave out adapt, or fit with least-squares or ridge',
    );
  }
  const { low, high } = options;
  checkBounds(learner, { low, high });
  if (high > HIGH_MAX) {
    throw new InputError(
      `a model of times up to 2^${high} memories cannot adapt: it would wait that long`,
      `train with high=2, or at most ${HIGH_MAX}`,
    );
  }
  return { low, high };
}

export class Adaptation {
  /** By the weights as they are. */
  readonly score: ModelScore;
  readonly #terms: readonly LinearTerm[];
  readonly #weights: LinearWeights;
  readonly #bounds: TargetBounds;
  readonly #log2Frames: number;
  readonly #strength: number;
  readonly #fitted: Float64Array;
  readonly #waiting: DelayedLabels;
  readonly #products: Float64Array;
  readonly #right: Float64Array;
  /** What a label counts now: it grows instead of all older ones decaying. */
  #weight = 1;
  #labels = 0;

  /** `model` is linear, of times; `strength` is positive. */
  constructor(model: FittedModel, strength: number, frameCount: number, pageCount: number) {
    this.#bounds = adaptableBounds(model);
    assert(model.kind === 'linear', 'it was just looked at');
    this.#terms = model.features;
    this.#weights = weightsOf(model);
    this.score = scoreByWeights(this.#weights, model.features);
    this.#log2Frames = log2(frameCount);
    this.#strength = strength;
    const width = 1 + model.features.length;
    this.#fitted = Float64Array.of(
      model.intercept,
      ...model.features.map(({ coefficient }) => coefficient),
    );
    this.#products = new Float64Array(width * width);
    this.#right = new Float64Array(width);
    const horizon = Math.ceil(frameCount * 2 ** this.#bounds.high);
    this.#waiting = new DelayedLabels(
      width,
      PER_DECISION,
      pageCount,
      horizon,
      (values, first, distance) => this.#learn(values, first, distance),
    );
  }

  onUse(page: Page, tick: Tick): void {
    this.#waiting.onUse(page, tick);
  }

  /** The accessed bit of `page` is found set, and will be cleared. */
  onBit(page: Page, tick: Tick): void {
    this.#waiting.onBit(page, tick);
  }

  /** A decision: of `count` candidates with these raw columns row `victim` was chosen. */
  onDecision(
    values: readonly Float32Array[],
    count: number,
    victim: number,
    candidates: Candidates,
    tick: Tick,
    random: Random,
  ): void {
    if (!this.#waiting.wants(tick)) return;
    this.#await(values, victim, candidates, tick);
    const other = random.below(count);
    if (other !== victim) this.#await(values, other, candidates, tick);
  }

  #await(values: readonly Float32Array[], row: number, candidates: Candidates, tick: Tick): void {
    const at = this.#waiting.add(candidates.pageAt(row), tick, candidates.isBitSet(row));
    if (at === NONE) return;
    const out = this.#waiting.valuesOf(at);
    out[0] = 1;
    for (let i = 0; i < this.#terms.length; i++) {
      const { scale, mean, deviation } = this.#terms[i];
      out[i + 1] = (scaled(values[i][row], scale, this.#log2Frames) - mean) / deviation;
    }
  }

  #learn(values: Float64Array, first: number, distance: number): void {
    const target = targetOf(distance, this.#log2Frames, this.#bounds);
    this.#weight *= 1 + 1 / MEMORY_LABELS;
    const width = this.#right.length;
    for (let i = 0; i < width; i++) {
      const value = this.#weight * values[first + i];
      this.#right[i] += value * target;
      for (let j = 0; j <= i; j++) this.#products[i * width + j] += value * values[first + j];
    }
    if (++this.#labels % LABELS_A_FIT === 0) this.#fit();
  }

  #fit(): void {
    if (this.#weight > WEIGHT_MAX) this.#rescale();
    const width = this.#right.length;
    const matrix = new Float64Array(width * width);
    const right = new Float64Array(width);
    for (let i = 0; i < width; i++) {
      right[i] = this.#right[i] / this.#weight + this.#strength * this.#fitted[i];
      for (let j = 0; j <= i; j++) {
        const product = this.#products[i * width + j] / this.#weight;
        matrix[i * width + j] = product;
        matrix[j * width + i] = product;
      }
      matrix[i * width + i] += this.#strength;
    }
    const fitted = solveSymmetric(matrix, right);
    setWeights(this.#weights, this.#terms, fitted[0], (i) => fitted[i + 1]);
  }

  #rescale(): void {
    for (let i = 0; i < this.#products.length; i++) this.#products[i] /= this.#weight;
    for (let i = 0; i < this.#right.length; i++) this.#right[i] /= this.#weight;
    this.#weight = 1;
  }
}
