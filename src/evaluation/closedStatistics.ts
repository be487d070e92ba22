/*
 * How much of the way from LRU to MIN policies go, in page-ins, and how sure one may be of it.
 *
 *   a cell    (LRU − policy) ÷ (LRU − MIN), no less than −1: where LRU is close to MIN a single
 *             workload would otherwise decide the mean; without a share where LRU is MIN
 *   a family  the mean of its cells: captures of one program are one witness, however many
 *   a policy  the mean of its families; families are drawn again for the interval
 *
 * Beside the mean stand what a mean hides: the median and the worst of the cells, and how many have
 * more than 2 % more page-ins than LRU. Two yardsticks belong to it that are no policies of their
 * own: the best hand-made policy of each cell, chosen when all is over, which nobody could have
 * run; and, for a fitted policy, what it adds to those that needed no fitting and to fitted ones
 * behind it, cell by cell: of the share closed, and of the cost with page-outs at their price.
 */
import type { Observation } from '../engine/policy.ts';
import { bootstrapInterval, type Interval } from './bootstrap.ts';
import type { EvaluationRow } from './evaluation.ts';

/** What is needed of a row. */
export type PageInRow = Pick<
  EvaluationRow,
  | 'fingerprint'
  | 'size'
  | 'policy'
  | 'observes'
  | 'pageIns'
  | 'lruPageIns'
  | 'minPageIns'
  | 'closedPercent'
  | 'cost'
>;

/** In percent, of page-ins; null without a cell that has such a figure. */
export interface ClosedFigures {
  readonly fingerprints: number;
  readonly families: number;
  readonly cells: number;
  /** Mean over families of the share closed. */
  readonly closedPercent: number | null;
  /** 95 %, over families drawn again. */
  readonly closedPercentInterval: Interval | null;
  readonly medianClosedPercent: number | null;
  /** Of all cells, not clipped. */
  readonly worstClosedPercent: number | null;
  /** Cells with more than 2 % more page-ins than LRU. */
  readonly worseThanLru: number;
  /** Mean over families of (policy − MIN) ÷ MIN; cells where MIN has no page-in are left out. */
  readonly minGapPercent: number | null;
}

export interface PolicyClosed extends ClosedFigures {
  readonly policy: string;
  readonly observes: Observation;
  /** Fitted to data, not made by hand. */
  readonly fitted: boolean;
}

/** What a fitted policy closes more than another, in the cells that both have. */
export interface ClosedDifference {
  readonly policy: string;
  /** Undefined: the best hand-made policy of each cell, chosen afterwards. */
  readonly against: string | undefined;
  /** In points of the share closed, mean over families; and 95 %, over families drawn again. */
  readonly points: number;
  readonly interval: Interval;
  readonly families: number;
  readonly cells: number;
  /**
   * Cost above the other's, in percent: geometric mean of the cells of each family, then of the
   * families; and 95 %, over families drawn again. Null where all cells cost nothing.
   */
  readonly costPercent: number | null;
  readonly costInterval: Interval | null;
}

export interface ClosedStatistics {
  readonly policies: readonly PolicyClosed[];
  /** The best hand-made policy of each cell; nobody could run it. Null without any. */
  readonly afterwards: ClosedFigures | null;
  readonly differences: readonly ClosedDifference[];
}

export interface StatisticsOptions {
  /** Labels of policies that were fitted to data. */
  readonly fitted: ReadonlySet<string>;
  /** Family of a fingerprint, by name; one that is not in it is a family of its own. */
  readonly families?: Readonly<Record<string, string>>;
  readonly seed: number;
}

/** Choice without learning: what a fitted policy has to beat to be worth its fitting. */
const WITHOUT_LEARNING = 'duel';

export function closedStatistics(
  rows: readonly PageInRow[],
  options: StatisticsOptions,
): ClosedStatistics {
  const { fitted } = options;
  const policies = [...byPolicy(rows)].map(([policy, own]) => ({
    policy,
    observes: own[0].observes,
    fitted: fitted.has(policy),
    ...closedFigures(own, options),
  }));
  const best = bestOfCells(rows, fitted, ({ pageIns }) => pageIns);
  const [leader] = policies
    .filter((one) => isHandMade(one, fitted) && one.closedPercent !== null)
    .sort((a, b) => (b.closedPercent ?? 0) - (a.closedPercent ?? 0));
  const named = new Set([WITHOUT_LEARNING, ...(leader === undefined ? [] : [leader.policy])]);
  const differences = policies.flatMap(({ policy, fitted: isFitted }, i) => {
    if (!isFitted) return [];
    const own = rows.filter((row) => row.policy === policy);
    const behind = policies.slice(i + 1).filter((other) => other.fitted);
    const labels = [...named, ...behind.map((other) => other.policy)];
    const others = labels.map((label) => rows.filter((row) => row.policy === label));
    return [...others, best].flatMap((other) => {
      const difference = closedDifference(own, other, options);
      if (difference === undefined) return [];
      const against = other === best ? undefined : other[0].policy;
      return [{ policy, against, ...difference }];
    });
  });
  return {
    policies,
    afterwards: best.length === 0 ? null : closedFigures(best, options),
    differences,
  };
}

/** Rows by label, in order of first appearance. */
export function byPolicy<Row extends PageInRow>(rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const list = found.get(row.policy);
    if (list === undefined) found.set(row.policy, [row]);
    else list.push(row);
  }
  return found;
}

