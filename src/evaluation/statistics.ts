/*
 * The gap table in one line a policy: cost against the optimum, page-ins between LRU and MIN, each
 * with how sure one may be of it. Intervals are over program families (bootstrap.ts), for cells of
 * one program are not independent.
 *
 * Ratios are averaged geometrically, so that twice and half the optimum's cost cancel. Wins and
 * losses are against the one hand-made policy that is best over all cells and does not know the
 * future: not the best of each cell, which nobody could have chosen beforehand. That one stands by
 * itself, as `afterwards`.
 */
import { OBSERVATIONS } from '../engine/policy.ts';
import { bootstrapInterval, type Interval, pooledMean } from './bootstrap.ts';
import {
  bestOfCells,
  byFamily,
  byPolicy,
  type ClosedFigures,
  type ClosedStatistics,
  cellOf,
  closedStatistics,
  isHandMade,
  type PolicyClosed,
  type StatisticsOptions,
} from './closedStatistics.ts';
import type { EvaluationRow } from './evaluation.ts';

export interface CostFigures {
  /** Geometric mean of cost ÷ optimum over cells: above the upper bound, above the lower bound. */
  readonly costRatio: Interval;
  /** 95 %, over families: the least at the upper bound, the most at the lower bound. */
  readonly costRatioInterval: Interval;
}

export interface PolicyStatistics extends PolicyClosed, CostFigures {
  /** Cells that cost less, more, and the same as under the best hand-made policy. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
}

export interface Statistics extends Pick<ClosedStatistics, 'differences'> {
  /** What wins and losses are against; null when every policy is fitted or knows the future. */
  readonly bestHandMade: string | null;
  /** By what they observe, weakest first; within that the nearest to the optimum first. */
  readonly policies: readonly PolicyStatistics[];
  /**
   * The best hand-made policy of each cell, chosen when all is over: by cost for the cost, by
   * page-ins for the page-ins. Nobody could run it. Null without any.
   */
  readonly afterwards: (ClosedFigures & CostFigures) | null;
}

export function policyStatistics(
  rows: readonly EvaluationRow[],
  options: StatisticsOptions,
): Statistics {
  const { fitted } = options;
  const closed = closedStatistics(rows, options);
  const rowsOf = byPolicy(rows);
  const lines = closed.policies.map((one) => {
    const own = rowsOf.get(one.policy) ?? [];
    return { own, figures: { ...one, ...costFigures(own, options) } };
  });
  const handMade = lines.filter(({ figures }) => isHandMade(figures, fitted));
  handMade.sort((a, b) => a.figures.costRatio[1] - b.figures.costRatio[1]);
  const best = handMade.at(0);
  const costOfBest = new Map((best?.own ?? []).map((row) => [cellOf(row), row.cost]));
  const policies = lines.map(
    ({ own, figures }): PolicyStatistics => ({ ...figures, ...winsAndLosses(own, costOfBest) }),
  );
  const rank = ({ observes }: PolicyStatistics): number => OBSERVATIONS.indexOf(observes);
  policies.sort((a, b) => rank(a) - rank(b) || a.costRatio[1] - b.costRatio[1]);
  const cheapest = bestOfCells(rows, fitted, ({ cost }) => cost);
  const afterwards = closed.afterwards && {
    ...closed.afterwards,
    ...costFigures(cheapest, options),
  };
  return {
    bestHandMade: best?.figures.policy ?? null,
    policies,
    afterwards,
    differences: closed.differences,
  };
}

function costFigures(
  rows: readonly EvaluationRow[],
  { families, seed }: StatisticsOptions,
): CostFigures {
  const groups = byFamily(rows, families);
  const lowLogs = groups.map((group) => group.map((row) => Math.log(lowRatio(row))));
  const highLogs = groups.map((group) => group.map((row) => Math.log(highRatio(row))));
  const [lowFrom] = bootstrapInterval(lowLogs, seed) ?? [0, 0];
  const [, highTo] = bootstrapInterval(highLogs, seed) ?? [0, 0];
  return {
    costRatio: [Math.exp(pooledMean(lowLogs) ?? 0), Math.exp(pooledMean(highLogs) ?? 0)],
    costRatioInterval: [Math.exp(lowFrom), Math.exp(highTo)],
  };
}

function winsAndLosses(
  rows: readonly EvaluationRow[],
  costOfBest: ReadonlyMap<string, number>,
): Pick<PolicyStatistics, 'wins' | 'losses' | 'ties'> {
  let [wins, losses, ties] = [0, 0, 0];
  for (const row of rows) {
    const theirs = costOfBest.get(cellOf(row));
    if (theirs === undefined) continue;
    if (row.cost < theirs) wins++;
    else if (row.cost > theirs) losses++;
    else ties++;
  }
  return { wins, losses, ties };
}

/** Over the best schedule known; one that a policy beats is no optimum, and the policy's is 1. */
function lowRatio({ cost, upperBound }: EvaluationRow): number {
  return cost <= upperBound ? 1 : cost / upperBound;
}

function highRatio({ cost, lowerBound }: EvaluationRow): number {
  return cost === lowerBound ? 1 : cost / lowerBound;
}
