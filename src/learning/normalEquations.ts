/*
 * Least squares from moments: standardised columns, solved by Cholesky with `ridge` on the diagonal
 * of the correlations.
 *
 * The ridge may be chosen by holding out fingerprints: each group has moments of its own, so that
 * to fit on some and judge on others takes no further pass over the decisions.
 */
import { solveSymmetric } from '../support/linearAlgebra.ts';
import type { CoMoments } from './coMoments.ts';
import { type Families, innerFolds } from './folds.ts';
import { type GroupMoments, mergedMoments } from './moments.ts';

/** In columns of mean 0 and deviation 1: correlations · coefficients = right. */
export interface Equations {
  readonly deviations: Float64Array;
  readonly correlations: Float64Array;
  readonly right: Float64Array;
  /** Of the target. */
  readonly variance: number;
}

/** A column that varies less than this part of its mean is constant but for rounding. */
const VARIATION_MIN = 1e-9;

/** The last column is the target; `centred`: each decision less its mean. */
export function standardise(moments: CoMoments, centred: boolean): Equations {
  const { width, weight, mean } = moments;
  const products = centred ? moments.within : moments.scatter;
  const size = width - 1;
  const deviations = new Float64Array(size).fill(1);
  // 0 for a constant column: it is all zero in the equations, and so is its coefficient.
  const inverse = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const deviation = Math.sqrt(products[i * width + i] / weight);
    if (deviation <= VARIATION_MIN * Math.abs(mean[i])) continue;
    deviations[i] = deviation;
    inverse[i] = 1 / deviation;
  }
  const correlations = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    right[i] = (products[i * width + size] / weight) * inverse[i];
    for (let j = 0; j < size; j++) {
      const covariance = products[i * width + j] / weight;
      correlations[i * size + j] = covariance * inverse[i] * inverse[j];
    }
  }
  const variance = products[width * width - 1] / weight;
  return { deviations, correlations, right, variance };
}

export function solve({ correlations, right }: Equations, ridge: number): Float64Array {
  const matrix = correlations.slice();
  for (let i = 0; i < right.length; i++) matrix[i * right.length + i] += ridge;
  return solveSymmetric(matrix, right);
}

/** What is left of the target's variance: v − 2·rᵀb + bᵀ·R·b, kept from falling below 0. */
export function residualVariance(
  { correlations, right, variance }: Equations,
  coefficients: Float64Array,
): number {
  const size = right.length;
  let residual = variance;
  for (let i = 0; i < size; i++) {
    let predicted = 0;
    for (let j = 0; j < size; j++) predicted += correlations[i * size + j] * coefficients[j];
    residual += coefficients[i] * (predicted - 2 * right[i]);
  }
  return Math.max(0, residual);
}

export interface ChosenRidge {
  readonly ridge: number;
  /** Share of the variance within decisions that it describes on what was held out. */
  readonly heldOutR2: number;
}

/** 0 and steps of ten; a ridge of 1 halves the coefficient of a lone column. */
export const RIDGES: readonly number[] = [0, 1e-4, 1e-3, 1e-2, 1e-1, 1];

/**
 * The ridge that describes best what candidates of one decision differ by, on fingerprints held
 * out in turn; undefined when there are fewer than two families to hold out.
 */
export function chooseRidge(
  groups: readonly GroupMoments[],
  foldCount: number,
  families: Families,
): ChosenRidge | undefined {
  const names = groups.map(({ fingerprint }) => fingerprint);
  const folds = innerFolds(names, foldCount, families);
  if (folds.length === 0) return undefined;
  const left = new Float64Array(RIDGES.length);
  let variance = 0;
  for (const { train, test } of folds) {
    const partOf = (side: readonly string[]): CoMoments =>
      mergedMoments(groups.filter(({ fingerprint }) => side.includes(fingerprint)));
    const equations = standardise(partOf(train), false);
    const held = partOf(test);
    variance += held.within[held.width * held.width - 1];
    for (const [i, ridge] of RIDGES.entries()) {
      left[i] += residualWithin(held, slopesOf(equations, solve(equations, ridge)));
    }
  }
  const best = left.indexOf(Math.min(...left));
  return { ridge: RIDGES[best], heldOutR2: variance === 0 ? 0 : 1 - left[best] / variance };
}

/** Coefficients of the columns as they are. */
function slopesOf({ deviations }: Equations, coefficients: Float64Array): Float64Array {
  return coefficients.map((coefficient, i) => coefficient / deviations[i]);
}

/** Sum of squares within decisions that slopes leave: y − 2·slopes·xy + slopes·xx·slopes. */
function residualWithin({ within, width }: CoMoments, slopes: Float64Array): number {
  const size = width - 1;
  let residual = within[width * width - 1];
  for (let i = 0; i < size; i++) {
    let predicted = 0;
    for (let j = 0; j < size; j++) predicted += within[i * width + j] * slopes[j];
    residual += slopes[i] * (predicted - 2 * within[i * width + size]);
  }
  return Math.max(0, residual);
}
