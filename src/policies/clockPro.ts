/*
 * CLOCK-Pro: what LIRS does, from accessed bits alone.        (Jiang, Chen & Zhang, USENIX 2005)
 *
 *   list    head  c ─ H ─ g ─ H ─ c ─ g ─ H  tail       H  hot         c  cold, in its test period
 *                         └─ HANDtest     └─ HANDhot     g  the same, a ghost
 *   queue   c ⇄ x ⇄ c ─► HANDcold ─► victim             all resident cold pages; x: test is over
 *
 * A newcomer is cold and in test, which ends when HANDhot reaches it: then the oldest hot page has
 * not been used for longer. A cold page used in its test becomes hot, and HANDhot, passing those
 * that were used, makes a hot page cold; a resident one is noticed when HANDcold comes to it, a
 * ghost when it faults. HANDcold gives used pages whose test is over another test, and evicts the
 * unused. Each test passed gives cold pages a frame more to live in, each failed a frame less.
 *
 * The paper's one ring is kept as three lists. All pages enter at its head, so cold pages lie in
 * the order of the queue, and those in test in the order in which their tests began; HANDhot, at
 * the tail, leaves the hot pages it passes at the head.
 *
 * Per reference: a bit, set by hardware. Per eviction: what the hands pass, O(1) amortised.
 * Metadata: 16 bytes and 2 bits a frame, and as many ghosts as frames.
 * Differs from the paper: memory is filled with hot pages first, as in the authors' program; the
 * accessed bit is cleared at load; cold pages have between one frame and all but one; a resident
 * page whose test ends with its bit set has not failed it. A frame freed by an exit leaves the
 * lists where it stands.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption, wholeOption } from '../engine/policyOptions.ts';
import { FrameList } from '../support/frameList.ts';
import { GhostSlots, NO_SLOT } from '../support/ghostSlots.ts';

export const policy = definePolicy({
  id: 'clock-pro',
  title: 'CLOCK-Pro',
  source: 'Jiang, Chen & Zhang, USENIX 2005',
  observes: 'reference-bits',
  cost: {
    bytesPerFrame: 16.25,
    bytesPerGhost: 24,
    ghostsPerFrame: 1,
    perReference: 'a bit, set by hardware',
    perEviction: 'what three hands pass, O(1) amortised',
    operations: { perReference: 0, perEviction: 25 },
  },
  /** The share of cold pages to begin with; whether tests change it. */
  defaults: { cold: 0.01, adapt: 1 },
  create: (context, { cold, adapt }) => new ClockPro(context, cold, adapt),
});

