/*
 * Prices and fractions for a packing, by a first-order method: primal-dual hybrid gradient with
 * diagonal steps, averaging and restarts.      (Chambolle & Pock 2011; Pock & Chambolle 2011; PDLP,
 *                                                Applegate et al. 2021)
 *
 *   minimise    Σ reward·(1 − x) + Σ epochCost·y
 *   subject to  Σ x over the gaps of a segment ≤ capacity     price λ ≥ 0
 *               y(epoch) ≥ 1 − x(gap)                          price μ ≥ 0
 *               0 ≤ x, y ≤ 1
 *
 * A segment's cover is a running sum of gap ends, a gap's rent a difference of running price sums,
 * so an iteration is a few passes over the gaps and the segments. Two things learnt by measuring:
 * the coupling rows want scaling by the gap's length, or page-outs dearer than page-ins converge
 * badly; and tied optima average to fractions, so the run whose x is rounded has its rewards
 * perturbed.
 */
import type { Random } from '../support/random.ts';
import { NO_EPOCH } from './gaps.ts';
import type { Packing } from './packing.ts';

/** Iterations between two looks at the bound. */
const CHECK_EVERY = 40;
/**
 * A restart happens after this many iterations at the earliest, then after a quarter of the past.
 */
const RESTART_AFTER = 200;
const RESTART_SHARE = 0.25;
/** Weight of the dual steps at the start; it adapts at each restart. */
const DUAL_WEIGHT = 0.01;
/** Scale of the coupling rows: so much of a gap's length, at least 1. */
const COUPLING_SCALE = 0.3;

export class PrimalDual {
  readonly #packing: Packing;
  readonly #reward: Float64Array;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #lambda: Float64Array;
  readonly #mu: Float64Array;
  readonly #averageX: Float64Array;
  readonly #averageY: Float64Array;
  readonly #averageLambda: Float64Array;
  readonly #averageMu: Float64Array;
  // The point of the last restart.
  readonly #startX: Float64Array;
  readonly #startLambda: Float64Array;
  // Steps without the weight.
  readonly #stepX: Float64Array;
  readonly #stepY: Float64Array;
  readonly #stepLambda: Float64Array;
  readonly #stepMu: Float64Array;
  // Scratch.
  readonly #rentSum: Float64Array;
  readonly #coverChange: Float64Array;
  readonly #muSum: Float64Array;
  readonly #yExtrapolated: Float64Array;
  readonly #epochRent: Float64Array;
  readonly #epochBroken: Float64Array;
  #weight = DUAL_WEIGHT;
  #sinceRestart = 0;
  #iterations = 0;
  /** The price of each segment with the best bound so far; 0 or more. */
  readonly bestPrices: Float64Array;
  /** Lagrangian bound of the packing alone at those prices, in floating point. */
  bestBound = Number.NEGATIVE_INFINITY;

  constructor(packing: Packing) {
    this.#packing = packing;
    const { gapCount, segmentCount, epochCount, first, last, epoch } = packing;
    const gaps = (): Float64Array => new Float64Array(gapCount);
    const epochs = (): Float64Array => new Float64Array(epochCount);
    const segments = (extra = 0): Float64Array => new Float64Array(segmentCount + extra);
    this.#reward = packing.reward.slice();
    this.#x = gaps().fill(1);
    this.#y = epochs();
    this.#lambda = segments();
    this.#mu = gaps();
    this.#averageX = gaps();
    this.#averageY = epochs();
    this.#averageLambda = segments();
    this.#averageMu = gaps();
    this.#startX = this.#x.slice();
    this.#startLambda = segments();
    this.#stepX = gaps();
    this.#stepY = epochs();
    this.#stepLambda = segments();
    this.#stepMu = gaps();
    this.#rentSum = segments(1);
    this.#coverChange = segments(1);
    this.#muSum = epochs();
    this.#yExtrapolated = epochs();
    this.#epochRent = epochs();
    this.#epochBroken = epochs();
    this.bestPrices = segments();

    for (let gap = 0; gap < gapCount; gap++) {
      const length = last[gap] - first[gap];
      const coupling = epoch[gap] === NO_EPOCH ? 0 : Math.max(1, COUPLING_SCALE * length);
      this.#stepX[gap] = 1 / (length + coupling);
      this.#stepMu[gap] = coupling / 2;
      if (epoch[gap] !== NO_EPOCH) this.#stepY[epoch[gap]] += coupling;
      this.#coverChange[first[gap]]++;
      this.#coverChange[last[gap]]--;
    }
    for (let e = 0; e < epochCount; e++) this.#stepY[e] = 1 / this.#stepY[e];
    let cover = 0;
    for (let segment = 0; segment < segmentCount; segment++) {
      cover += this.#coverChange[segment];
      this.#stepLambda[segment] = 1 / Math.max(1, cover);
    }
  }

