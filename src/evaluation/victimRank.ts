/*
 * How good victims are: at an eviction, how many of the pages in memory are used later than the one
 * that leaves. 0 is MIN's choice; pages never used again are the latest, all alike.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import type { NextUse } from '../engine/nextUse.ts';
import { replay } from '../engine/replay.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import type { NamedPolicy } from './simulation.ts';

/** Pages in memory that are used later than `victim`'s. O(frames). */
export function victimRank(
  { frameCount, lastUsedAt, pageOf }: FrameTable,
  { next }: Pick<NextUse, 'next'>,
  victim: Frame,
): number {
  const own = next[lastUsedAt[victim]];
  let rank = 0;
  for (let frame = 0; frame < frameCount; frame++) {
    if (pageOf[frame] !== NONE && next[lastUsedAt[frame]] > own) rank++;
  }
  return rank;
}

export interface VictimRanks {
  readonly evictions: number;
  /** Of the evictions looked at, ascending. */
  readonly ranks: Int32Array;
}

export interface RankedRun {
  readonly policy: NamedPolicy;
  readonly frameCount: number;
  readonly seed: number;
  readonly nextUse: NextUse;
  /** Looks at every so-manieth eviction, from the first. */
  readonly every: number;
}

/** One run; a look costs O(frames). */
export function victimRanks(references: ReferenceString, run: RankedRun): VictimRanks {
  const { policy, every, nextUse } = run;
  const ranks: number[] = [];
  let seen = 0;
  const { evictions } = replay(references, {
    ...run,
    policy: policy.spec,
    options: policy.options,
    observe:
      ({ frames }) =>
      (victim) => {
        if (seen++ % every === 0) ranks.push(victimRank(frames, nextUse, victim));
      },
  });
  return { evictions, ranks: Int32Array.from(ranks).sort() };
}

/** A point a power of two: percent of the victims with at most so many pages used later. */
export interface RankShare {
  readonly rank: number;
  readonly percent: number;
}

/** Ranks 0, 1, 3, 7 … below `frameCount`; none without evictions. */
export function rankShares({ ranks }: VictimRanks, frameCount: number): RankShare[] {
  if (ranks.length === 0) return [];
  const shares: RankShare[] = [];
  let within = 0;
  for (let next = 1; ; next *= 2) {
    const rank = Math.min(next, frameCount) - 1;
    while (within < ranks.length && ranks[within] <= rank) within++;
    shares.push({ rank, percent: (100 * within) / ranks.length });
    if (rank === frameCount - 1) return shares;
  }
}