/** Neither fitted nor knowing the future. */
export function isHandMade(
  { policy, observes }: Pick<PageInRow, 'policy' | 'observes'>,
  fitted: ReadonlySet<string>,
): boolean {
  return !fitted.has(policy) && observes !== 'future';
}

/** Of each cell the row of the hand-made policy that has the least, the first of equals. */
export function bestOfCells<Row extends PageInRow>(
  rows: readonly Row[],
  fitted: ReadonlySet<string>,
  measure: (row: Row) => number,
): Row[] {
  const best = new Map<string, Row>();
  for (const row of rows) {
    if (!isHandMade(row, fitted)) continue;
    const cell = cellOf(row);
    const known = best.get(cell);
    if (known === undefined || measure(row) < measure(known)) best.set(cell, row);
  }
  return [...best.values()];
}

/** Rows of the same cell are of different policies. */
export function cellOf({ fingerprint, size }: Pick<PageInRow, 'fingerprint' | 'size'>): string {
  return JSON.stringify([fingerprint, size]);
}

/** The rows of each family, in order of first appearance. */
export function byFamily<Row extends Pick<PageInRow, 'fingerprint'>>(
  rows: readonly Row[],
  families: StatisticsOptions['families'] = {},
): Row[][] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row.fingerprint;
    // A family may be called as another fingerprint is: then they are one, as in folds.
    const family = Object.hasOwn(families, name) ? families[name] : name;
    const list = found.get(family);
    if (list === undefined) found.set(family, [row]);
    else list.push(row);
  }
  return [...found.values()];
}

/** Of one line: at most a row a cell. */
function closedFigures(
  rows: readonly PageInRow[],
  { families, seed }: StatisticsOptions,
): ClosedFigures {
  const groups = byFamily(rows, families);
  const closed = familyMeans(groups, clippedPercent);
  const all = rows
    .map(({ closedPercent }) => closedPercent)
    .filter((percent) => percent !== null)
    .sort((a, b) => a - b);
  return {
    fingerprints: new Set(rows.map(({ fingerprint }) => fingerprint)).size,
    families: groups.length,
    cells: rows.length,
    closedPercent: mean(closed),
    closedPercentInterval: bootstrapInterval(asGroups(closed), seed),
    medianClosedPercent: median(all.map((percent) => Math.max(-100, percent))),
    worstClosedPercent: all[0] ?? null,
    worseThanLru: rows.filter(({ pageIns, lruPageIns }) => pageIns > 1.02 * lruPageIns).length,
    minGapPercent: mean(familyMeans(groups, minGap)),
  };
}

/** Undefined when no cell tells them apart from LRU and MIN. */
function closedDifference(
  rows: readonly PageInRow[],
  others: readonly PageInRow[],
  { families, seed }: StatisticsOptions,
): Omit<ClosedDifference, 'policy' | 'against'> | undefined {
  const theirs = new Map(others.map((row) => [cellOf(row), clippedPercent(row)]));
  const differenceOf = (row: PageInRow): number | null => {
    const [own, other] = [clippedPercent(row), theirs.get(cellOf(row)) ?? null];
    return own === null || other === null ? null : own - other;
  };
  const paired = rows.filter((row) => differenceOf(row) !== null);
  const means = familyMeans(byFamily(paired, families), differenceOf);
  const [points, interval] = [mean(means), bootstrapInterval(asGroups(means), seed)];
  if (points === null || interval === null) return undefined;
  const counted = { points, interval, families: means.length, cells: paired.length };
  const costs = new Map(others.map((row) => [cellOf(row), row.cost]));
  const logRatio = (row: PageInRow): number | null => {
    const cost = costs.get(cellOf(row));
    return cost === undefined ? null : logCostRatio(row.cost, cost);
  };
  const logs = familyMeans(byFamily(rows, families), logRatio);
  const [log, range] = [mean(logs), bootstrapInterval(asGroups(logs), seed)];
  const percent = (value: number): number => 100 * Math.expm1(value);
  return {
    ...counted,
    costPercent: log === null ? null : percent(log),
    costInterval: range === null ? null : [percent(range[0]), percent(range[1])],
  };
}

/**
 * Log of a cost in proportion to another; null when neither costs anything, which says nothing.
 * Where one of the two is 0 both count 1 more, for a ratio that has an end.
 */
export function logCostRatio(own: number, other: number): number | null {
  if (own === 0 && other === 0) return null;
  const more = own === 0 || other === 0 ? 1 : 0;
  return Math.log((own + more) / (other + more));
}

function clippedPercent({ closedPercent }: PageInRow): number | null {
  return closedPercent === null ? null : Math.max(-100, closedPercent);
}

function minGap({ pageIns, minPageIns }: PageInRow): number | null {
  return minPageIns === 0 ? null : (100 * (pageIns - minPageIns)) / minPageIns;
}

/** The mean of each group's values; groups without one are left out. */
function familyMeans(
  groups: readonly (readonly PageInRow[])[],
  figureOf: (row: PageInRow) => number | null,
): number[] {
  return groups
    .map((group) => mean(group.map(figureOf).filter((value) => value !== null)))
    .filter((value) => value !== null);
}

const asGroups = (values: readonly number[]): number[][] => values.map((value) => [value]);

/** Null of nothing. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of values in ascending order; null of nothing. */
export function median(sorted: readonly number[]): number | null {
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
