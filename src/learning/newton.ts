/*
 * A linear score that minimises a convex loss, by Newton's method: the same minimum whatever the
 * order of the rows.
 *
 *   Σ times · loss(decision) ÷ rows + ridge ÷ 2 · |coefficients|²         standardised features
 *
 * A step solves (Xᵀ·H·X + ridge)·d = slope, and is halved until the loss falls. Six to ten steps;
 * a step costs rows × (candidates · features + features²), memory features².
 */
import { solveSymmetric } from '../support/linearAlgebra.ts';
import type { ConvexLoss } from './losses.ts';
import type { Rows } from './rows.ts';

const STEPS_MAX = 30;
const HALVINGS_MAX = 20;
/** A step that gains less of the loss than this is the last; our logarithm is good to 10⁻⁶. */
const GAIN_MIN = 1e-9;

/** Standardised rows, and what is minimised over which of their decisions. */
export interface NewtonProblem {
  readonly rows: Rows;
  readonly decisions: Uint32Array;
  readonly loss: ConvexLoss;
  readonly ridge: number;
  /** Whether a constant is fitted too: no order depends on it. */
  readonly hasBias: boolean;
}

/** Coefficients of the standardised features; the bias follows them, if there is one. */
export function minimise(problem: NewtonProblem): Float64Array {
  const size = problem.rows.width + (problem.hasBias ? 1 : 0);
  let coefficients = new Float64Array(size);
  let here = derivatives(problem, coefficients);
  for (let step = 0; step < STEPS_MAX; step++) {
    const direction = solveSymmetric(here.hessian, here.slope);
    const found = descend(problem, coefficients, direction, here.loss);
    if (found === undefined) break;
    coefficients = found;
    const next = derivatives(problem, coefficients);
    const gain = here.loss - next.loss;
    here = next;
    if (gain < GAIN_MIN * Math.abs(next.loss)) break;
  }
  return coefficients;
}

/** The first of `start − direction`, half of it, a quarter … whose loss is less, if one is. */
function descend(
  problem: NewtonProblem,
  start: Float64Array,
  direction: Float64Array,
  loss: number,
): Float64Array<ArrayBuffer> | undefined {
  let length = 1;
  for (let halving = 0; halving < HALVINGS_MAX; halving++) {
    const there = Float64Array.from(start, (value, i) => value - length * direction[i]);
    if (lossAt(problem, there, problem.decisions) + penalty(problem, there) < loss) return there;
    length /= 2;
  }
  return undefined;
}

function penalty({ rows, ridge }: NewtonProblem, coefficients: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < rows.width; i++) sum += coefficients[i] * coefficients[i];
  return (ridge * sum) / 2;
}

/** Mean loss a row on these decisions, without the ridge's part. */
export function lossAt(
  { rows, loss }: Pick<NewtonProblem, 'rows' | 'loss'>,
  coefficients: Float64Array,
  decisions: Uint32Array,
): number {
  const scratch = new Scratch(rows);
  let sum = 0;
  let total = 0;
  for (const decision of decisions) {
    const first = rows.firstRow[decision];
    const count = rows.firstRow[decision + 1] - first;
    const { times } = rows.groups[rows.groupOf[decision]];
    scoreRows(rows, coefficients, first, count, scratch.scores);
    const { scores, slopes, curvatures } = scratch;
    sum += times * loss.ofDecision(scores, rows.labels, first, count, slopes, curvatures);
    total += times * count;
  }
  return sum / total;
}

function scoreRows(
  { width, values }: Rows,
  coefficients: Float64Array,
  first: number,
  count: number,
  scores: Float64Array,
): void {
  const bias = coefficients.length > width ? coefficients[width] : 0;
  for (let row = 0; row < count; row++) {
    const at = (first + row) * width;
    let score = bias;
    for (let i = 0; i < width; i++) score += coefficients[i] * values[at + i];
    scores[row] = score;
  }
}

/** For the widest decision. */
class Scratch {
  readonly scores: Float64Array;
  readonly slopes: Float64Array;
  readonly curvatures: Float64Array;
  readonly widest: number;

  constructor({ firstRow }: Rows) {
    let widest = 0;
    for (let d = 0; d + 1 < firstRow.length; d++) {
      widest = Math.max(widest, firstRow[d + 1] - firstRow[d]);
    }
    this.widest = widest;
    this.scores = new Float64Array(widest);
    this.slopes = new Float64Array(widest);
    this.curvatures = new Float64Array(widest);
  }
}

interface Derivatives {
  readonly loss: number;
  readonly slope: Float64Array;
  readonly hessian: Float64Array;
}

function derivatives(problem: NewtonProblem, coefficients: Float64Array): Derivatives {
  const { rows, loss, ridge, decisions } = problem;
  const { width, values, labels } = rows;
  const size = coefficients.length;
  const scratch = new Scratch(rows);
  const { scores, slopes, curvatures, widest } = scratch;
  const block = new Float64Array(widest * widest);
  const x = new Float64Array(widest * size).fill(1);
  const product = new Float64Array(widest * size);
  const slope = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let sum = 0;
  let total = 0;
  for (const decision of decisions) {
    const first = rows.firstRow[decision];
    const count = rows.firstRow[decision + 1] - first;
    const { times } = rows.groups[rows.groupOf[decision]];
    total += times * count;
    scoreRows(rows, coefficients, first, count, scores);
    sum += times * loss.ofDecision(scores, labels, first, count, slopes, curvatures);
    loss.hessian(scores, labels, first, count, block);
    for (let row = 0; row < count; row++) {
      const at = (first + row) * width;
      // The column of the bias stays 1.
      for (let i = 0; i < width; i++) x[row * size + i] = values[at + i];
    }
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < size; i++) slope[i] += times * slopes[row] * x[row * size + i];
      product.fill(0, row * size, (row + 1) * size);
      for (let other = 0; other < count; other++) {
        const h = times * block[row * count + other];
        if (h === 0) continue;
        for (let i = 0; i < size; i++) product[row * size + i] += h * x[other * size + i];
      }
    }
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < size; i++) {
        const value = x[row * size + i];
        for (let j = 0; j <= i; j++) hessian[i * size + j] += value * product[row * size + j];
      }
    }
  }
  for (let i = 0; i < size; i++) {
    slope[i] /= total;
    for (let j = 0; j <= i; j++) {
      hessian[i * size + j] /= total;
      hessian[j * size + i] = hessian[i * size + j];
    }
  }
  for (let i = 0; i < width; i++) {
    slope[i] += ridge * coefficients[i];
    hessian[i * size + i] += ridge;
  }
  return { loss: sum / total + penalty(problem, coefficients), slope, hessian };
}
