/*
 * The resident pages by their next use, for policies that know the future.
 *
 *   worthless   leaving costs nothing and nothing is ever read back: pages never used again whose
 *               copy on disk is valid, and blank ones (anonymous, never written: all zeros)
 *   spent       never used again but dirty: leaving costs a page-out, coming back never happens
 *   clean, dirty   a set of positions each: the tick of the next use
 *
 * Next uses are distinct positions, so a PositionSet finds the farthest without comparing anything.
 * A position that time has passed is left in its set: it is below every live one, and never found
 * while a live one is there. A reference therefore costs one insertion. 1/8 byte a reference for
 * each set, 28 to 36 bytes a frame, 4 a page.
 *
 * In an elastic run the order foreseen is not kept: a position that was reached early would look
 * live, so there each is removed at its use, and one that time has passed is a use overdue: near.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import type { NextUse } from '../engine/nextUse.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { FrameList } from '../support/frameList.ts';
import { PositionSet } from '../support/positionSet.ts';

/** No frame of that sort. */
const NO_FRAME = -1;

export class FarthestNextUse {
  readonly #frames: FrameTable;
  readonly #future: NextUse;
  readonly #frameOf: Int32Array;
  /** By position modulo its length: the frame that last took such a position. */
  readonly #takerOf: Int32Array;
  readonly #takerMask: number;
  /** Tick of the next use of each occupied frame. */
  readonly #nextUseOf: Int32Array;
  readonly #worthless: FrameList;
  readonly #spent: FrameList;
  readonly #clean: PositionSet;
  readonly #dirty: PositionSet;
  readonly #isElastic: boolean;

  /** With `splitByDirt` false clean and dirty pages are ordered together. */
  constructor(frames: FrameTable, pageCount: number, future: NextUse, splitByDirt: boolean) {
    this.#frames = frames;
    this.#future = future;
    this.#frameOf = new Int32Array(pageCount);
    this.#takerOf = new Int32Array(2 ** Math.ceil(Math.log2(2 * frames.frameCount)));
    this.#takerMask = this.#takerOf.length - 1;
    this.#nextUseOf = new Int32Array(frames.frameCount);
    this.#isElastic = future.positions !== undefined;
    this.#worthless = new FrameList(frames.frameCount);
    this.#spent = new FrameList(frames.frameCount);
    this.#clean = new PositionSet(Math.max(1, future.referenceCount));
    this.#dirty = splitByDirt ? new PositionSet(Math.max(1, future.referenceCount)) : this.#clean;
  }

  load(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    this.#frameOf[page] = frame;
    const isAhead = this.#frames.ahead[frame] === 1;
    this.#place(frame, isAhead ? this.#future.ofPage!(page) : this.#future.next[tick]);
  }

  reference(frame: Frame, tick: Tick): void {
    if (this.#worthless.has(frame)) this.#worthless.remove(frame);
    else if (this.#isElastic && this.#spent.has(frame)) this.#spent.remove(frame);
    else if (this.#isElastic) this.#removeFromBoth(frame);
    this.#place(frame, this.#future.next[tick]);
  }

  free(frame: Frame): void {
    if (this.#worthless.has(frame)) this.#worthless.remove(frame);
    else if (this.#spent.has(frame)) this.#spent.remove(frame);
    else if (this.#isElastic) this.#removeFromBoth(frame);
    else
      (this.#frames.dirty[frame] === 1 ? this.#dirty : this.#clean).remove(this.#nextUseOf[frame]);
  }

  /** A frame whose page costs nothing to lose, now or later; −1 if there is none. */
  worthless(): Frame {
    return this.#worthless.front;
  }

  /** A frame whose page is never read again: one that costs nothing to lose before a dirty one. */
  neverRead(): Frame {
    return this.#worthless.length > 0 ? this.#worthless.front : this.#spent.front;
  }

  /** The frame used farthest in the future, of those used again; without the split by dirt. */
  farthest(tick: Tick): Frame {
    return this.#farthest(this.#clean, tick);
  }

  /**
   * The frame with the least (1 + weight · dirty) ÷ time to its next use, 0 for those never read
   * again; of equals the one in the lower frame. With the split by dirt.
   */
  leastIo(tick: Tick, weight: number): Frame {
    const unread = this.neverRead();
    if (unread >= 0) return unread;
    const clean = this.#farthest(this.#clean, tick);
    const dirty = this.#farthest(this.#dirty, tick);
    if (clean < 0) return dirty;
    if (dirty < 0) return clean;
    // (1 + weight) ÷ dirtyDistance against 1 ÷ cleanDistance, without the divisions.
    const cleanDistance = (1 + weight) * Math.max(1, this.#nextUseOf[clean] - tick);
    const dirtyDistance = Math.max(1, this.#nextUseOf[dirty] - tick);
    if (cleanDistance === dirtyDistance) return Math.min(clean, dirty);
    return cleanDistance < dirtyDistance ? dirty : clean;
  }

  /** Its bit may be that of a reference just made, or of swap that gave its slot up. */
  #removeFromBoth(frame: Frame): void {
    this.#clean.remove(this.#nextUseOf[frame]);
    this.#dirty.remove(this.#nextUseOf[frame]);
  }

  #farthest(set: PositionSet, tick: Tick): Frame {
    const position = set.max();
    if (position < 0 || (position <= tick && !this.#isElastic)) return NO_FRAME;
    // To look for the page at a position far ahead is to wait for memory: a fifth to a third of
    // MIN's time at 20 million references.
    let frame = this.#takerOf[position & this.#takerMask];
    if (this.#nextUseOf[frame] !== position) frame = this.#frameOf[this.#future.pages[position]];
    assert(this.#nextUseOf[frame] === position, 'a live position is the next use of its frame');
    return frame;
  }

  #place(frame: Frame, next: number): void {
    const { dirty, blank } = this.#frames;
    this.#nextUseOf[frame] = next;
    if (blank[frame] === 1) this.#worthless.pushBack(frame);
    else if (next < this.#future.referenceCount) {
      (dirty[frame] === 1 ? this.#dirty : this.#clean).insert(next);
      this.#takerOf[next & this.#takerMask] = frame;
    } else (dirty[frame] === 1 ? this.#spent : this.#worthless).pushBack(frame);
  }
}
