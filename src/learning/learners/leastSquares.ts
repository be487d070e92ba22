/*
 * Linear least squares on the logarithm of the forward distance.
 *
 *   target = log2((1 + forward distance) ÷ frames), between `low` and `high`; `high` when never
 *
 * Decisions stream by once: scaled features and target go into means and co-moments, the normal
 * equations are solved standardised, by Cholesky, with `ridge` on the diagonal. A second pass
 * counts how often the model would choose as MIN does. Memory does not grow with the rows.
 *
 * The target is in units of the memory, because that is what decides: a page wanted within one
 * memory (2⁰) is worth keeping, and telling such pages apart takes from the fit where it matters;
 * beyond 64 memories (2⁶) later is no better. Bounds, centring and balance were chosen by what the
 * policy did on programs it had not seen, not by r2: numbers in ../README.md.
 */
import type { Feature } from '../../dataset/feature.ts';
import { InputError } from '../../support/assert.ts';
import { agreementWithMin } from '../agreement.ts';
import type { CoMoments } from '../coMoments.ts';
import type { LinearPart } from '../kinds/linear.ts';
import {
  checkBounds,
  checkOptions,
  type DecisionSource,
  defineLearner,
  optionsOf,
} from '../learner.ts';
import { solveByMlRegression } from '../mlRegression.ts';
import type { ModelOf } from '../model.ts';
import {
  forEachDecision,
  type GatheredMoments,
  gatherMoments,
  mergedMoments,
  unexpanded,
} from '../moments.ts';
import { type Equations, residualVariance, solve, standardise } from '../normalEquations.ts';

/** What boxed rows may take: see mlRegression.ts. */
const ML_REGRESSION_ROWS_MAX = 20_000;

const ID = 'least-squares';

const DEFAULTS = {
  /** Bounds of the target, in powers of two of the memory's size. */
  low: 0,
  high: 6,
  /**
   * Added to the diagonal of the correlations: shrinks coefficients that the rows say little of.
   */
  ridge: 0,
  /** 1: features and target less their means over each decision, as if all pairs were compared. */
  centre: 0,
  /** 1: every fingerprint and memory size counts as much as any other, however many its rows. */
  balance: 1,
  /** 1: ml-regression solves the equations, for tables of up to 20,000 rows. */
  mlRegression: 0,
};

type LinearModel = ModelOf<LinearPart>;
type Options = Readonly<Record<keyof typeof DEFAULTS, number>>;

export const learner = defineLearner({
  id: ID,
  kind: 'linear',
  title: 'Linear least squares on the log of the forward distance',
  source: 'Legendre 1805; in one pass after Chan, Golub & LeVeque 1983',
  defaults: DEFAULTS,
  async fit(decisions, features, given, provenance): Promise<LinearModel> {
    const options = optionsOf(ID, DEFAULTS, given);
    checkBounds(ID, options);
    checkOptions(ID, options, {
      ridge: 'not negative',
      centre: 'switch',
      balance: 'switch',
      mlRegression: 'switch',
    });
    const gathered = await gatherMoments(decisions, features, options);
    const moments = mergedMoments(gathered.groups.values());
    const equations = standardise(moments, options.centre === 1);
    const coefficients =
      options.mlRegression === 1
        ? await solveFromRows(decisions, features, options, gathered, moments, equations)
        : solve(equations, options.ridge);

    const { deviations, variance } = equations;
    const { mean } = moments;
    const residual = residualVariance(equations, coefficients);
    const model: LinearModel = {
      format: 'evictlab-model',
      version: 1,
      kind: 'linear',
      learner: ID,
      options,
      features: features.map(({ id, unit, scale }, i) => ({
        id,
        unit,
        scale,
        mean: mean[i],
        deviation: deviations[i],
        coefficient: coefficients[i],
      })),
      intercept: mean[features.length],
      target: `log2((1 + forward distance) / frames) between ${options.low} and ${options.high}`,
      fit: {
        rows: gathered.rowCount,
        decisions: gathered.decisionCount,
        r2: variance === 0 ? 0 : 1 - residual / variance,
        rmse: Math.sqrt(residual),
        victimAgreement: 0,
      },
      provenance,
    };
    const victimAgreement = await agreementWithMin(model, decisions);
    return { ...model, fit: { ...model.fit, victimAgreement } };
  },
});

/** The same coefficients by ml-regression, from the rows themselves; ridge is a row a feature. */
async function solveFromRows(
  decisions: DecisionSource,
  features: readonly Feature[],
  options: Options,
  { rowCount, groups }: GatheredMoments,
  moments: CoMoments,
  { deviations }: Equations,
): Promise<Float64Array> {
  if (rowCount > ML_REGRESSION_ROWS_MAX) {
    throw new InputError(
      `ml-regression is for ${ML_REGRESSION_ROWS_MAX} rows or fewer, and here are ${rowCount}`,
      'leave out mlRegression=1, or label fewer decisions',
    );
  }
  const { width } = moments;
  const size = features.length;
  const rows: number[][] = [];
  const right: number[] = [];
  const asTheyAre = unexpanded(size);
  await forEachDecision(decisions, features, options, asTheyAre, (group, values, count) => {
    const means = options.centre === 1 ? meansOf(values, width, count) : moments.mean;
    const root = Math.sqrt(groups.get(group)!.times);
    for (let row = 0; row < count; row++) {
      const deviationOf = (i: number): number => root * (values[row * width + i] - means[i]);
      rows.push(Array.from(features, (_, i) => deviationOf(i) / deviations[i]));
      right.push(deviationOf(size));
    }
  });
  if (options.ridge > 0) {
    const root = Math.sqrt(options.ridge * moments.weight);
    for (let i = 0; i < size; i++) {
      rows.push(Array.from(features, (_, j) => (i === j ? root : 0)));
      right.push(0);
    }
  }
  return solveByMlRegression(rows, right);
}

function meansOf(rows: Float64Array, width: number, rowCount: number): Float64Array {
  const means = new Float64Array(width);
  for (let row = 0; row < rowCount; row++) {
    for (let i = 0; i < width; i++) means[i] += rows[row * width + i] / rowCount;
  }
  return means;
}