class ClockPro implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Frames and ghosts, hot and in test; front: the head. */
  readonly #list: FrameList;
  /** Those in test, as in the list; back: HANDtest. */
  readonly #tests: FrameList;
  /** Cold frames; back: HANDcold. */
  readonly #queue: FrameList;
  readonly #slots: GhostSlots;
  /** By frame or ghost, which never is. */
  readonly #isHot: Uint8Array;
  #hotCount = 0;
  #ghostCount = 0;
  /** Frames for cold pages. */
  #coldTarget: number;
  readonly #isAdaptive: boolean;
  /** From the choice of a victim to the load it makes room for. */
  #isEvicting = false;

  constructor({ frames, pageCount }: PolicyContext, cold: number, adapt: number) {
    const { frameCount } = frames;
    // As many as there are frames, and one more while a victim is on its way to be one.
    const slotCount = Math.min(frameCount + 1, pageCount);
    this.#frames = frames;
    this.#list = new FrameList(frameCount + slotCount);
    this.#tests = new FrameList(frameCount + slotCount);
    this.#queue = new FrameList(frameCount);
    this.#slots = new GhostSlots(pageCount, frameCount, slotCount);
    this.#isHot = new Uint8Array(frameCount + slotCount);
    this.#coldTarget = this.#withinMemory(
      Math.floor(frameCount * numberOption('cold', cold, 0, 1)),
    );
    this.#isAdaptive = wholeOption('adapt', adapt, 0, 1) === 1;
  }

  onLoad(frame: Frame): void {
    const { pageOf, referenced, frameCount } = this.#frames;
    const isFilling = !this.#isEvicting;
    this.#isEvicting = false;
    const ghost = this.#slots.of(pageOf[frame]);
    referenced[frame] = 0;
    if (ghost !== NO_SLOT) {
      this.#forget(ghost);
      this.#list.pushFront(frame);
      this.#becomeHot(frame);
    } else if (isFilling && this.#hotCount < frameCount - this.#coldTarget) {
      this.#isHot[frame] = 1;
      this.#hotCount++;
      this.#list.pushFront(frame);
    } else {
      this.#queue.pushFront(frame);
      this.#beginTest(frame);
    }
  }

  onReference(): void {}

  chooseVictim(): Frame {
    this.#isEvicting = true;
    const { referenced } = this.#frames;
    let hand = this.#queue.back;
    while (referenced[hand] === 1) {
      referenced[hand] = 0;
      if (this.#tests.has(hand)) {
        this.#queue.remove(hand);
        this.#tests.remove(hand);
        this.#list.moveToFront(hand);
        this.#becomeHot(hand);
      } else {
        this.#queue.moveToFront(hand);
        this.#beginTest(hand);
      }
      hand = this.#queue.back;
    }
    return hand;
  }

  onFree(frame: Frame): void {
    if (this.#isHot[frame] === 1) {
      this.#isHot[frame] = 0;
      this.#hotCount--;
      this.#list.remove(frame);
      return;
    }
    this.#queue.remove(frame);
    if (!this.#tests.has(frame)) return;
    if (this.#isEvicting) {
      const ghost = this.#slots.take(this.#frames.pageOf[frame]);
      this.#tests.replace(frame, ghost);
      this.#list.replace(frame, ghost);
      this.#ghostCount++;
      while (this.#ghostCount > this.#frames.frameCount) this.#fail(this.#tests.back);
    } else {
      this.#tests.remove(frame);
      this.#list.remove(frame);
    }
  }

  onInterval(): void {}

  #beginTest(frame: Frame): void {
    this.#list.pushFront(frame);
    this.#tests.pushFront(frame);
  }

  /** A page that was used during its test, and is in no queue, is at the head and becomes hot. */
  #becomeHot(frame: Frame): void {
    this.#isHot[frame] = 1;
    this.#hotCount++;
    this.#adapt(1);
    if (this.#hotCount > this.#frames.frameCount - this.#coldTarget) this.#runHandHot();
  }

  /** A test ends; a page used since HANDcold last saw it has not failed. */
  #fail(item: number): void {
    if (item >= this.#frames.frameCount) {
      this.#forget(item);
      this.#adapt(-1);
      return;
    }
    this.#tests.remove(item);
    this.#list.remove(item);
    if (this.#frames.referenced[item] === 0) this.#adapt(-1);
  }

  #forget(ghost: number): void {
    this.#tests.remove(ghost);
    this.#list.remove(ghost);
    this.#slots.release(ghost);
    this.#ghostCount--;
  }

  /** Makes hot pages cold until there are few enough, and stops at a hot one. */
  #runHandHot(): void {
    const { referenced, frameCount } = this.#frames;
    while (this.#hotCount > frameCount - this.#coldTarget) {
      const item = this.#list.back;
      if (this.#isHot[item] === 0) this.#fail(item);
      else if (referenced[item] === 1) {
        referenced[item] = 0;
        this.#list.moveToFront(item);
      } else {
        this.#isHot[item] = 0;
        this.#hotCount--;
        this.#list.remove(item);
        this.#queue.pushFront(item);
      }
    }
    while (this.#hotCount > 0 && this.#isHot[this.#list.back] === 0) this.#fail(this.#list.back);
  }

  #adapt(frames: number): void {
    if (this.#isAdaptive) this.#coldTarget = this.#withinMemory(this.#coldTarget + frames);
  }

  #withinMemory(coldTarget: number): number {
    return Math.max(1, Math.min(coldTarget, this.#frames.frameCount - 1));
  }
}
