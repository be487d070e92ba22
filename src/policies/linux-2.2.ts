/*
 * Linux 2.2: two scanners that take turns. A clock hand goes over all frames and frees pages that
 * nobody has mapped; a walk along the page tables of the largest process unmaps those not used.
 *                                                     (Torvalds, Tweedie, van Riel 1999)
 *
 *   frames   ■ ■ □ ■ ○ ● □ ■ ● ■        ■ mapped: passed      ○ freed    ● used: passed once
 *                  ↑ hand, in order of frames
 *
 *   process  ─ ■ ─ ■ ───── ■ ─ ■ ─►     used: passed once; else unmapped, written if it is dirty
 *                  ↑ walk, in order of addresses
 *
 * For each priority from 6 to 0 the hand visits a 64th to all of the frames, and then the walk
 * unmaps page by page, until both together have done 32. Processes have a credit, which is their
 * size when all have run out of it; a page unmapped costs one, and the end of the addresses all.
 *
 * Per reference: a bit, set by hardware. Per eviction: some frames visited. Metadata: as below.
 * Differs from the source: writes end at once; a call of the walk goes on until it has unmapped a
 * page or used up the credits twice, where the original limits how many processes it asks. The
 * frames it keeps free, a 64th to a 43rd, are limited in a memory of less than 640 frames, see
 * kernels/watermarks.ts.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import { numberOption, wholeOption } from '../engine/policyOptions.ts';
import { type PageFacts, PageKind, type Sequence, type Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { PositionSet } from '../support/positionSet.ts';
import { AddressOrder } from './kernels/addressOrder.ts';
import {
  LINUX_2_RESERVE,
  linux2Minimum,
  type Watermarks,
  watermarksOf,
} from './kernels/watermarks.ts';

const DEFAULTS = {
  /** Pages to be freed or unmapped at a time. */
  cluster: 32,
  /** The hand visits frames >> priority. */
  priority: 6,
  /** Percent of the frames below which pages of files are not freed. */
  cacheLeast: 2,
  ...LINUX_2_RESERVE,
};

export const policy = definePolicy({
  id: 'linux-2.2',
  title: 'Linux 2.2',
  source: 'Linux 2.2 mm/vmscan.c and mm/filemap.c',
  observes: 'reference-bits',
  usesPager: true,
  cost: {
    bytesPerFrame: 0.25,
    perReference: 'a bit, set by hardware',
    perEviction: 'some frames visited, and some pages in address order',
  },
  defaults: DEFAULTS,
  create: (context, options) => new Linux22(context, options),
});

