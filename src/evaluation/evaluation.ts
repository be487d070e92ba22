/*
 * One cell of an evaluation, a policy on a fingerprint at a memory size, beside the optimum; and
 * the work it takes, cut into jobs that do not depend on each other.
 */
import { costOf, type Prices } from '../engine/machine.ts';
import type { FaultCounts } from '../engine/memory.ts';
import type { Observation } from '../engine/policy.ts';
import type { Optimum } from '../optimal/optimum.ts';
import { assert } from '../support/assert.ts';
import { closedPercent, gapPercent } from './gap.ts';

/** A row of the gap table. Costs in the unit of the prices, gaps in percent. */
export interface EvaluationRow {
  readonly fingerprint: string;
  /** Of the fingerprint's content. */
  readonly digest: string;
  /** As the user named it: id and options, or a model. */
  readonly policy: string;
  readonly observes: Observation;
  readonly frames: number;
  /** The size as it was asked for: `10%` or `64`. */
  readonly size: string;
  readonly seed: number;
  readonly references: number;
  readonly minorFaults: number;
  readonly softFaults: number;
  readonly pageIns: number;
  readonly pageOuts: number;
  readonly cost: number;
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly minPageIns: number;
  readonly lruPageIns: number;
  /** (cost − optimum) ÷ optimum, in percent: at least, at most; null where unbounded. */
  readonly gapPercent: readonly [low: number | null, high: number | null];
  /** (LRU − policy) ÷ (LRU − MIN) in page-ins, in percent; null where LRU is MIN. */
  readonly closedPercent: number | null;
  /** Frames it kept free, on average, once it had begun to evict. */
  readonly meanFreeFrames: number;
  /**
   * Beside the optimum of a memory that size, for a policy that keeps frames free, where asked for;
   * else null.
   */
  readonly atEqualResident: EqualResident | null;
}

/** The optimum with as many frames as a policy used on average, and the policy's cost above it. */
export interface EqualResident {
  readonly frames: number;
  readonly lowerBound: number;
  readonly upperBound: number;
  /** As `gapPercent`, but negative where the policy, at times in more frames, costs less. */
  readonly gapPercent: readonly [low: number | null, high: number | null];
}

/** The frames a policy used on average: all but those it kept free. */
export function residentFrames(frames: number, { meanFreeFrames }: FaultCounts): number {
  return Math.max(1, frames - Math.round(meanFreeFrames));
}

/** What of a row is known before the run. */
export type RowKey = Pick<
  EvaluationRow,
  'fingerprint' | 'digest' | 'policy' | 'observes' | 'frames' | 'size' | 'seed'
>;

/** A cell without a row: its policy or its optimum failed, and `reason` says how, in one line. */
export type FailedCell = Omit<RowKey, 'observes'> & { readonly reason: string };

/** Puts a policy's counts beside the optimum of the same fingerprint, frames and prices. */
export function evaluationRow(
  key: RowKey,
  counts: FaultCounts,
  optimum: Optimum,
  /** That of the frames it used on average, where it was asked for. */
  residentOptimum: Optimum | undefined,
  lruPageIns: number,
  prices: Prices,
): EvaluationRow {
  assert(optimum.frameCount === key.frames, 'policy and optimum had the same memory');
  const resident = residentFrames(key.frames, counts);
  const keepsFree = residentOptimum !== undefined && resident < key.frames;
  const { lowerBound, upperBound, minPageIns } = optimum;
  const { references, minorFaults, softFaults, pageIns, meanFreeFrames } = counts;
  const pageOuts = counts.pageOuts + (prices.chargeFinal ? counts.dirtyAtEnd : 0);
  const cost = costOf(counts, prices);
  const [low, high] = gapPercent(cost, optimum);
  return {
    ...key,
    references,
    minorFaults,
    softFaults,
    pageIns,
    pageOuts,
    cost,
    lowerBound,
    upperBound,
    minPageIns,
    lruPageIns,
    gapPercent: [finiteOrNull(low), finiteOrNull(high)],
    closedPercent: closedPercent(pageIns, lruPageIns, minPageIns) ?? null,
    meanFreeFrames,
    atEqualResident: keepsFree ? equalResident(cost, resident, residentOptimum) : null,
  };
}

function equalResident(cost: number, frames: number, optimum: Optimum): EqualResident {
  assert(optimum.frameCount === frames, 'the optimum is of the frames it used on average');
  const { lowerBound, upperBound } = optimum;
  const above = (bound: number): number | null =>
    bound === 0 ? (cost === 0 ? 0 : null) : (100 * (cost - bound)) / bound;
  const gap = [above(upperBound), above(lowerBound)] as const;
  return { frames, lowerBound, upperBound, gapPercent: gap };
}

function finiteOrNull(percent: number): number | null {
  return Number.isFinite(percent) ? percent : null;
}
