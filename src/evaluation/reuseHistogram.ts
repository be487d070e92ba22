/*
 * How far back the last use of a page is, counted in distinct pages, by powers of two:
 *
 *   1   2–3   4–7   8–15 …        LRU keeps a page in memories of as many frames as its distance
 */
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { reuseDistances } from '../optimal/reuseDistance.ts';

export interface ReuseHistogram {
  /** The least distance of each bin: 1, 2, 4, 8 …; up to the greatest distance there is. */
  readonly from: readonly number[];
  /** References in each bin. */
  readonly references: readonly number[];
  /** References to pages never used before. */
  readonly firstUses: number;
}

export function reuseHistogram(references: ReferenceString): ReuseHistogram {
  const counts: number[] = [];
  let firstUses = 0;
  for (const distance of reuseDistances(references)) {
    if (distance === 0) {
      firstUses++;
      continue;
    }
    const bin = 31 - Math.clz32(distance);
    while (counts.length <= bin) counts.push(0);
    counts[bin]++;
  }
  return { from: counts.map((_, bin) => 2 ** bin), references: counts, firstUses };
}
