/*
 * Policies judged by a part of a program: of a window of its references what comes behind a
 * border.
 *
 *   program  0 ──── start ═════════ border ═════════════ end of the window ──── end
 *                     │ memory is     │ counted
 *                     │ empty; run, uncounted: memory is warm when counting begins
 *
 * Later in time, what is before the border is what the model was fitted on. LRU and MIN are
 * replayed and counted in the same way, so a share closed compares like with like. MIN is the best
 * of the whole window, not of what is counted: it may pay behind the border what it saved before,
 * so that a policy may close a little more than all. For the same reason there is no gap to the
 * certified optimum, which is of all references.
 */
import { costOf, type Prices } from '../engine/machine.ts';
import type { FaultCounts, Memory } from '../engine/memory.ts';
import { type Run, replayThrough } from '../engine/replay.ts';
import type { ReferenceString, Tick } from '../fingerprint/fingerprint.ts';
import type { Window } from '../fingerprint/window.ts';
import { assert } from '../support/assert.ts';
import type { EvaluationRow, RowKey } from './evaluation.ts';
import { closedPercent } from './gap.ts';

/** A cell of a study of parts; counts are those from reference `from` of the program on. */
export interface PartRow
  extends RowKey,
    Pick<
      EvaluationRow,
      | 'references'
      | 'minorFaults'
      | 'softFaults'
      | 'pageIns'
      | 'pageOuts'
      | 'cost'
      | 'minPageIns'
      | 'lruPageIns'
    > {
  readonly from: Tick;
  /** (LRU − policy) ÷ (LRU − MIN) in page-ins, in percent; null where LRU has no more than MIN. */
  readonly closedPercent: number | null;
}

/** Cells in which LRU and MIN differ by less tell noise: in page-ins, and as a share of MIN's. */
const SPREAD_MIN = 200;
const SPREAD_SHARE_MIN = 0.02;

/** What of each fingerprint a study judges. */
export interface JudgedPart {
  /** Absent: all of it. */
  readonly window: Window | undefined;
  /** By models fitted on others, or on its own first part. */
  readonly split: 'unseen' | 'later-in-time';
  /** Later in time: the share that is fitted on. */
  readonly splitAt: number;
  /** Else the share that is run before counting begins. */
  readonly warmUp: number;
}

/** A cell that is not judged, and why: too small for its capture, or LRU is nearly MIN in it. */
export interface LeftOutCell extends Pick<RowKey, 'fingerprint' | 'size' | 'frames'> {
  readonly reason: 'below-filter' | 'near-min';
}

/** Whether LRU is so much worse than MIN that a share of the way between them means something. */
export function isTelling({
  lruPageIns,
  minPageIns,
}: Pick<PartRow, 'lruPageIns' | 'minPageIns'>): boolean {
  return lruPageIns - minPageIns >= Math.max(SPREAD_MIN, SPREAD_SHARE_MIN * minPageIns);
}

/** What `isTelling` asks for, in words. */
export const TELLING = `LRU at least ${SPREAD_MIN} page-ins and ${100 * SPREAD_SHARE_MIN} % above MIN`;

/** The first reference that is judged: `share` of all are before it. */
export function borderOf(referenceCount: number, share: number): Tick {
  return Math.floor(share * referenceCount);
}

/**
 * As `replay`, counted from reference `from` on. `meanFreeFrames` is that of the whole run.
 */
export function countsFrom(references: ReferenceString, run: Run, from: Tick): FaultCounts {
  const end = references.pages.length;
  assert(from >= 0 && from < end, 'something is left to be judged');
  let before: Pick<FaultCounts, (typeof COUNTS)[number]> | undefined;
  const memory = replayThrough(references, run, (ofRun) => ({
    start() {},
    touch(page, write, tick) {
      if (tick === from) before = countsNow(ofRun);
      ofRun.touch(page, write, tick);
    },
  }));
  assert(before !== undefined, 'the run has passed the border');
  const whole = memory.counts(end);
  const later = COUNTS.map((name) => [name, whole[name] - (before?.[name] ?? 0)]);
  return { ...whole, references: end - from, ...Object.fromEntries(later) };
}

/** What grows from reference to reference. */
const COUNTS = ['minorFaults', 'softFaults', 'pageIns', 'pageOuts', 'evictions'] as const;

function countsNow(memory: Memory): Pick<FaultCounts, (typeof COUNTS)[number]> {
  const { minorFaults, softFaults, pageIns, pageOuts, evictions } = memory;
  return { minorFaults, softFaults, pageIns, pageOuts, evictions };
}

/** Puts a policy's counts beside LRU's and MIN's, all from the same reference on. */
export function partRow(
  key: RowKey,
  from: Tick,
  { counts, lru, min }: Readonly<Record<'counts' | 'lru' | 'min', FaultCounts>>,
  prices: Prices,
): PartRow {
  assert(
    counts.references === lru.references && counts.references === min.references,
    'all are counted over the same part',
  );
  const { references, minorFaults, softFaults, pageIns } = counts;
  const isBetween = lru.pageIns > min.pageIns;
  const closed = isBetween ? closedPercent(pageIns, lru.pageIns, min.pageIns) : undefined;
  return {
    ...key,
    from,
    references,
    minorFaults,
    softFaults,
    pageIns,
    pageOuts: counts.pageOuts + (prices.chargeFinal ? counts.dirtyAtEnd : 0),
    cost: costOf(counts, prices),
    minPageIns: min.pageIns,
    lruPageIns: lru.pageIns,
    closedPercent: closed ?? null,
  };
}
