/*
 * The same workload later in time: a model is fitted to the first part of a reference string, and
 * every policy is judged by its page-ins in the rest.
 *
 *   references  0 ───────── border ─────────────────── end
 *               fitted      │ counted
 *               run, uncounted; memory is warm when counting begins
 *
 * LRU and MIN are replayed and counted in the same way, so a share closed compares like with like.
 * MIN is the best of the whole string, not of the part: it may pay behind the border what it saved
 * before, so that a policy may close a little more than all. For the same reason there is no gap to
 * the certified optimum, which is of the whole string too.
 */
import { costOf, type Prices } from '../engine/machine.ts';
import type { FaultCounts, Memory } from '../engine/memory.ts';
import { type Run, replayThrough } from '../engine/replay.ts';
import type { ReferenceString, Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import type { EvaluationRow, RowKey } from './evaluation.ts';
import { closedPercent } from './gap.ts';

/** A cell of a study later in time; counts are those from reference `from` on. */
export interface LaterRow
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
export function laterRow(
  key: RowKey,
  from: Tick,
  { counts, lru, min }: Readonly<Record<'counts' | 'lru' | 'min', FaultCounts>>,
  prices: Prices,
): LaterRow {
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
