/*
 * The gap table in one line a policy. Averages are over cells (fingerprint × size); the share
 * closed is clipped at −100 % a cell before it is averaged, for a single workload where LRU is
 * close to MIN would otherwise decide the mean.
 */
import type { Observation } from '../engine/policy.ts';
import type { EvaluationRow } from './evaluation.ts';

export interface PolicySummary {
  readonly policy: string;
  readonly observes: Observation;
  readonly cells: number;
  /** Geometric mean over cells of cost ÷ upper bound and cost ÷ lower bound, less 1, in percent. */
  readonly meanGapPercent: readonly [low: number, high: number];
  /** Mean and median of the clipped share closed, over the cells where LRU is not MIN. */
  readonly meanClosedPercent: number | null;
  readonly medianClosedPercent: number | null;
  /** Cells with more than 2 % more page-ins than LRU. */
  readonly worseThanLru: number;
}

/** One summary a policy, in order of first appearance. Cells of cost 0 count as gap 0. */
export function summarize(rows: readonly EvaluationRow[]): PolicySummary[] {
  const byPolicy = new Map<string, EvaluationRow[]>();
  for (const row of rows) {
    const list = byPolicy.get(row.policy);
    if (list === undefined) byPolicy.set(row.policy, [row]);
    else list.push(row);
  }
  return [...byPolicy.values()].map(summarizePolicy);
}

function summarizePolicy(rows: readonly EvaluationRow[]): PolicySummary {
  const closed = rows
    .map((row) => row.closedPercent)
    .filter((percent) => percent !== null)
    .map((percent) => Math.max(-100, percent))
    .sort((a, b) => a - b);
  return {
    policy: rows[0].policy,
    observes: rows[0].observes,
    cells: rows.length,
    meanGapPercent: [
      geometricMeanGap(rows.map(({ cost, upperBound }) => [cost, Math.min(cost, upperBound)])),
      geometricMeanGap(rows.map(({ cost, lowerBound }) => [cost, lowerBound])),
    ],
    meanClosedPercent: closed.length === 0 ? null : sum(closed) / closed.length,
    medianClosedPercent: closed.length === 0 ? null : median(closed),
    worseThanLru: rows.filter(({ pageIns, lruPageIns }) => pageIns > 1.02 * lruPageIns).length,
  };
}

/** Pairs of cost and optimum; percent. */
function geometricMeanGap(pairs: readonly (readonly [number, number])[]): number {
  const logs = pairs.map(([cost, optimum]) => (cost === optimum ? 0 : Math.log(cost / optimum)));
  return 100 * (Math.exp(sum(logs) / pairs.length) - 1);
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
