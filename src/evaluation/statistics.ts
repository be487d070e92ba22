/*
 * The gap table over fingerprints, with how sure one may be of it. Fingerprints are drawn again
 * with replacement, all cells of one together, for they are not independent; what 95 % of the draws
 * contain is the interval.                         (Efron, Annals of Statistics 1979; percentiles)
 *
 * Ratios are averaged geometrically, so that twice and half the optimum's cost cancel. Wins and
 * losses are against the one hand-made policy that is best over all cells and does not know the
 * future: not the best of each cell, which nobody could have chosen beforehand.
 */
import { OBSERVATIONS, type Observation } from '../engine/policy.ts';
import { Random } from '../support/random.ts';
import type { EvaluationRow } from './evaluation.ts';

export type Interval = readonly [low: number, high: number];

export interface PolicyStatistics {
  readonly policy: string;
  readonly observes: Observation;
  /** Fitted to data, not made by hand. */
  readonly fitted: boolean;
  readonly fingerprints: number;
  readonly cells: number;
  /** Geometric mean of cost ÷ optimum over cells: above the upper bound, above the lower bound. */
  readonly costRatio: Interval;
  /** 95 %, over fingerprints: the least at the upper bound, the most at the lower bound. */
  readonly costRatioInterval: Interval;
  /**
   * Of the page-ins between LRU and MIN the percentage that is saved, cells with LRU = MIN left
   * out; a cell counts no less than −100. Null without such cells.
   */
  readonly closedPercent: number | null;
  readonly closedPercentInterval: Interval | null;
  /** Cells that cost less, more, and the same as under the best hand-made policy. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
}

export interface Statistics {
  /** What wins and losses are against; null when every policy is fitted or knows the future. */
  readonly bestHandMade: string | null;
  /** By what they observe, weakest first; within that the nearest to the optimum first. */
  readonly policies: readonly PolicyStatistics[];
}

export interface StatisticsOptions {
  /** Labels of policies that were fitted to data. */
  readonly fitted: ReadonlySet<string>;
  readonly seed: number;
}

const DRAWS = 2000;

export function policyStatistics(
  rows: readonly EvaluationRow[],
  { fitted, seed }: StatisticsOptions,
): Statistics {
  const labels = [...new Set(rows.map(({ policy }) => policy))];
  const rowsOf = new Map(labels.map((label) => [label, rows.filter((r) => r.policy === label)]));
  const ratioOf = new Map(
    [...rowsOf].map(([label, own]) => [label, geometricMean(own.map(highRatio))]),
  );
  const ratio = (label: string): number => ratioOf.get(label) ?? Number.POSITIVE_INFINITY;
  const [best = null] = labels
    .filter((label) => !fitted.has(label) && rowsOf.get(label)?.[0].observes !== 'future')
    .sort((a, b) => ratio(a) - ratio(b));
  const bestRows = best === null ? [] : (rowsOf.get(best) ?? []);
  const costOfBest = new Map(bestRows.map((row) => [cellOf(row), row.cost]));
  const rank = ({ observes }: PolicyStatistics): number => OBSERVATIONS.indexOf(observes);
  const policies = [...rowsOf].map(([label, own]) =>
    statisticsOf(own, { isFitted: fitted.has(label), seed, costOfBest }),
  );
  policies.sort((a, b) => rank(a) - rank(b) || a.costRatio[1] - b.costRatio[1]);
  return { bestHandMade: best, policies };
}

function statisticsOf(
  rows: readonly EvaluationRow[],
  {
    isFitted,
    seed,
    costOfBest,
  }: {
    readonly isFitted: boolean;
    readonly seed: number;
    readonly costOfBest: ReadonlyMap<string, number>;
  },
): PolicyStatistics {
  const names = [...new Set(rows.map(({ fingerprint }) => fingerprint))];
  const groups = names.map((name) => rows.filter(({ fingerprint }) => fingerprint === name));
  const lowLogs = groups.map((group) => group.map((row) => Math.log(lowRatio(row))));
  const highLogs = groups.map((group) => group.map((row) => Math.log(highRatio(row))));
  const closed = groups.map((group) =>
    group.flatMap(({ closedPercent }) =>
      closedPercent === null ? [] : [Math.max(-100, closedPercent)],
    ),
  );
  const [lowFrom] = bootstrapInterval(lowLogs, seed) ?? [0, 0];
  const [, highTo] = bootstrapInterval(highLogs, seed) ?? [0, 0];
  let [wins, losses, ties] = [0, 0, 0];
  for (const row of rows) {
    const theirs = costOfBest.get(cellOf(row));
    if (theirs === undefined) continue;
    if (row.cost < theirs) wins++;
    else if (row.cost > theirs) losses++;
    else ties++;
  }
  return {
    policy: rows[0].policy,
    observes: rows[0].observes,
    fitted: isFitted,
    fingerprints: names.length,
    cells: rows.length,
    costRatio: [Math.exp(pooledMean(lowLogs) ?? 0), Math.exp(pooledMean(highLogs) ?? 0)],
    costRatioInterval: [Math.exp(lowFrom), Math.exp(highTo)],
    closedPercent: pooledMean(closed),
    closedPercentInterval: bootstrapInterval(closed, seed),
    wins,
    losses,
    ties,
  };
}

/**
 * What 95 % of the means lie in when groups are drawn with replacement, as many as there are; a
 * draw without values is drawn again. Null without any value.
 */
export function bootstrapInterval(
  groups: readonly (readonly number[])[],
  seed: number,
): Interval | null {
  if (groups.every((group) => group.length === 0)) return null;
  const random = new Random(seed);
  const means: number[] = [];
  while (means.length < DRAWS) {
    const drawn = groups.map(() => groups[random.below(groups.length)]);
    const mean = pooledMean(drawn);
    if (mean !== null) means.push(mean);
  }
  means.sort((a, b) => a - b);
  return [means[Math.floor(0.025 * DRAWS)], means[Math.ceil(0.975 * DRAWS) - 1]];
}

/** The mean of all values together; null without any. */
function pooledMean(groups: readonly (readonly number[])[]): number | null {
  let sum = 0;
  let count = 0;
  for (const group of groups) {
    for (const value of group) sum += value;
    count += group.length;
  }
  return count === 0 ? null : sum / count;
}

function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

/** Over the best schedule known; one that a policy beats is no optimum, and the policy's is 1. */
function lowRatio({ cost, upperBound }: EvaluationRow): number {
  return cost <= upperBound ? 1 : cost / upperBound;
}

function highRatio({ cost, lowerBound }: EvaluationRow): number {
  return cost === lowerBound ? 1 : cost / lowerBound;
}

/** Rows of the same cell are of different policies. */
function cellOf({ fingerprint, size }: EvaluationRow): string {
  return JSON.stringify([fingerprint, size]);
}
