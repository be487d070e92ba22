/*
 * A linear model fitted to a convex loss: what the logistic and the ranking learners share. The
 * ridge is chosen by fingerprints held out, on the loss itself.
 */
import type { Feature } from '../dataset/feature.ts';
import { finishModel } from './fittedModel.ts';
import type { Families } from './folds.ts';
import type { LinearPart } from './kinds/linear.ts';
import {
  checkBounds,
  checkOptions,
  type DecisionSource,
  type LearnerOptions,
  optionsOf,
} from './learner.ts';
import type { ConvexLoss } from './losses.ts';
import type { ModelOf, ModelProvenance } from './model.ts';
import { inputOf } from './modelInput.ts';
import { lossAt, minimise, type NewtonProblem } from './newton.ts';
import {
  allDecisions,
  decisionFolds,
  labelText,
  loadRows,
  meanLabel,
  ROW_RULES,
  type RowOptions,
  standardise,
} from './rows.ts';

/** Options that every such learner has. */
export const LINEAR_LOSS_DEFAULTS = {
  /** 1: every fingerprint and memory size counts as much as any other, however many its rows. */
  balance: 1,
  /** Fingerprints are held out in so many turns to choose the ridge; below 2: `ridge` is used. */
  folds: 3,
  /** Half of it times the sum of squared coefficients is added to the mean loss. */
  ridge: 0.001,
  /** Rows held in memory; of more a seeded share of the decisions is kept. */
  rows: 200_000,
  seed: 1,
};

type Options = typeof LINEAR_LOSS_DEFAULTS;

const RIDGES: readonly number[] = [1e-5, 1e-3, 1e-1];

export interface LinearLoss {
  readonly id: string;
  readonly loss: ConvexLoss;
  readonly hasBias: boolean;
  /** See LABELS of rows.ts. */
  readonly label: number;
}

/** Bounds of labels that are times: wide, for only their order counts. */
const BOUNDS = { low: -6, high: 12 };

export async function fitLinearLoss(
  { id, loss, hasBias, label }: LinearLoss,
  decisions: DecisionSource,
  features: readonly Feature[],
  given: LearnerOptions,
  provenance: ModelProvenance,
  families: Families,
): Promise<ModelOf<LinearPart>> {
  const options: Options = optionsOf(id, LINEAR_LOSS_DEFAULTS, given);
  checkOptions(id, options, { ...ROW_RULES, folds: 'not negative', ridge: 'not negative' });
  const rowOptions: RowOptions = { ...BOUNDS, ...options, label };
  checkBounds(id, rowOptions);
  const rows = await loadRows(decisions, features, rowOptions);
  const { means, deviations } = standardise(rows);
  const everything = allDecisions(rows);
  const start = lossAt({ rows, loss }, constantScore(rows, loss, hasBias), everything);
  const problem = { rows, loss, hasBias };
  const chosen = chooseRidge(problem, options, families);
  const ridge = chosen?.ridge ?? options.ridge;
  const coefficients = minimise({ ...problem, ridge, decisions: everything });
  const part: LinearPart = {
    kind: 'linear',
    features: features.map((feature, i) => ({
      ...inputOf(feature),
      mean: means[i],
      deviation: deviations[i],
      coefficient: coefficients[i],
    })),
    intercept: hasBias ? coefficients[features.length] : 0,
  };
  const r2 = start === 0 ? 0 : 1 - lossAt(problem, coefficients, everything) / start;
  const fit = {
    rows: rows.rowCount,
    decisions: rows.decisionCount,
    r2,
    ...(chosen !== undefined && { heldOutR2: chosen.heldOutR2 }),
  };
  const head = { learner: id, options, target: labelText(rowOptions), provenance };
  return finishModel(head, part, fit, decisions);
}

/** Coefficients of the best score that is the same for all. */
function constantScore(
  rows: NewtonProblem['rows'],
  loss: ConvexLoss,
  hasBias: boolean,
): Float64Array {
  const coefficients = new Float64Array(rows.width + (hasBias ? 1 : 0));
  if (hasBias) coefficients[rows.width] = loss.constant(meanLabel(rows));
  return coefficients;
}

function chooseRidge(
  problem: Omit<NewtonProblem, 'ridge' | 'decisions'>,
  { folds }: Options,
  families: Families,
): { readonly ridge: number; readonly heldOutR2: number } | undefined {
  const { rows, loss, hasBias } = problem;
  const parts = decisionFolds(rows, folds, families);
  if (parts.length === 0) return undefined;
  const constant = constantScore(rows, loss, hasBias);
  const losses = RIDGES.map(() => 0);
  let start = 0;
  for (const { train, test } of parts) {
    start += test.length * lossAt(problem, constant, test);
    for (const [i, ridge] of RIDGES.entries()) {
      const coefficients = minimise({ ...problem, ridge, decisions: train });
      losses[i] += test.length * lossAt(problem, coefficients, test);
    }
  }
  const best = losses.indexOf(Math.min(...losses));
  return { ridge: RIDGES[best], heldOutR2: start === 0 ? 0 : 1 - losses[best] / start };
}
