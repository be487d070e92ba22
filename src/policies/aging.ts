/*
 * Aging: LRU in eight bits a page. Every interval each page's accessed bit is shifted into its age
 * from the left and cleared; the smallest number leaves.            (Tanenbaum, Modern OS, 3.4.7)
 *
 *   bit   age
 *    1  ▸ 0 1 1 0 0 0 0 0     used now, not in the last interval, in the two before it
 *    0  ▸ 1 0 0 0 0 0 0 0     used in the last interval only
 *    0  ▸ 0 0 0 0 0 1 1 1     the victim: not used for five intervals
 *
 * The bit of the running interval counts as a ninth in front of the age. Of equals the page loaded
 * first leaves (Silberschatz, Galvin & Gagne, Operating System Concepts). So nothing moves between
 * intervals but what is used or loaded, and one sort serves all evictions until the next:
 *
 *   #order      by age, then by load: the first lap takes those not used since, from the left
 *   #firstNew   those loaded since, all used: after the used ones of age 0, before the others,
 *               which the second lap takes
 *
 * Per reference: one bit, set by hardware, and with the default interval a quarter of a page's
 * share of a sort by counting, 256 buckets. Per eviction: the cursor's walk, at most two laps an
 * interval. Metadata: 13 bytes a frame, of which the idea needs one.
 * Differs from the source: the bit not shifted in yet is looked at, without which an interval's
 * uses would count only when it is over; the clock ticks in references, by default once in four
 * times as many as there are frames.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { intervalOption } from '../engine/interval.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'aging',
  title: 'Aging, 8 bits',
  source: 'Tanenbaum, Modern Operating Systems',
  observes: 'reference-bits',
  interval: (frameCount, { interval }) => intervalOption(frameCount, interval),
  cost: {
    bytesPerFrame: 1,
    perReference: 'a bit, set by hardware; every interval a shift of each page',
    perEviction: 'a search of the least age',
    operations: { perReference: 1, perEviction: 0, perEvictionAndFrame: 2 },
  },
  defaults: { interval: 0 },
  create: (context) => new Aging(context),
});

class Aging implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #age: Uint8Array;
  /** Front: loaded first. */
  readonly #loads: FrameList;
  /** The first of `#loads` that came in this interval; the sentinel: none did. */
  #firstNew: Frame;
  #intervalStart: Tick = 0;
  readonly #order: Int32Array;
  #orderLength = 0;
  #cursor = 0;
  #isSecondLap = false;
  /** Where the frames of each age end in `#order`. */
  readonly #bucketEnd = new Int32Array(256);

  constructor({ frames }: PolicyContext) {
    this.#frames = frames;
    this.#age = new Uint8Array(frames.frameCount);
    this.#loads = new FrameList(frames.frameCount);
    this.#firstNew = this.#loads.sentinel;
    this.#order = new Int32Array(frames.frameCount);
  }

  onLoad(frame: Frame): void {
    this.#age[frame] = 0;
    this.#loads.pushBack(frame);
    if (this.#firstNew === this.#loads.sentinel) this.#firstNew = frame;
  }

  onReference(): void {}

  chooseVictim(): Frame {
    if (!this.#isSecondLap) {
      const { referenced } = this.#frames;
      while (this.#skipGone() && referenced[this.#order[this.#cursor]] === 1) this.#cursor++;
      if (this.#cursor < this.#orderLength) return this.#order[this.#cursor];
      this.#isSecondLap = true;
      this.#cursor = 0;
    }
    // Every page has been used in this interval: a new one has age 0, and was loaded last.
    const hasOld = this.#skipGone();
    const old = this.#order[this.#cursor];
    const hasNew = this.#firstNew !== this.#loads.sentinel;
    return hasNew && (!hasOld || this.#age[old] > 0) ? this.#firstNew : old;
  }

  onFree(frame: Frame): void {
    if (frame === this.#firstNew) this.#firstNew = this.#loads.next(frame);
    this.#loads.remove(frame);
  }

  onInterval(tick: Tick): void {
    this.#shiftAges();
    this.#sort();
    this.#cursor = 0;
    this.#isSecondLap = false;
    this.#firstNew = this.#loads.sentinel;
    this.#intervalStart = tick;
  }

  /** Moves the cursor over frames whose page of then has left; false at the end of the order. */
  #skipGone(): boolean {
    // All frames are occupied when a victim is wanted, so that who left has a successor.
    const { loadedAt } = this.#frames;
    while (this.#cursor < this.#orderLength) {
      if (loadedAt[this.#order[this.#cursor]] < this.#intervalStart) return true;
      this.#cursor++;
    }
    return false;
  }

  /** Shifts the bits in, and counts the occupied frames of each age. */
  #shiftAges(): void {
    const { pageOf, referenced, frameCount } = this.#frames;
    const age = this.#age;
    const count = this.#bucketEnd.fill(0);
    for (let frame = 0; frame < frameCount; frame++) {
      if (pageOf[frame] === NONE) continue;
      age[frame] = (age[frame] >>> 1) | (referenced[frame] << 7);
      count[age[frame]]++;
    }
    referenced.fill(0);
  }

  /** Orders the occupied frames by age, those of one age by load: a sort by counting. */
  #sort(): void {
    const age = this.#age;
    const order = this.#order;
    const end = this.#bucketEnd;
    for (let value = 1; value < 256; value++) end[value] += end[value - 1];
    this.#orderLength = end[255];
    // From the newest back: each bucket is filled from its end and keeps the order of loads.
    const loads = this.#loads;
    for (
      let frame = loads.previous(loads.sentinel);
      frame !== loads.sentinel;
      frame = loads.previous(frame)
    ) {
      order[--end[age[frame]]] = frame;
    }
  }
}
