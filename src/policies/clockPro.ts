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
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption, wholeOption } from '../engine/policyOptions.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';
import { LinkedLists } from '../support/linkedLists.ts';

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
  },
  /** The share of cold pages to begin with; whether tests change it. */
  defaults: { cold: 0.01, adapt: 1 },
  create: (context, { cold, adapt }) => new ClockPro(context, cold, adapt),
});

class ClockPro implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Pages, hot and in test; front: the head. */
  readonly #list: LinkedLists;
  /** Pages in test, as in the list; back: HANDtest. */
  readonly #tests: LinkedLists;
  /** Cold frames; back: HANDcold. */
  readonly #queue: FrameList;
  readonly #isHot: Uint8Array;
  /** NONE: not resident. */
  readonly #frameOf: Int32Array;
  #hotCount = 0;
  #ghostCount = 0;
  /** Frames for cold pages. */
  #coldTarget: number;
  readonly #isAdaptive: boolean;
  /** From the choice of a victim to the load it makes room for. */
  #isEvicting = false;

  constructor({ frames, pageCount }: PolicyContext, cold: number, adapt: number) {
    this.#frames = frames;
    this.#list = new LinkedLists(pageCount, 1);
    this.#tests = new LinkedLists(pageCount, 1);
    this.#queue = new FrameList(frames.frameCount);
    this.#isHot = new Uint8Array(pageCount);
    this.#frameOf = new Int32Array(pageCount).fill(NONE);
    this.#coldTarget = this.#withinMemory(
      Math.floor(frames.frameCount * numberOption('cold', cold, 0, 1)),
    );
    this.#isAdaptive = wholeOption('adapt', adapt, 0, 1) === 1;
  }

  onLoad(frame: Frame): void {
    const { pageOf, referenced, frameCount } = this.#frames;
    const isFilling = !this.#isEvicting;
    this.#isEvicting = false;
    const page = pageOf[frame];
    this.#frameOf[page] = frame;
    referenced[frame] = 0;
    if (this.#tests.has(page)) {
      this.#ghostCount--;
      this.#pass(page);
    } else if (isFilling && this.#hotCount < frameCount - this.#coldTarget) {
      this.#isHot[page] = 1;
      this.#hotCount++;
      this.#list.pushFront(page);
    } else {
      this.#queue.pushFront(frame);
      this.#beginTest(page);
    }
  }

  onReference(): void {}

  chooseVictim(): Frame {
    this.#isEvicting = true;
    const { pageOf, referenced } = this.#frames;
    let hand = this.#queue.back;
    while (referenced[hand] === 1) {
      referenced[hand] = 0;
      const page = pageOf[hand];
      if (this.#tests.has(page)) {
        this.#queue.remove(hand);
        this.#pass(page);
      } else {
        this.#queue.moveToFront(hand);
        this.#beginTest(page);
      }
      hand = this.#queue.back;
    }
    return hand;
  }

  onFree(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    this.#frameOf[page] = NONE;
    if (this.#isHot[page] === 1) {
      this.#isHot[page] = 0;
      this.#hotCount--;
      this.#list.remove(page);
      return;
    }
    this.#queue.remove(frame);
    if (!this.#tests.has(page)) return;
    if (this.#isEvicting) {
      this.#ghostCount++;
      while (this.#ghostCount > this.#frames.frameCount) this.#fail(this.#tests.back());
    } else {
      this.#tests.remove(page);
      this.#list.remove(page);
    }
  }

  onInterval(): void {}

  #beginTest(page: Page): void {
    this.#list.pushFront(page);
    this.#tests.pushFront(page);
  }

  /** A page that was used during its test, and is in no queue, becomes hot. */
  #pass(page: Page): void {
    this.#tests.remove(page);
    this.#list.moveToFront(page);
    this.#isHot[page] = 1;
    this.#hotCount++;
    this.#adapt(1);
    if (this.#hotCount > this.#frames.frameCount - this.#coldTarget) this.#runHandHot();
  }

  /** A test ends; a page used since HANDcold last saw it has not failed. */
  #fail(page: Page): void {
    this.#tests.remove(page);
    this.#list.remove(page);
    const frame = this.#frameOf[page];
    if (frame === NONE) this.#ghostCount--;
    if (frame === NONE || this.#frames.referenced[frame] === 0) this.#adapt(-1);
  }

  /** Makes hot pages cold until there are few enough, and stops at a hot one. */
  #runHandHot(): void {
    const { referenced, frameCount } = this.#frames;
    while (this.#hotCount > frameCount - this.#coldTarget) {
      const page = this.#list.back();
      const frame = this.#frameOf[page];
      if (this.#isHot[page] === 0) this.#fail(page);
      else if (referenced[frame] === 1) {
        referenced[frame] = 0;
        this.#list.moveToFront(page);
      } else {
        this.#isHot[page] = 0;
        this.#hotCount--;
        this.#list.remove(page);
        this.#queue.pushFront(frame);
      }
    }
    while (this.#hotCount > 0 && this.#isHot[this.#list.back()] === 0)
      this.#fail(this.#list.back());
  }

  #adapt(frames: number): void {
    if (this.#isAdaptive) this.#coldTarget = this.#withinMemory(this.#coldTarget + frames);
  }

  #withinMemory(coldTarget: number): number {
    return Math.max(1, Math.min(coldTarget, this.#frames.frameCount - 1));
  }
}
