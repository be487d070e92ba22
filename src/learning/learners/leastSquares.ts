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
import { solveSymmetric } from '../../support/linearAlgebra.ts';
import { log2 } from '../../support/log2.ts';
import { agreementWithMin, columnsOf } from '../agreement.ts';
import { CoMoments } from '../coMoments.ts';
import type { LinearPart } from '../kinds/linear.ts';
import { type DecisionSource, defineLearner, type LearnerOptions } from '../learner.ts';
import { solveByMlRegression } from '../mlRegression.ts';
import type { ModelOf } from '../model.ts';
import { scaled } from '../scale.ts';

/** What boxed rows may take: see mlRegression.ts. */
const ML_REGRESSION_ROWS_MAX = 20_000;

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
  id: 'least-squares',
  title: 'Linear least squares on the log of the forward distance',
  source: 'Legendre 1805; in one pass after Chan, Golub & LeVeque 1983',
  defaults: DEFAULTS,
  async fit(decisions, features, given, provenance): Promise<LinearModel> {
    const options = checkOptions(given);
    const gathered = await gather(decisions, features, options);
    const equations = standardise(gathered.moments, options);
    const coefficients =
      options.mlRegression === 1
        ? await solveFromRows(decisions, features, options, gathered, equations)
        : solve(equations, options.ridge);

    const { deviations, variance } = equations;
    const { mean } = gathered.moments;
    const residual = residualVariance(equations, coefficients);
    const model: LinearModel = {
      format: 'evictlab-model',
      version: 1,
      kind: 'linear',
      learner: 'least-squares',
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

function checkOptions(given: LearnerOptions): Options {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(DEFAULTS, name));
  if (unknown !== undefined) {
    throw new InputError(
      `least-squares has no option "${unknown}"`,
      `its options are ${Object.keys(DEFAULTS).join(', ')}`,
    );
  }
  const options = { ...DEFAULTS, ...given };
  const flags = [options.centre, options.balance, options.mlRegression];
  if (!(options.low < options.high) || !(options.ridge >= 0)) {
    throw new InputError(
      `least-squares cannot use low=${options.low}, high=${options.high}, ridge=${options.ridge}`,
      'low must be below high, and ridge must not be negative',
    );
  }
  if (flags.some((flag) => flag !== 0 && flag !== 1)) {
    throw new InputError(
      'the options centre, balance and mlRegression of least-squares are switches',
      'give 0 or 1',
    );
  }
  return options;
}

interface Gathered {
  readonly rowCount: number;
  readonly decisionCount: number;
  /** Of all rows; columns are the scaled features, then the target. */
  readonly moments: CoMoments;
  /** How often a row of each group counts; a group is a fingerprint at a memory size. */
  readonly timesOf: ReadonlyMap<string, number>;
}

/** The pass over the decisions. */
async function gather(
  decisions: DecisionSource,
  features: readonly Feature[],
  options: Options,
): Promise<Gathered> {
  const width = features.length + 1;
  const groups = new Map<string, CoMoments>();
  let rowCount = 0;
  let decisionCount = 0;
  await forEachDecision(decisions, features, options, (group, rows, count) => {
    let moments = groups.get(group);
    if (moments === undefined) groups.set(group, (moments = new CoMoments(width)));
    moments.addDecision(rows, count);
    rowCount += count;
    decisionCount++;
  });
  if (rowCount === 0) {
    throw new InputError('there are no decisions to fit', 'label a run that evicts something');
  }
  const timesOf = new Map<string, number>();
  const moments = new CoMoments(width);
  for (const [group, { weight }] of groups) {
    timesOf.set(group, options.balance === 1 ? rowCount / groups.size / weight : 1);
  }
  for (const [group, part] of groups) moments.merge(part, timesOf.get(group)!);
  return { rowCount, decisionCount, moments, timesOf };
}

type DecisionVisitor = (group: string, rows: Float64Array, rowCount: number) => void;

/** Calls `visit` with the scaled features and target of each decision, row by row. */
async function forEachDecision(
  decisions: DecisionSource,
  features: readonly Feature[],
  options: Options,
  visit: DecisionVisitor,
): Promise<void> {
  const width = features.length + 1;
  let rows = new Float64Array(0);
  for await (const batch of decisions()) {
    const { firstRow, forwardDistance } = batch;
    const group = JSON.stringify([batch.fingerprint, batch.frames]);
    const columns = columnsOf(batch, features);
    const log2Frames = log2(batch.frames);
    for (let decision = 0; decision + 1 < firstRow.length; decision++) {
      const first = firstRow[decision];
      const count = firstRow[decision + 1] - first;
      if (rows.length < count * width) rows = new Float64Array(count * width);
      for (let i = 0; i < columns.length; i++) {
        const { scale } = features[i];
        const column = columns[i];
        for (let row = 0; row < count; row++) {
          rows[row * width + i] = scaled(column[first + row], scale, log2Frames);
        }
      }
      for (let row = 0; row < count; row++) {
        const distance = forwardDistance[first + row];
        rows[row * width + width - 1] = targetOf(distance, log2Frames, options);
      }
      visit(group, rows, count);
    }
  }
}

function targetOf(distance: number, log2Frames: number, { low, high }: Options): number {
  if (distance === Number.POSITIVE_INFINITY) return high;
  return Math.min(high, Math.max(low, log2(1 + distance) - log2Frames));
}

/** Least squares in columns of mean 0 and deviation 1: correlations · coefficients = right. */
interface Equations {
  readonly deviations: Float64Array;
  readonly correlations: Float64Array;
  readonly right: Float64Array;
  /** Of the target. */
  readonly variance: number;
}

/** A column that varies less than this part of its mean is constant but for rounding. */
const VARIATION_MIN = 1e-9;

function standardise(moments: CoMoments, { centre }: Options): Equations {
  const { width, weight, mean } = moments;
  const products = centre === 1 ? moments.within : moments.scatter;
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

function solve({ correlations, right }: Equations, ridge: number): Float64Array {
  const matrix = correlations.slice();
  for (let i = 0; i < right.length; i++) matrix[i * right.length + i] += ridge;
  return solveSymmetric(matrix, right);
}

/** What is left of the target's variance: v − 2·rᵀb + bᵀ·R·b, kept from falling below 0. */
function residualVariance(
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

/** The same coefficients by ml-regression, from the rows themselves; ridge is a row a feature. */
async function solveFromRows(
  decisions: DecisionSource,
  features: readonly Feature[],
  options: Options,
  { rowCount, moments, timesOf }: Gathered,
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
  await forEachDecision(decisions, features, options, (group, values, count) => {
    const means = options.centre === 1 ? meansOf(values, width, count) : moments.mean;
    const root = Math.sqrt(timesOf.get(group)!);
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
