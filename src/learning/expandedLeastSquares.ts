/*
 * Least squares on columns made of the features: what polynomials and curves have in common.
 *
 *   decisions ──expand──► moments of each group ──► ridge by held-out fingerprints ──► slopes
 *
 * Cost: a pass over the decisions, rows × columns² ÷ 2; memory 24 × columns² bytes a group.
 */
import type { Feature } from '../dataset/feature.ts';
import { InputError } from '../support/assert.ts';
import type { Families } from './folds.ts';
import type { DecisionSource } from './learner.ts';
import type { ModelFit } from './model.ts';
import { type Expansion, gatherMoments, mergedMoments } from './moments.ts';
import { chooseRidge, residualVariance, solve, standardise } from './normalEquations.ts';

/** Options that every such learner has. */
export const EXPANDED_DEFAULTS = {
  /** Bounds of the target, in powers of two of the memory's size. */
  low: 0,
  high: 6,
  /** 1: every fingerprint and memory size counts as much as any other, however many its rows. */
  balance: 1,
  /** Fingerprints are held out in so many turns to choose the ridge; below 2: `ridge` is used. */
  folds: 5,
  /** Added to the diagonal of the correlations, when there is nothing to choose it by. */
  ridge: 0.001,
};

export const EXPANDED_RULES = {
  balance: 'switch',
  folds: 'not negative',
  ridge: 'not negative',
} as const;

/** Above it a pass over 10⁶ rows takes minutes. */
const COLUMNS_MAX = 500;

export interface ExpandedFit {
  /** Of the columns as they are. */
  readonly slopes: Float64Array;
  /** Of the columns. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  /** Of the target: the score of a row that has the mean in all columns. */
  readonly targetMean: number;
  readonly fit: Omit<ModelFit, 'victimAgreement'>;
}

export async function fitExpanded(
  decisions: DecisionSource,
  features: readonly Feature[],
  options: typeof EXPANDED_DEFAULTS,
  expansion: Expansion,
  families: Families,
): Promise<ExpandedFit> {
  if (expansion.width > COLUMNS_MAX) {
    throw new InputError(
      `${features.length} features make ${expansion.width} columns, more than ${COLUMNS_MAX}`,
      'choose fewer by --features, or another learner',
    );
  }
  const gathered = await gatherMoments(decisions, features, options, expansion);
  const groups = [...gathered.groups.values()];
  const moments = mergedMoments(groups);
  const chosen = chooseRidge(groups, options.folds, families);
  const equations = standardise(moments, false);
  const coefficients = solve(equations, chosen?.ridge ?? options.ridge);
  const { deviations, variance } = equations;
  const residual = residualVariance(equations, coefficients);
  return {
    slopes: coefficients.map((coefficient, i) => coefficient / deviations[i]),
    means: moments.mean.subarray(0, expansion.width),
    deviations,
    targetMean: moments.mean[expansion.width],
    fit: {
      rows: gathered.rowCount,
      decisions: gathered.decisionCount,
      r2: variance === 0 ? 0 : 1 - residual / variance,
      rmse: Math.sqrt(residual),
      ...(chosen !== undefined && { heldOutR2: chosen.heldOutR2 }),
    },
  };
}

/** What such a model's score estimates, in words. */
export function timeTarget({ low, high }: { readonly low: number; readonly high: number }): string {
  return `log2((1 + forward distance) / frames) between ${low} and ${high}`;
}
