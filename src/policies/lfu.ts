/*
 * LFU: evict the page used least often since it was loaded; of equals the one not used for the
 * longest time.               (Coffman & Denning 1973; constant time: Shah, Mitra & Matani 2010)
 *
 *   list     a ⇄ f │ c │ d ⇄ b ⇄ e       one list of all pages, by uses and then by last use
 *   uses       1   │ 4 │     7           a run of equals is a group, which knows its last page
 *              ↑ front: the victim
 *
 * A use moves a page behind the last one of the next group, or, when its count is new, into a group
 * of its own between the two; a page that is alone in its group only has its count raised. Pages
 * that were in heavy use long ago stay for ever: nothing is forgotten while it is resident.
 *
 * Per reference and per eviction: O(1), a few links. Metadata: 24 bytes a frame.
 * Differs from the sources: counts begin anew at each load (in-memory LFU), the load being the
 * first use; frames freed by an exit leave the list from wherever they stand.
 */
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'lfu',
  title: 'LFU since load',
  source: 'Coffman & Denning 1973; Shah, Mitra & Matani 2010',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 16,
    perReference: 'one move between lists',
    perEviction: 'one link',
  },
  defaults: {},
  create: (context) => new Lfu(context),
});

class Lfu implements ReplacementPolicy {
  /** Front: least used. */
  readonly #order: FrameList;
  readonly #groupOf: Int32Array;
  /** Uses of every page of the group. */
  readonly #uses: Int32Array;
  /** The page of the group nearest to the back. */
  readonly #last: Int32Array;
  /** A stack: there are never more groups than frames. */
  readonly #unusedGroups: Int32Array;
  #unusedCount: number;

  constructor({ frames: { frameCount } }: PolicyContext) {
    this.#order = new FrameList(frameCount);
    this.#groupOf = new Int32Array(frameCount);
    this.#uses = new Int32Array(frameCount);
    this.#last = new Int32Array(frameCount);
    this.#unusedGroups = Int32Array.from({ length: frameCount }, (_, group) => group);
    this.#unusedCount = frameCount;
  }

  onLoad(frame: Frame): void {
    this.#place(frame, 1, this.#order.sentinel);
  }

  onReference(frame: Frame): void {
    const order = this.#order;
    const group = this.#groupOf[frame];
    const last = this.#last[group];
    const after = order.next(last);
    const uses = this.#uses[group] + 1;
    if (
      this.#isAlone(frame) &&
      (after === order.sentinel || this.#uses[this.#groupOf[after]] > uses)
    ) {
      this.#uses[group] = uses;
      return;
    }
    // The page goes behind the rest of its group, or where the group was, when nobody is left.
    const behind = last === frame ? order.previous(frame) : last;
    this.#leave(frame);
    this.#place(frame, uses, behind);
  }

  chooseVictim(): Frame {
    return this.#order.front;
  }

  onFree(frame: Frame): void {
    this.#leave(frame);
  }

  onInterval(): void {}

  #isAlone(frame: Frame): boolean {
    const before = this.#order.previous(frame);
    const group = this.#groupOf[frame];
    const isFirst = before === this.#order.sentinel || this.#groupOf[before] !== group;
    return isFirst && this.#last[group] === frame;
  }

  /** Puts `frame` last among those with `uses`; all with fewer end at `behind`. */
  #place(frame: Frame, uses: number, behind: Frame): void {
    const order = this.#order;
    const after = order.next(behind);
    let group = after === order.sentinel ? -1 : this.#groupOf[after];
    if (group < 0 || this.#uses[group] !== uses) {
      group = this.#unusedGroups[--this.#unusedCount];
      this.#uses[group] = uses;
      this.#order.insertBefore(frame, after);
    } else {
      this.#order.insertBefore(frame, order.next(this.#last[group]));
    }
    this.#groupOf[frame] = group;
    this.#last[group] = frame;
  }

  #leave(frame: Frame): void {
    const group = this.#groupOf[frame];
    if (this.#isAlone(frame)) this.#unusedGroups[this.#unusedCount++] = group;
    else if (this.#last[group] === frame) this.#last[group] = this.#order.previous(frame);
    this.#order.remove(frame);
  }
}
