/*
 * DLIRS: LIRS whose queue takes as many frames as turn out to be worth it.
 *                                                                         (Li, SYSTOR 2018)
 *
 *   stack   top  h ─ L ─ g ─ L ─ h ─ g ─ L  bottom      L  low inter-reference recency: stays
 *                                                       h  high, resident     g  high, a ghost
 *   queue   h ⇄ d ⇄ h ─► victim                         d  high, made so to give up its place
 *           └─ its share moves ─┘
 *
 * LIRS gives the queue 1 % of memory for good, which is little where pages come back soon after
 * their first use. Here a fault on a ghost, which a longer queue would have kept, gives the queue
 * d/g frames more, at least one; a use of a d, which more room for L would have spared, gives it
 * g/d frames less, at least one.
 *
 * Per reference: one move in a list, or three. Per eviction: one link; pruning and pages that
 * change sides, O(1) amortised. Metadata: 16 bytes and 3 bits a frame, as many ghosts as frames.
 * Differs from the source: the paper was not at hand. The rules are those of the program of the
 * authors of Cacheus (FAST 2021), whose counts are met to the unit. Neither part is ever without a
 * frame; a frame freed by an exit leaves both lists; a stack without an L holds nothing.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption } from '../engine/policyOptions.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';
import { LinkedLists } from '../support/linkedLists.ts';

export const policy = definePolicy({
  id: 'dlirs',
  title: 'DLIRS',
  source: 'Li, SYSTOR 2018',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 16.375,
    bytesPerGhost: 24,
    ghostsPerFrame: 1,
    perReference: 'one move in a list, or three',
    perEviction: 'one link; pruning and demotions, O(1) amortised',
  },
  /** The share of memory the queue begins with. */
  defaults: { hir: 0.01 },
  create: (context, { hir }) => new Dlirs(context, hir),
});

class Dlirs implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Pages; front: used last. Its back is an L, or the stack is empty. */
  readonly #stack: LinkedLists;
  /** Pages, all h and g of the stack, in its order. */
  readonly #high: LinkedLists;
  /** Frames, all h and d; front: entered last. */
  readonly #queue: FrameList;
  readonly #isLow: Uint8Array;
  /** By frame. */
  readonly #isDemoted: Uint8Array;
  /** NONE: not resident. */
  readonly #frameOf: Int32Array;
  #lowCount = 0;
  #ghostCount = 0;
  #demotedCount = 0;
  /** Frames for L; the others are the queue's. */
  #lowTarget: number;
  /** From the choice of a victim to the load it makes room for. */
  #isEvicting = false;
  /** Whether the page wanted was a ghost. */
  #isRemembered = false;

  constructor({ frames, pageCount }: PolicyContext, hir: number) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#stack = new LinkedLists(pageCount, 1);
    this.#high = new LinkedLists(pageCount, 1);
    this.#queue = new FrameList(frameCount);
    this.#isLow = new Uint8Array(pageCount);
    this.#isDemoted = new Uint8Array(frameCount);
    this.#frameOf = new Int32Array(pageCount).fill(NONE);
    const queueFrames = Math.floor(frameCount * numberOption('hir', hir, 0, 1) + 0.5);
    this.#lowTarget = this.#withinMemory(frameCount - Math.max(1, queueFrames));
  }

  onLoad(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    if (!this.#isEvicting) this.#recall(page);
    this.#isEvicting = false;
    this.#frameOf[page] = frame;
    const isFilling = this.#lowCount < this.#lowTarget && this.#queue.length === 0;
    if (this.#isRemembered || isFilling) {
      this.#becomeLow(page);
      return;
    }
    this.#queue.pushFront(frame);
    this.#pushHigh(page);
  }

  onReference(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    if (this.#isLow[page] === 1) {
      this.#stack.moveToFront(page);
      this.#prune();
    } else if (this.#stack.has(page)) {
      this.#stack.remove(page);
      this.#high.remove(page);
      this.#queue.remove(frame);
      this.#becomeLow(page);
    } else {
      if (this.#isDemoted[frame] === 1) {
        const step = Math.floor(this.#ghostCount / this.#demotedCount + 0.5);
        this.#lowTarget = this.#withinMemory(this.#lowTarget + Math.max(1, step));
        this.#isDemoted[frame] = 0;
        this.#demotedCount--;
      }
      this.#queue.moveToFront(frame);
      this.#pushHigh(page);
    }
  }

  chooseVictim(wanted: Page): Frame {
    this.#isEvicting = true;
    this.#recall(wanted);
    this.#demoteTo(this.#isRemembered ? this.#lowTarget - 1 : this.#lowTarget);
    if (this.#queue.length === 0) this.#demoteTo(this.#lowCount - 1);
    return this.#queue.back;
  }

  onFree(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    this.#frameOf[page] = NONE;
    if (this.#isLow[page] === 1) {
      this.#isLow[page] = 0;
      this.#lowCount--;
      this.#stack.remove(page);
      this.#prune();
      return;
    }
    this.#queue.remove(frame);
    this.#demotedCount -= this.#isDemoted[frame];
    this.#isDemoted[frame] = 0;
    if (!this.#stack.has(page)) return;
    this.#ghostCount++;
    if (!this.#isEvicting) this.#forget(page);
  }

  onInterval(): void {}

  /** A ghost leaves the stack to be an L, and the queue grows. */
  #recall(wanted: Page): void {
    this.#isRemembered = this.#stack.has(wanted);
    if (!this.#isRemembered) return;
    const step = Math.floor(this.#demotedCount / this.#ghostCount + 0.5);
    this.#lowTarget = this.#withinMemory(this.#lowTarget - Math.max(1, step));
    this.#forget(wanted);
  }

  /** The page, which is in no list, goes on top of the stack as an L. */
  #becomeLow(page: Page): void {
    this.#demoteTo(this.#lowTarget - 1);
    this.#stack.pushFront(page);
    this.#isLow[page] = 1;
    this.#lowCount++;
    this.#prune();
  }

  /** The page, which is in the queue, goes on top of the stack as well. */
  #pushHigh(page: Page): void {
    this.#stack.pushFront(page);
    this.#high.pushFront(page);
    this.#prune();
    const { frameCount } = this.#frames;
    while (this.#queue.length + this.#lowCount + this.#ghostCount > 2 * frameCount) {
      this.#forget(this.#high.back());
    }
  }

  /** The L used longest ago change over to the queue until there are `count`, or none. */
  #demoteTo(count: number): void {
    while (this.#lowCount > Math.max(0, count)) {
      const bottom = this.#stack.back();
      const frame = this.#frameOf[bottom];
      this.#isLow[bottom] = 0;
      this.#lowCount--;
      this.#stack.remove(bottom);
      this.#queue.pushFront(frame);
      this.#isDemoted[frame] = 1;
      this.#demotedCount++;
      this.#prune();
    }
  }

  /** Takes from the bottom of the stack what is no L. */
  #prune(): void {
    let bottom = this.#stack.back();
    while (bottom >= 0 && this.#isLow[bottom] === 0) {
      this.#forget(bottom);
      bottom = this.#stack.back();
    }
  }

  /** Takes an h or a g out of the stack. */
  #forget(page: Page): void {
    this.#stack.remove(page);
    this.#high.remove(page);
    if (this.#frameOf[page] === NONE) this.#ghostCount--;
  }

  /** Neither part is ever without a frame, unless there is only one. */
  #withinMemory(lowTarget: number): number {
    return Math.min(Math.max(lowTarget, 1), this.#frames.frameCount - 1);
  }
}
