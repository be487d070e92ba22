/*
 * A reference string as a packing problem. Between two uses of a page lies a gap, from the tick
 * after the first to the tick of the second; the only decision there is, is whether the page is
 * kept over it.
 *
 *   page a   R . . . R . . W . . . .        gaps  [1,4) [5,7) [8,end)
 *   tick     0 1 2 3 4 5 6 7 8 9             the last one only saves a page-out
 *
 * Inside a gap the page takes one of the k − 1 frames that the page in use leaves free. Lost gaps
 * cost a page-in (if there is content to read and a use to read it for); the first lost gap of a
 * dirty epoch, from one write to the next, costs a page-out. Gaps without a tick inside, and gaps
 * that cost nothing to lose, are left out.
 */
import type { Prices } from '../engine/machine.ts';
import type { NextUse } from '../engine/nextUse.ts';
import { PageKind, type ReferenceString } from '../fingerprint/fingerprint.ts';

/** No epoch: losing the gap never costs a page-out of its own. */
export const NO_EPOCH = -1;

/** Columns of equal length, a row a gap, ordered by `start`. */
export interface GapTable {
  readonly gapCount: number;
  readonly epochCount: number;
  /** First tick inside. The reference before it, at start − 1, opened the gap. */
  readonly start: Int32Array;
  /** First tick behind: the next use, a release, or the end of the string. */
  readonly end: Int32Array;
  /** 1: losing it costs a page-in. */
  readonly mustRead: Uint8Array;
  /** The dirty epoch it belongs to, NO_EPOCH for none. */
  readonly epoch: Int32Array;
  /** What every schedule pays: first reads, and page-outs certain at the end. */
  readonly constantCost: number;
}

/** One forward pass; 13 bytes a gap. */
export function deriveGaps(references: ReferenceString, future: NextUse, prices: Prices): GapTable {
  const { pages, writes, pageCount, kinds, releases } = references;
  const { next, referenceCount } = future;
  const releasedAt = new Int32Array(pageCount).fill(referenceCount);
  const isReleased = new Uint8Array(pageCount);
  if (releases !== undefined) {
    for (let row = 0; row < releases.ticks.length; row++) {
      for (let i = releases.firstPage[row]; i < releases.firstPage[row + 1]; i++) {
        releasedAt[releases.pages[i]] = releases.ticks[row];
        isReleased[releases.pages[i]] = 1;
      }
    }
  }
  const lastWrite = lastWrites(references);
  // Page-outs that cost nothing leave no epochs.
  const countsWrites = prices.pageOutCost > 0;

  const start = new Int32Array(referenceCount);
  const end = new Int32Array(referenceCount);
  const mustRead = new Uint8Array(referenceCount);
  const epoch = new Int32Array(referenceCount);
  const epochOf = new Int32Array(pageCount).fill(NO_EPOCH);
  const hasContent = Uint8Array.from(kinds, (kind) => (kind === PageKind.File ? 1 : 0));
  const isSeen = new Uint8Array(pageCount);
  let gapCount = 0;
  let epochCount = 0;
  let constantCost = 0;
  for (let tick = 0; tick < referenceCount; tick++) {
    const page = pages[tick];
    if (isSeen[page] === 0) {
      isSeen[page] = 1;
      if (hasContent[page] === 1) constantCost += prices.pageInCost;
    }
    if (writes[tick] === 1) {
      hasContent[page] = 1;
      // With the end charged, the last epoch of a page that stays pays in any case.
      const isSunk = prices.chargeFinal && lastWrite[page] === tick && isReleased[page] === 0;
      if (isSunk) constantCost += prices.pageOutCost;
      epochOf[page] = countsWrites && !isSunk ? epochCount++ : NO_EPOCH;
    }
    const isTail = next[tick] === referenceCount;
    const until = isTail ? releasedAt[page] : next[tick];
    const reads = !isTail && hasContent[page] === 1;
    if (until <= tick + 1 || (!reads && epochOf[page] === NO_EPOCH)) continue;
    start[gapCount] = tick + 1;
    end[gapCount] = until;
    mustRead[gapCount] = reads ? 1 : 0;
    epoch[gapCount] = epochOf[page];
    gapCount++;
  }
  return {
    gapCount,
    epochCount,
    start: start.slice(0, gapCount),
    end: end.slice(0, gapCount),
    mustRead: mustRead.slice(0, gapCount),
    epoch: epoch.slice(0, gapCount),
    constantCost,
  };
}

/** The tick of each page's last write, −1 for none. */
function lastWrites({ pages, writes, pageCount }: ReferenceString): Int32Array {
  const lastWrite = new Int32Array(pageCount).fill(-1);
  for (let tick = 0; tick < pages.length; tick++) {
    if (writes[tick] === 1) lastWrite[pages[tick]] = tick;
  }
  return lastWrite;
}
