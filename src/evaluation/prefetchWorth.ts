/** Whether reading ahead paid: shares of what was read, and of what was needed. */
import type { ReadAheadCounts } from '../engine/readAhead.ts';

export interface PrefetchWorth {
  /** Of the pages read ahead, so many were used before they left. NaN: none was read ahead. */
  readonly accuracyPercent: number;
  /** Of the pages that had to be read, so many were there already. NaN: none had to be read. */
  readonly coveragePercent: number;
  /** Pages read, on demand and ahead, for each page-in. Infinite: no page-in. NaN: nothing read. */
  readonly bandwidth: number;
}

/** `pageIns` are those on demand. */
export function prefetchWorth(
  { issued, useful }: Pick<ReadAheadCounts, 'issued' | 'useful'>,
  pageIns: number,
): PrefetchWorth {
  return {
    accuracyPercent: (100 * useful) / issued,
    coveragePercent: (100 * useful) / (useful + pageIns),
    bandwidth: (pageIns + issued) / pageIns,
  };
}