class Linux22 implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #pages: PageFacts;
  readonly #sequenceAt: (tick: Tick) => Sequence;
  readonly #order: AddressOrder;
  readonly #cluster: number;
  readonly #priorityMax: number;
  readonly #cacheLeast: number;
  readonly #watermarks: Watermarks;
  /** Frames whose page nobody has mapped. */
  readonly #cached: PositionSet;
  /** 1: used, as far as the page cache knows. */
  readonly #isMarked: Uint8Array;
  /** Pages of files, and anonymous ones that are unmapped. */
  #cacheCount = 0;
  #hand: Frame = 0;
  /** By process: pages it may still lose before the others' turn. */
  readonly #credit: number[] = [];

  constructor(context: PolicyContext, options: Readonly<typeof DEFAULTS>) {
    const { frames, pager, pages } = context;
    const { frameCount } = frames;
    this.#frames = frames;
    this.#pager = pager;
    this.#pages = pages;
    this.#sequenceAt = context.sequenceAt;
    this.#order = new AddressOrder(context);
    this.#cluster = wholeOption('cluster', options.cluster, 1, 2 ** 20);
    this.#priorityMax = wholeOption('priority', options.priority, 0, 30);
    this.#cacheLeast = (frameCount * numberOption('cacheLeast', options.cacheLeast, 0, 50)) / 100;
    const min = linux2Minimum(frameCount, options);
    this.#watermarks = watermarksOf(frameCount, 2 * min, 3 * min);
    this.#cached = new PositionSet(frameCount);
    this.#isMarked = new Uint8Array(frameCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    if (this.#pager.freeCount < this.#watermarks.low) {
      while (this.#pager.freeCount < this.#watermarks.high) this.#reclaim(tick);
    }
    // What enters the page cache or the swap cache is marked.
    this.#isMarked[frame] = 1;
    if (this.#isOfFile(frame)) this.#cacheCount++;
    if (this.#pager.isMapped(frame)) this.#map(frame, tick);
    else {
      this.#cached.insert(frame);
      if (!this.#isOfFile(frame)) this.#cacheCount++;
    }
  }

  onReference(): void {}

  onSoftFault(frame: Frame, tick: Tick): void {
    this.#isMarked[frame] = 1;
    if (!this.#isOfFile(frame)) this.#cacheCount--;
    this.#cached.remove(frame);
    this.#map(frame, tick);
  }

  chooseVictim(): Frame {
    assert(this.#frames.frameCount === 1, 'one frame is kept free');
    return 0;
  }

  onFree(frame: Frame): void {
    const isMapped = this.#order.isMapped(frame);
    if (this.#isOfFile(frame) || !isMapped) this.#cacheCount--;
    if (isMapped) this.#order.unmap(frame);
    else this.#cached.remove(frame);
  }

  onInterval(): void {}

  #isOfFile(frame: Frame): boolean {
    return this.#pages.kinds[this.#frames.pageOf[frame]] === PageKind.File;
  }

  #map(frame: Frame, tick: Tick): void {
    const process = this.#sequenceAt(tick);
    this.#order.map(frame, process);
    while (this.#credit.length <= process) this.#credit.push(0);
  }

  #reclaim(tick: Tick): void {
    let left = this.#cluster;
    for (let priority = this.#priorityMax; priority >= 0; priority--) {
      left -= this.#turnHand(this.#frames.frameCount >> priority, left, tick);
      while (left > 0 && this.#swapOut(tick)) left--;
      if (left === 0) return;
    }
  }

  /** Visits up to `visitCount` unmapped pages, in one lap at most; returns how many it freed. */
  #turnHand(visitCount: number, most: number, tick: Tick): number {
    const { frameCount } = this.#frames;
    let freedCount = 0;
    let left = visitCount;
    let steps = frameCount;
    while (steps > 0 && left > 0 && freedCount < most) {
      // Mapped pages are passed in one stride, which takes their marks.
      const end = Math.min(this.#hand + steps, frameCount);
      const found = this.#cached.next(this.#hand);
      const stop = found === NONE || found > end ? end : found;
      this.#isMarked.fill(0, this.#hand, stop);
      steps -= stop - this.#hand;
      this.#hand = stop === frameCount ? 0 : stop;
      if (stop !== found || steps === 0) continue;
      this.#hand = found + 1 === frameCount ? 0 : found + 1;
      steps--;
      left--;
      if (this.#isMarked[found] === 1) {
        this.#isMarked[found] = 0;
        continue;
      }
      if (this.#isOfFile(found) && this.#cacheCount < this.#cacheLeast) continue;
      this.#pager.evict(found, tick);
      freedCount++;
    }
    return freedCount;
  }

  /** Unmaps a page of the process with the greatest credit, or of the next one. */
  #swapOut(tick: Tick): boolean {
    for (let refills = 0; refills <= 2; ) {
      const process = this.#richest();
      if (process === NONE) {
        refills++;
        for (let i = 0; i < this.#credit.length; i++) this.#credit[i] = this.#order.pageCount(i);
        continue;
      }
      for (
        let frame = this.#order.next(process);
        frame !== NONE;
        frame = this.#order.next(process)
      ) {
        if (this.#unmap(frame, tick)) {
          this.#credit[process]--;
          return true;
        }
      }
      this.#credit[process] = 0;
    }
    return false;
  }

  /** The process with the greatest credit, of equals the first; NONE: all have none. */
  #richest(): number {
    let best = NONE;
    for (let process = 0; process < this.#credit.length; process++) {
      if (this.#credit[process] > (best === NONE ? 0 : this.#credit[best])) best = process;
    }
    return best;
  }

  #unmap(frame: Frame, tick: Tick): boolean {
    const { referenced, dirty, blank } = this.#frames;
    if (referenced[frame] === 1) {
      referenced[frame] = 0;
      this.#isMarked[frame] = 1;
      return false;
    }
    if (blank[frame] === 1) {
      // Nothing but the process knows a page that was never written.
      this.#pager.evict(frame, tick);
      return true;
    }
    const isOfFile = this.#isOfFile(frame);
    if (dirty[frame] === 1) {
      this.#pager.clean(frame);
      // It enters the swap cache, a second time if it was there before it was written.
      if (!isOfFile) this.#isMarked[frame] = 1;
    }
    if (!isOfFile) this.#cacheCount++;
    this.#order.unmap(frame);
    this.#cached.insert(frame);
    this.#pager.unmap(frame);
    return true;
  }
}
