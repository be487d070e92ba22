/*
 * LIRS: keep the pages whose last two uses were close together, whatever their recency.
 *                                                        (Jiang & Zhang, SIGMETRICS 2002)
 *
 *   stack   top  h ─ L ─ g ─ L ─ h ─ g ─ L  bottom      L  low inter-reference recency: stays
 *                                                       h  high, resident     g  high, a ghost
 *   queue   h ⇄ h ⇄ h ─► victim                         all resident high ones, 1 % of memory
 *
 * The stack orders pages by their last use, down to the least recent L. A page of high
 * inter-reference recency that is used while it is still in the stack was used twice within the
 * time that the bottom L has not been used once: the two change places, and what lies below the
 * new bottom L is pruned. So a loop longer than memory keeps most of memory full of L.
 *
 * Per reference: one move in the stack, one in the queue where the page is in it. Per eviction:
 * one link; pruning is O(1) amortised. Metadata: 16 bytes and 2 bits a frame, two ghosts a frame.
 * Differs from the paper: ghosts are limited; the one referenced longest ago is forgotten. The
 * queue has at least two frames, as in the authors' program, so that two frames are plain LRU. A
 * frame freed by an exit leaves both lists, and its place among the L goes to the next page loaded.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption } from '../engine/policyOptions.ts';
import { FrameList } from '../support/frameList.ts';
import { GhostSlots, NO_SLOT } from '../support/ghostSlots.ts';

export const policy = definePolicy({
  id: 'lirs',
  title: 'LIRS',
  source: 'Jiang & Zhang, SIGMETRICS 2002',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 16.25,
    bytesPerGhost: 24,
    ghostsPerFrame: 2,
    perReference: 'one move in a list, or two',
    perEviction: 'one link; pruning, O(1) amortised',
  },
  /** The share of memory of the queue, and ghosts as a multiple of the frames. */
  defaults: { hir: 0.01, ghosts: 2 },
  create: (context, { hir, ghosts }) => new Lirs(context, hir, ghosts),
});

const QUEUE_FRAMES_MIN = 2;

class Lirs implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Frames and ghosts; front: used last. Its back is an L, or the stack is empty. */
  readonly #stack: FrameList;
  /** Frames; front: entered last. */
  readonly #queue: FrameList;
  /** All of the stack, in its order. */
  readonly #ghosts: FrameList;
  readonly #slots: GhostSlots;
  /** By frame or ghost: an L, which is resident and in the stack. */
  readonly #isLow: Uint8Array;
  #lowCount = 0;
  readonly #lowCountMax: number;
  readonly #ghostCountMax: number;
  /** From the choice of a victim to the load it makes room for. */
  #isEvicting = false;

  constructor({ frames, pageCount }: PolicyContext, hir: number, ghosts: number) {
    const { frameCount } = frames;
    const queueFrames = Math.floor(frameCount * numberOption('hir', hir, 0, 1));
    this.#lowCountMax = Math.max(0, frameCount - Math.max(queueFrames, QUEUE_FRAMES_MIN));
    this.#ghostCountMax = Math.floor(frameCount * numberOption('ghosts', ghosts, 0, 1e6));
    // One more for a moment, between an eviction and the load it makes room for.
    const slotCount = Math.min(this.#ghostCountMax + 1, pageCount);
    this.#frames = frames;
    this.#slots = new GhostSlots(pageCount, frameCount, slotCount);
    this.#stack = new FrameList(frameCount + slotCount);
    this.#queue = new FrameList(frameCount);
    this.#ghosts = new FrameList(frameCount + slotCount);
    this.#isLow = new Uint8Array(frameCount + slotCount);
  }

  onLoad(frame: Frame): void {
    this.#isEvicting = false;
    const ghost = this.#slots.of(this.#frames.pageOf[frame]);
    if (ghost !== NO_SLOT) this.#forget(ghost);
    this.#stack.pushFront(frame);
    if (ghost !== NO_SLOT || this.#lowCount < this.#lowCountMax) this.#becomeLow(frame);
    else this.#queue.pushFront(frame);
    this.#prune();
    // Not before: the page wanted might have been the one to be forgotten.
    if (this.#ghosts.length > this.#ghostCountMax) this.#forget(this.#ghosts.back);
  }

  onReference(frame: Frame): void {
    const stack = this.#stack;
    if (!stack.has(frame)) {
      stack.pushFront(frame);
      this.#queue.moveToFront(frame);
    } else {
      stack.moveToFront(frame);
      if (this.#isLow[frame] === 0) {
        this.#queue.remove(frame);
        this.#becomeLow(frame);
      }
    }
    this.#prune();
  }

  chooseVictim(): Frame {
    this.#isEvicting = true;
    return this.#queue.back;
  }

  onFree(frame: Frame): void {
    if (this.#isLow[frame] === 1) {
      this.#isLow[frame] = 0;
      this.#lowCount--;
      this.#stack.remove(frame);
      this.#prune();
      return;
    }
    this.#queue.remove(frame);
    if (!this.#stack.has(frame)) return;
    if (this.#isEvicting) {
      const ghost = this.#slots.take(this.#frames.pageOf[frame]);
      this.#stack.replace(frame, ghost);
      this.#ghosts.pushFront(ghost);
    } else this.#stack.remove(frame);
  }

  onInterval(): void {}

  /** The page, on top of the stack, becomes an L; if that is one too many, the bottom is none. */
  #becomeLow(frame: Frame): void {
    this.#isLow[frame] = 1;
    if (this.#lowCount < this.#lowCountMax) {
      this.#lowCount++;
      return;
    }
    this.#prune();
    const bottom = this.#stack.back;
    this.#isLow[bottom] = 0;
    this.#stack.remove(bottom);
    this.#queue.pushFront(bottom);
  }

  /** Takes from the bottom of the stack what is no L. */
  #prune(): void {
    const stack = this.#stack;
    let bottom = stack.back;
    while (bottom >= 0 && this.#isLow[bottom] === 0) {
      if (bottom < this.#frames.frameCount) stack.remove(bottom);
      else this.#forget(bottom);
      bottom = stack.back;
    }
  }

  #forget(ghost: number): void {
    this.#ghosts.remove(ghost);
    this.#stack.remove(ghost);
    this.#slots.release(ghost);
  }
}