  get iterations(): number {
    return this.#iterations;
  }

  /** Averaged share of each gap that is kept, since the last restart. */
  get kept(): Float64Array {
    return this.#sinceRestart > 0 ? this.#averageX : this.#x;
  }

  /**
   * Breaks ties: every reward is changed by up to `share` of itself. The bound stays that of the
   * true ones.
   */
  perturb(share: number, random: Random): void {
    const { reward } = this.#packing;
    for (let gap = 0; gap < reward.length; gap++) {
      this.#reward[gap] = reward[gap] * (1 + share * (2 * random.unit() - 1));
    }
  }

  /** Runs so many iterations more, a multiple of 40, and keeps the best bound seen. */
  iterate(count: number): void {
    for (let done = 0; done < count; done += CHECK_EVERY) {
      for (let i = 0; i < CHECK_EVERY; i++) this.#step();
      this.#tryPrices(this.#lambda);
      this.#tryPrices(this.#averageLambda);
      if (this.#sinceRestart >= Math.max(RESTART_AFTER, RESTART_SHARE * this.#iterations)) {
        this.#restart();
      }
    }
  }

  #step(): void {
    this.#accumulateRent(this.#lambda);
    this.#muSum.fill(0);
    this.#coverChange.fill(0);
    this.#sinceRestart++;
    this.#iterations++;
    const share = 1 / this.#sinceRestart;
    this.#stepEpochs(share);
    this.#stepGaps(share);
    this.#stepSegments(share);
  }

  /** y' and its extrapolation; needs Σ μ of each epoch. */
  #stepEpochs(share: number): void {
    const { gapCount, epoch, epochCount, epochCost } = this.#packing;
    const muSum = this.#muSum;
    const mu = this.#mu;
    for (let gap = 0; gap < gapCount; gap++) {
      if (epoch[gap] !== NO_EPOCH) muSum[epoch[gap]] += mu[gap];
    }
    const y = this.#y;
    const stepY = this.#stepY;
    const average = this.#averageY;
    const extrapolated = this.#yExtrapolated;
    const inverseWeight = 1 / this.#weight;
    for (let e = 0; e < epochCount; e++) {
      const before = y[e];
      let after = before - stepY[e] * inverseWeight * (epochCost - muSum[e]);
      if (after < 0) after = 0;
      else if (after > 1) after = 1;
      y[e] = after;
      extrapolated[e] = 2 * after - before;
      average[e] += (after - average[e]) * share;
    }
  }

  /** x', then μ' of the same gap, then the gap's part of the cover. */
  #stepGaps(share: number): void {
    const { gapCount, first, last, epoch } = this.#packing;
    const x = this.#x;
    const mu = this.#mu;
    const reward = this.#reward;
    const stepX = this.#stepX;
    const stepMu = this.#stepMu;
    const averageX = this.#averageX;
    const averageMu = this.#averageMu;
    const rentSum = this.#rentSum;
    const coverChange = this.#coverChange;
    const yExtrapolated = this.#yExtrapolated;
    const weight = this.#weight;
    const inverseWeight = 1 / weight;
    for (let gap = 0; gap < gapCount; gap++) {
      const from = first[gap];
      const to = last[gap];
      const before = x[gap];
      const slope = rentSum[to] - rentSum[from] - reward[gap] - mu[gap];
      let after = before - stepX[gap] * inverseWeight * slope;
      if (after < 0) after = 0;
      else if (after > 1) after = 1;
      x[gap] = after;
      averageX[gap] += (after - averageX[gap]) * share;
      const extrapolated = 2 * after - before;
      if (epoch[gap] !== NO_EPOCH) {
        const lack = 1 - extrapolated - yExtrapolated[epoch[gap]];
        const price = mu[gap] + weight * stepMu[gap] * lack;
        mu[gap] = Math.max(price, 0);
        averageMu[gap] += (mu[gap] - averageMu[gap]) * share;
      }
      coverChange[from] += extrapolated;
      coverChange[to] -= extrapolated;
    }
  }

  #stepSegments(share: number): void {
    const { segmentCount, capacity } = this.#packing;
    const lambda = this.#lambda;
    const average = this.#averageLambda;
    const step = this.#stepLambda;
    const coverChange = this.#coverChange;
    const weight = this.#weight;
    let cover = 0;
    for (let segment = 0; segment < segmentCount; segment++) {
      cover += coverChange[segment];
      const price = lambda[segment] + weight * step[segment] * (cover - capacity[segment]);
      lambda[segment] = Math.max(price, 0);
      average[segment] += (lambda[segment] - average[segment]) * share;
    }
  }

  /** rentSum[s] = the rent of segments 0 … s − 1. */
  #accumulateRent(lambda: Float64Array): void {
    const rentSum = this.#rentSum;
    let sum = 0;
    for (let segment = 0; segment < lambda.length; segment++) {
      rentSum[segment] = sum;
      sum += lambda[segment];
    }
    rentSum[lambda.length] = sum;
  }

  #tryPrices(lambda: Float64Array): void {
    const bound = this.#boundAt(lambda);
    if (bound <= this.bestBound) return;
    this.bestBound = bound;
    this.bestPrices.set(lambda);
  }

  /** The Lagrangian of the packing, with the true rewards. */
  #boundAt(lambda: Float64Array): number {
    const { gapCount, segmentCount, capacity, epochCount, epochCost } = this.#packing;
    const { first, last, epoch, reward } = this.#packing;
    this.#accumulateRent(lambda);
    const rentSum = this.#rentSum;
    const epochRent = this.#epochRent.fill(0);
    const epochBroken = this.#epochBroken.fill(0);
    let bound = 0;
    for (let segment = 0; segment < segmentCount; segment++) {
      bound -= lambda[segment] * capacity[segment];
    }
    for (let gap = 0; gap < gapCount; gap++) {
      const rent = rentSum[last[gap]] - rentSum[first[gap]];
      const least = Math.min(rent, reward[gap]);
      if (epoch[gap] === NO_EPOCH) bound += least;
      else {
        epochRent[epoch[gap]] += rent;
        epochBroken[epoch[gap]] += least;
      }
    }
    for (let e = 0; e < epochCount; e++) {
      bound += Math.min(epochRent[e], epochCost + epochBroken[e]);
    }
    return bound;
  }

  /** Goes on from the average, with the weight that balances how far both sides have moved. */
  #restart(): void {
    const movedX = distance(this.#averageX, this.#startX, this.#stepX);
    const movedLambda = distance(this.#averageLambda, this.#startLambda, this.#stepLambda);
    if (movedX > 0 && movedLambda > 0) {
      this.#weight = Math.sqrt((this.#weight * movedLambda) / movedX);
    }
    this.#x.set(this.#averageX);
    this.#y.set(this.#averageY);
    this.#lambda.set(this.#averageLambda);
    this.#mu.set(this.#averageMu);
    this.#startX.set(this.#x);
    this.#startLambda.set(this.#lambda);
    this.#sinceRestart = 0;
  }
}

/** √Σ (a − b)² ÷ step: the norm in which the method contracts. */
function distance(a: Float64Array, b: Float64Array, step: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2 / step[i];
  return Math.sqrt(sum);
}
