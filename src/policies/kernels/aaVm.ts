/*
 * What the two versions of Andrea Arcangeli's VM share: the lists, the walk that unmaps pages, and
 * when reclaim begins. They differ in how it then goes about it.
 *
 *   head ACTIVE tail ── refill ──► head INACTIVE tail ──► unmapped and clean: evicted
 *    ▲                              ▲    │                unmapped and dirty: written
 *    └─ used again, being marked ───┼────┘                mapped: counts, until it is enough, and
 *                                   │                     the walk unmaps some, in address order
 *        load, marked as used ──────┘
 *
 * A page taken out of its process stays where it is on the lists. If it is used before it reaches
 * the tail, it was unmapped for nothing but a soft fault, and is activated.
 *
 * A scan moves each page it meets from the tail to the head: the list is a ring with a hand, which
 * passes mapped pages by the block (support/handRing.ts).
 */
import { type Frame, type FrameTable, NONE } from '../../engine/frameTable.ts';
import type { Pager, PolicyContext, ReplacementPolicy } from '../../engine/policy.ts';
import { wholeOption } from '../../engine/policyOptions.ts';
import type { Sequence, Tick } from '../../fingerprint/fingerprint.ts';
import { assert } from '../../support/assert.ts';
import { FrameList } from '../../support/frameList.ts';
import { HandRing } from '../../support/handRing.ts';
import { AddressOrder } from './addressOrder.ts';
import { LINUX_2_RESERVE, linux2Minimum, type Watermarks, watermarksOf } from './watermarks.ts';

export const AA_DEFAULTS = {
  /** Frames reclaimed at a time, and pages unmapped at a time. */
  cluster: 32,
  ...LINUX_2_RESERVE,
};

export const AA_COST = {
  bytesPerFrame: 8.5,
  perReference: 'a bit, set by hardware',
  perEviction: 'a few pages looked at, in lists and in address order',
} as const;

export abstract class AaVm implements ReplacementPolicy {
  protected readonly frames: FrameTable;
  protected readonly pager: Pager;
  protected readonly active: FrameList;
  /** Its hand is at the tail; pages that nobody has mapped are marked. */
  protected readonly inactive: HandRing;
  protected readonly order: AddressOrder;
  protected readonly cluster: number;
  /** 1: used since it was last moved between the lists. */
  readonly #isMarked: Uint8Array;
  readonly #watermarks: Watermarks;
  readonly #sequenceAt: (tick: Tick) => Sequence;
  /** The process whose pages the walk looks at next. */
  #process = 0;

  constructor(context: PolicyContext, options: Readonly<typeof AA_DEFAULTS>) {
    const { frames, pager } = context;
    this.frames = frames;
    this.pager = pager;
    this.active = new FrameList(frames.frameCount);
    this.inactive = new HandRing(frames.frameCount);
    this.order = new AddressOrder(context);
    this.cluster = wholeOption('cluster', options.cluster, 1, 2 ** 20);
    this.#isMarked = new Uint8Array(frames.frameCount);
    const min = linux2Minimum(frames.frameCount, options);
    this.#watermarks = watermarksOf(frames.frameCount, 2 * min + 1, 3 * min + 1);
    this.#sequenceAt = context.sequenceAt;
  }

  onLoad(frame: Frame, tick: Tick): void {
    if (this.pager.freeCount < this.#watermarks.low) {
      while (this.pager.freeCount < this.#watermarks.high) this.reclaim(tick);
    }
    // What is read ahead is neither marked nor mapped.
    this.#isMarked[frame] = this.frames.referenced[frame];
    const isMapped = this.pager.isMapped(frame);
    if (isMapped) this.order.map(frame, this.#sequenceAt(tick));
    this.inactive.insert(frame, !isMapped);
  }

  onReference(): void {}

  onSoftFault(frame: Frame, tick: Tick): void {
    this.order.map(frame, this.#sequenceAt(tick));
    this.inactive.mark(frame, false);
    this.#markAccessed(frame);
  }

  chooseVictim(): Frame {
    assert(this.frames.frameCount === 1, 'one frame is kept free');
    return 0;
  }

  onFree(frame: Frame): void {
    if (this.inactive.has(frame)) this.inactive.remove(frame);
    else this.active.remove(frame);
    if (this.order.isMapped(frame)) this.order.unmap(frame);
  }

  onInterval(): void {}

  /** Tries to evict as many pages as a cluster has. */
  protected abstract reclaim(tick: Tick): void;

  /**
   * Moves pages from the tail of the active list to the inactive one, except those marked, which
   * are pardoned once. `count` limits the pages moved, or all that are looked at.
   */
  protected refill(count: number, countsPardons: boolean): void {
    const { active } = this;
    for (let left = count; left > 0 && active.length > 0; ) {
      const frame = active.back;
      const isPardoned = this.#isMarked[frame] === 1;
      this.#isMarked[frame] = isPardoned ? 0 : 1;
      if (isPardoned) active.moveToFront(frame);
      else {
        active.remove(frame);
        this.inactive.insert(frame, false);
      }
      if (countsPardons || !isPardoned) left--;
    }
  }

  /**
   * Unmaps as many pages as a cluster has, going once round all processes and the first again; the
   * rest of it when that is not enough. Returns whether it was.
   */
  protected swapOut(tick: Tick): boolean {
    let left = this.cluster;
    for (let walks = this.order.processCount + 1; walks > 0; walks--) {
      for (;;) {
        const frame = this.order.next(this.#process);
        if (frame === NONE) break;
        if (this.#unmap(frame, tick) && --left === 0) return true;
      }
      this.#process = (this.#process + 1) % this.order.processCount;
    }
    return false;
  }

  #unmap(frame: Frame, tick: Tick): boolean {
    const { referenced, blank } = this.frames;
    if (referenced[frame] === 1) {
      referenced[frame] = 0;
      this.#markAccessed(frame);
      return false;
    }
    if (!this.inactive.has(frame)) return false;
    this.order.unmap(frame);
    // Nothing but the process knows a page that was never written.
    if (blank[frame] === 1) this.pager.evict(frame, tick);
    else {
      this.pager.unmap(frame);
      this.inactive.mark(frame, true);
    }
    return true;
  }

  #markAccessed(frame: Frame): void {
    if (this.#isMarked[frame] === 1 && this.inactive.has(frame)) {
      this.#isMarked[frame] = 0;
      this.inactive.remove(frame);
      this.active.pushFront(frame);
    } else this.#isMarked[frame] = 1;
  }

  /** Evicts an unmapped page that is clean, or writes it; returns whether it left. */
  protected launder(frame: Frame, tick: Tick): boolean {
    if (this.frames.dirty[frame] === 1) {
      this.pager.clean(frame);
      return false;
    }
    this.pager.evict(frame, tick);
    return true;
  }
}
