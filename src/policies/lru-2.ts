/*
 * LRU-2: evict the page whose last use but one is longest ago.
 *                                                  (O'Neil, O'Neil & Weikum, SIGMOD 1993)
 *
 *                      last but one           last      now
 *   a   ──────────────────●─────────────────────●────────┤
 *   b   ───●───────────────────────────────────────●─────┤    the victim, though a was used before
 *   c   ──────────────────────────────────────────────●──┤    used once: leaves before b, and of
 *                                                             several such the LRU one
 *
 * Uses less than `crp` apart are correlated: they count as one, which ends with the last of them,
 * and until it is over the page stays. A page that left is remembered for `rip`, so that its next
 * use is not taken for its first.
 *
 * The heap's keys are of the time a page was last looked at there. They only grow, so a key is
 * corrected when its page is on top, and the pages in correlated use wait in a queue beside it.
 *
 * Per reference: times and one move in the queue. Per eviction: O(log F) amortised for each page
 * used since the last one. Metadata: 16 bytes a frame, as many a ghost, at most one for every
 * reference of `rip`.
 * Differs from the paper: both periods are given in references a frame, not in seconds; if all
 * pages are in correlated use the LRU one leaves; a page given back is forgotten.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption } from '../engine/policyOptions.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';
import { MinHeap } from '../support/minHeap.ts';

export const policy = definePolicy({
  id: 'lru-2',
  title: 'LRU-2',
  source: "O'Neil, O'Neil & Weikum, SIGMOD 1993",
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 20,
    bytesPerGhost: 20,
    ghostsPerFrame: 2,
    perReference: 'two times, and one move in a list',
    perEviction: 'O(log F) for each page used since the last one',
  },
  /** The correlated reference period and the retained information period, references a frame. */
  defaults: { crp: 0, rip: 2 },
  create: (context, { crp, rip }) => new Lru2(context, crp, rip),
});

/** Before every tick: a page used once is worse than any that was used twice. */
const USED_ONCE = -(2 ** 31);

class Lru2 implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** By page, of the last use that was not correlated to one before; NONE: never, or forgotten. */
  readonly #last: Int32Array;
  /** By page, of the use before that; NONE: there was none. */
  readonly #lastButOne: Int32Array;
  /** By page, of the last use of any kind. */
  readonly #lastUse: Int32Array;
  /** Used lately; front: used last. */
  readonly #recent: FrameList;
  /** The others, and some of the recent, with keys that are right or too small. */
  readonly #heap: MinHeap;
  readonly #correlatedPeriod: number;
  readonly #retainedPeriod: number;
  /** From the choice of a victim until it leaves. */
  #isEvicting = false;

  constructor({ frames, pageCount }: PolicyContext, crp: number, rip: number) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#last = new Int32Array(pageCount).fill(NONE);
    this.#lastButOne = new Int32Array(pageCount).fill(NONE);
    this.#lastUse = new Int32Array(pageCount).fill(NONE);
    this.#recent = new FrameList(frameCount);
    this.#heap = new MinHeap(frameCount);
    this.#correlatedPeriod = Math.floor(frameCount * numberOption('crp', crp, 0, 1e6));
    this.#retainedPeriod = Math.floor(frameCount * numberOption('rip', rip, 0, 1e6));
  }

  onLoad(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    const isRetained =
      this.#last[page] !== NONE && tick - this.#lastUse[page] <= this.#retainedPeriod;
    this.#lastButOne[page] = isRetained ? this.#last[page] : NONE;
    this.#last[page] = tick;
    this.#lastUse[page] = tick;
    this.#recent.pushFront(frame);
  }

  onReference(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    if (tick - this.#lastUse[page] > this.#correlatedPeriod) {
      // The uses before count as one that took no time, at its end.
      this.#lastButOne[page] = this.#lastUse[page];
      this.#last[page] = tick;
    }
    this.#lastUse[page] = tick;
    if (this.#recent.has(frame)) this.#recent.moveToFront(frame);
    else this.#recent.pushFront(frame);
  }

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    this.#isEvicting = true;
    this.#admitToHeap(tick);
    const heap = this.#heap;
    while (heap.length > 0) {
      const frame = heap.top;
      if (this.#recent.has(frame)) {
        heap.remove(frame);
        continue;
      }
      const key = this.#keyOf(frame);
      if (heap.keyOf(frame) === key) return frame;
      heap.update(frame, key);
    }
    return this.#recent.back;
  }

  onFree(frame: Frame): void {
    if (this.#recent.has(frame)) this.#recent.remove(frame);
    if (this.#heap.has(frame)) this.#heap.remove(frame);
    if (!this.#isEvicting) this.#last[this.#frames.pageOf[frame]] = NONE;
    this.#isEvicting = false;
  }

  onInterval(): void {}

  /** Pages whose correlated use is over may leave. */
  #admitToHeap(tick: Tick): void {
    const { pageOf } = this.#frames;
    let oldest = this.#recent.back;
    while (oldest >= 0 && tick - this.#lastUse[pageOf[oldest]] > this.#correlatedPeriod) {
      this.#recent.remove(oldest);
      if (!this.#heap.has(oldest)) this.#heap.insert(oldest, this.#keyOf(oldest));
      oldest = this.#recent.back;
    }
  }

  #keyOf(frame: Frame): number {
    const page = this.#frames.pageOf[frame];
    const lastButOne = this.#lastButOne[page];
    return lastButOne === NONE ? USED_ONCE + this.#lastUse[page] : lastButOne;
  }
}
