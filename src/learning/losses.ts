/*
 * What a wrong score costs, one decision at a time, with its slope and curvature: all that the
 * iterative learners know of their aim.
 *
 *   squares    Σ ½(s − y)²
 *   logistic   −Σ y·log p + (1 − y)·log(1 − p)      p = σ(s); y: 1 evict, 0 keep
 *   pairs      Σ over pairs, the first later: log(1 + e^(sⱼ − sᵢ)) ÷ pairs × rows
 *   list       −Σ qᵢ·log pᵢ × rows                  p = softmax(s), q spread over the latest
 *
 * Sources: Burges et al., ICML 2005 (pairs); Cao et al., ICML 2007 (list). Sums are of rows, so
 * that decisions count by their rows in all of them.
 */
import { exp2 } from '../support/exp2.ts';
import { log2 } from '../support/log2.ts';

export interface Loss {
  /**
   * The loss of one decision of `count` rows. Writes the derivative by each score to `slopes`, and
   * the diagonal of the second derivative to `curvatures`.
   */
  ofDecision(
    scores: Float64Array,
    labels: Float32Array,
    first: number,
    count: number,
    slopes: Float64Array,
    curvatures: Float64Array,
  ): number;
  /** The score that is best where all are the same. */
  constant(meanLabel: number): number;
}

/** A loss for Newton's method. */
export interface ConvexLoss extends Loss {
  /** The whole second derivative of one decision, `count` × `count`. */
  hessian(
    scores: Float64Array,
    labels: Float32Array,
    first: number,
    count: number,
    out: Float64Array,
  ): void;
}

function exponential(x: number): number {
  return exp2(x * Math.LOG2E);
}

function logarithm(x: number): number {
  return log2(x) * Math.LN2;
}

export function sigmoid(x: number): number {
  return 1 / (1 + exponential(-x));
}

/** log(1 + eˣ) without overflow. */
function softplus(x: number): number {
  return (x > 0 ? x : 0) + logarithm(1 + exponential(x > 0 ? -x : x));
}

export const squares: Loss = {
  ofDecision(scores, labels, first, count, slopes, curvatures) {
    let loss = 0;
    for (let i = 0; i < count; i++) {
      const error = scores[i] - labels[first + i];
      slopes[i] = error;
      curvatures[i] = 1;
      loss += (error * error) / 2;
    }
    return loss;
  },
  constant: (meanLabel) => meanLabel,
};

export const logistic: ConvexLoss = {
  constant(meanLabel) {
    const p = Math.min(1 - 1e-6, Math.max(1e-6, meanLabel));
    return logarithm(p / (1 - p));
  },
  ofDecision(scores, labels, first, count, slopes, curvatures) {
    let loss = 0;
    for (let i = 0; i < count; i++) {
      const evict = labels[first + i];
      const p = sigmoid(scores[i]);
      slopes[i] = p - evict;
      curvatures[i] = p * (1 - p);
      loss += softplus(scores[i]) - evict * scores[i];
    }
    return loss;
  },
  hessian(scores, _labels, _first, count, out) {
    out.fill(0, 0, count * count);
    for (let i = 0; i < count; i++) {
      const p = sigmoid(scores[i]);
      out[i * count + i] = p * (1 - p);
    }
  },
};

function pairCount(labels: Float32Array, first: number, count: number): number {
  let pairs = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) if (labels[first + i] > labels[first + j]) pairs++;
  }
  return pairs;
}

export const pairs: ConvexLoss = {
  constant: () => 0,
  ofDecision(scores, labels, first, count, slopes, curvatures) {
    slopes.fill(0, 0, count);
    curvatures.fill(0, 0, count);
    const number = pairCount(labels, first, count);
    if (number === 0) return 0;
    const weight = count / number;
    let loss = 0;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        if (!(labels[first + i] > labels[first + j])) continue;
        const wrong = sigmoid(scores[j] - scores[i]);
        slopes[i] -= weight * wrong;
        slopes[j] += weight * wrong;
        curvatures[i] += weight * wrong * (1 - wrong);
        curvatures[j] += weight * wrong * (1 - wrong);
        loss += weight * softplus(scores[j] - scores[i]);
      }
    }
    return loss;
  },
  hessian(scores, labels, first, count, out) {
    out.fill(0, 0, count * count);
    const number = pairCount(labels, first, count);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        if (!(labels[first + i] > labels[first + j])) continue;
        const wrong = sigmoid(scores[j] - scores[i]);
        const curvature = (count / number) * wrong * (1 - wrong);
        out[i * count + i] += curvature;
        out[j * count + j] += curvature;
        out[i * count + j] -= curvature;
        out[j * count + i] -= curvature;
      }
    }
  },
};

/** e-folds between the latest candidate and the soonest, as the aim weighs them. */
const LIST_SPREAD = 6;

/** The aim of `list`: a softmax of labels that are spread from 0 to LIST_SPREAD. */
export function aim(labels: Float32Array, first: number, count: number, out: Float64Array): void {
  let least = labels[first];
  let most = labels[first];
  for (let i = 1; i < count; i++) {
    if (labels[first + i] < least) least = labels[first + i];
    if (labels[first + i] > most) most = labels[first + i];
  }
  const spread = most > least ? LIST_SPREAD / (most - least) : 0;
  for (let i = 0; i < count; i++) out[i] = spread * (labels[first + i] - most);
  softmax(out, count, out);
}

function softmax(scores: Float64Array, count: number, out: Float64Array): void {
  let most = scores[0];
  for (let i = 1; i < count; i++) if (scores[i] > most) most = scores[i];
  let sum = 0;
  for (let i = 0; i < count; i++) {
    out[i] = exponential(scores[i] - most);
    sum += out[i];
  }
  for (let i = 0; i < count; i++) out[i] /= sum;
}

export const list: ConvexLoss = {
  constant: () => 0,
  ofDecision(scores, labels, first, count, slopes, curvatures) {
    // `slopes` holds p and `curvatures` q until both are known.
    softmax(scores, count, slopes);
    aim(labels, first, count, curvatures);
    let loss = 0;
    for (let i = 0; i < count; i++) {
      const p = slopes[i];
      const q = curvatures[i];
      // log2 takes no number below 2⁻¹²⁶.
      loss -= count * q * logarithm(Math.max(p, 1e-30));
      slopes[i] = count * (p - q);
      curvatures[i] = count * p * (1 - p);
    }
    return loss;
  },
  hessian(scores, _labels, _first, count, out) {
    const p = new Float64Array(count);
    softmax(scores, count, p);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        out[i * count + j] = count * ((i === j ? p[i] : 0) - p[i] * p[j]);
      }
    }
  },
};

/** By the number of the option `loss`. */
export const LOSSES: readonly Loss[] = [squares, logistic, pairs, list];
