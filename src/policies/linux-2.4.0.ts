/*
 * Linux 2.4.0: pages have an age, and those that have reached 0 wait on two more lists, first to be
 * written, then to be taken.                                         (Rik van Riel 2000)
 *
 *   ACTIVE ── unmapped, age 0 ──► INACTIVE DIRTY ── clean, or written ──► INACTIVE CLEAN ──► freed
 *     ▲                                 │                                       │
 *     └───────────── used: a soft fault, age + 3 ───────────────────────────────┘
 *
 * Two scanners make ages fall to half. One goes over the active list from its tail. The other walks
 * along the page tables, process by process: used pages get 3 years, up to 64; pages that are on no
 * list, as anonymous ones are until they have been in swap, lose half; and those of age 0 are
 * unmapped. The scanners take turns, at priorities 6 (a 64th) to 0 (everything), until there are
 * enough inactive pages. How many are wanted follows the pressure: the frames taken lately, a 64th
 * of which are forgotten every second.
 *
 * The scan of the active list is a hand that passes pages by the block (support/handRing.ts); how
 * often it has passed a page is asked when its age is looked at.
 *
 * Per reference: a bit, set by hardware. Per eviction: a 64th of the active list, or less.
 * Metadata: as below.
 * Differs from the source: writes end at once; a second is as many references as `interval` says,
 * by default four for each frame; a page from swap stays on the lists when it is written. The
 * frames it keeps free are limited in a memory of less than 640 frames, see kernels/watermarks.ts.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { intervalOption } from '../engine/interval.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import { type PageFacts, PageKind, type Sequence, type Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { HandRing } from '../support/handRing.ts';
import { LinkedLists, NO_LIST } from '../support/linkedLists.ts';
import { AddressOrder } from './kernels/addressOrder.ts';
import {
  LINUX_2_RESERVE,
  linux2Minimum,
  type Watermarks,
  watermarksOf,
} from './kernels/watermarks.ts';

const DEFAULTS = {
  /** PAGE_AGE_START, ADV and MAX. */
  ageStart: 2,
  ageAdvance: 3,
  ageMost: 64,
  /** 0: an unused page's age is halved; 1: it loses one, as in some later versions. */
  ageLinear: 0,
  /** MAX_LAUNDER: pages written at a time. */
  launder: 32,
  /** The slightest pressure: lists >> priority are scanned. */
  priority: 6,
  /** INACTIVE_SHIFT: pressure, and its decay, in parts of 2 to this. */
  inactiveShift: 6,
  /** References in a second; 0: four for each frame. */
  interval: 0,
  ...LINUX_2_RESERVE,
};

export const policy = definePolicy({
  id: 'linux-2.4.0',
  title: 'Linux 2.4.0, page aging on three lists',
  source: 'van Riel, Linux 2.4.0 mm/vmscan.c and mm/swap.c',
  observes: 'reference-bits',
  usesPager: true,
  interval: (frameCount, { interval }) => intervalOption(frameCount, interval),
  cost: {
    bytesPerFrame: 9.25,
    perReference: 'a bit, set by hardware',
    perEviction: 'a 64th of the active list scanned, and some pages in address order',
  },
  defaults: DEFAULTS,
  create: (context, options) => new Linux240(context, options),
});

/** The inactive dirty list is two: what is dirty, and what is clean when it is sorted next. */
const DIRTY = 0;
const WASHED = 1;
const CLEAN = 2;

/** What a process may be asked for at a time: a 32nd of its pages, 8 at least. */
const CREDIT_SHIFT = 5;
const CREDIT_LEAST = 8;

class Linux240 implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #pages: PageFacts;
  readonly #sequenceAt: (tick: Tick) => Sequence;
  readonly #order: AddressOrder;
  readonly #options: Readonly<typeof DEFAULTS>;
  /** Active pages; the hand is at the tail. Those that nobody has mapped are marked. */
  readonly #active: HandRing;
  /** Inactive pages. */
  readonly #lists: LinkedLists;
  /** Of an active page, before the hand has passed it so often as the ring says. */
  readonly #age: Uint8Array;
  readonly #watermarks: Watermarks;
  /** Frames that are free, not only clean. */
  readonly #freeLeast: number;
  /** 1: the anonymous page has been in swap. */
  readonly #wasInSwap: Uint8Array;
  #pressure = 0;
  /** By process: pages that may still be looked at before the others' turn. */
  readonly #credit: number[] = [];

  constructor(context: PolicyContext, options: Readonly<typeof DEFAULTS>) {
    const { frames, pager, pages, pageCount } = context;
    const { frameCount } = frames;
    this.#frames = frames;
    this.#pager = pager;
    this.#pages = pages;
    this.#sequenceAt = context.sequenceAt;
    this.#order = new AddressOrder(context);
    this.#options = {
      ...options,
      ageStart: wholeOption('ageStart', options.ageStart, 0, 255),
      ageAdvance: wholeOption('ageAdvance', options.ageAdvance, 1, 255),
      ageMost: wholeOption('ageMost', options.ageMost, 1, 255),
      ageLinear: wholeOption('ageLinear', options.ageLinear, 0, 1),
      launder: wholeOption('launder', options.launder, 1, 2 ** 20),
      priority: wholeOption('priority', options.priority, 0, 30),
      inactiveShift: wholeOption('inactiveShift', options.inactiveShift, 0, 30),
    };
    this.#active = new HandRing(frameCount);
    this.#lists = new LinkedLists(frameCount, 3);
    this.#age = new Uint8Array(frameCount);
    const min = linux2Minimum(frameCount, options);
    this.#watermarks = watermarksOf(frameCount, 2 * min, 3 * min);
    this.#freeLeast = Math.min(min + 8, this.#watermarks.low);
    this.#wasInSwap = new Uint8Array(pageCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    if (this.#available() < this.#watermarks.low) {
      do this.#balance(tick);
      while (this.#freeShortage() > 0 && this.#inactiveShortage() > 0);
    }
    while (this.#pager.freeCount < this.#freeLeast) {
      if (this.#lists.length(CLEAN) === 0) this.#balance(tick);
      else {
        this.#pressure++;
        this.#pager.evict(this.#lists.back(CLEAN), tick);
      }
    }
    const page = this.#frames.pageOf[frame];
    this.#age[frame] = this.#options.ageStart;
    const isMapped = this.#pager.isMapped(frame);
    if (this.#isOfFile(frame) || this.#wasInSwap[page] === 1) {
      this.#active.insert(frame, !isMapped);
    }
    if (isMapped) this.#map(frame, tick);
  }

  onReference(): void {}

  onSoftFault(frame: Frame, tick: Tick): void {
    this.#map(frame, tick);
    this.#raiseAge(frame);
    this.#leave(frame);
    this.#active.insert(frame, false);
  }

  chooseVictim(): Frame {
    assert(this.#frames.frameCount === 1, 'one frame is kept free');
    return 0;
  }

  onFree(frame: Frame): void {
    this.#leave(frame);
    if (this.#order.isMapped(frame)) this.#order.unmap(frame);
  }

  /** What the daemon does every second. */
  onInterval(): void {
    this.#pressure -= this.#pressure >> this.#options.inactiveShift;
    this.#scanActive(this.#active.length >> this.#options.priority, false);
  }

  /** Takes a page off its list, if it is on any. */
  #leave(frame: Frame): void {
    if (this.#active.has(frame)) {
      this.#settleAge(frame);
      this.#active.remove(frame);
    } else if (this.#lists.listOf[frame] !== NO_LIST) this.#lists.remove(frame);
  }

  #isOfFile(frame: Frame): boolean {
    return this.#pages.kinds[this.#frames.pageOf[frame]] === PageKind.File;
  }

  #map(frame: Frame, tick: Tick): void {
    const process = this.#sequenceAt(tick);
    this.#order.map(frame, process);
    while (this.#credit.length <= process) this.#credit.push(0);
  }

  #raiseAge(frame: Frame): void {
    const { ageAdvance, ageMost } = this.#options;
    this.#settleAge(frame);
    this.#age[frame] = Math.min(this.#age[frame] + ageAdvance, ageMost);
  }

  #lowerAge(frame: Frame, times: number): void {
    const age = this.#age[frame];
    // A shift by 32 is one by 0.
    this.#age[frame] =
      this.#options.ageLinear === 1 ? Math.max(0, age - times) : age >> Math.min(times, 31);
  }

  /** Makes an active page as old as the hand has made it. */
  #settleAge(frame: Frame): void {
    if (this.#active.has(frame)) this.#lowerAge(frame, this.#active.takePasses(frame));
  }

  #available(): number {
    return this.#pager.freeCount + this.#lists.length(CLEAN);
  }

  #inactiveTarget(): number {
    return Math.min(this.#pressure >> this.#options.inactiveShift, this.#frames.frameCount >> 2);
  }

  /** On the inactive dirty list. */
  #dirtyCount(): number {
    return this.#lists.length(DIRTY) + this.#lists.length(WASHED);
  }

  #freeShortage(): number {
    const wanted = this.#watermarks.high + Math.floor(this.#inactiveTarget() / 3);
    return Math.max(0, wanted - this.#available());
  }

  #inactiveShortage(): number {
    const inactive = this.#available() + this.#dirtyCount();
    return Math.max(0, this.#watermarks.high + this.#inactiveTarget() - inactive);
  }

  /** One turn of the daemon. */
  #balance(tick: Tick): void {
    if (this.#freeShortage() > 0 || this.#dirtyCount() > this.#available()) {
      this.#launder();
    }
    let count = this.#freeShortage() + this.#inactiveShortage();
    for (let priority = this.#options.priority; priority >= 0 && count > 0; priority--) {
      for (let isFruitful = true; isFruitful && count > 0; ) {
        const isAged = this.#scanActive(this.#active.length >> priority, true);
        const isUnmapped = this.#swapOut(priority, tick);
        count -= Number(isAged) + Number(isUnmapped);
        isFruitful = isAged || isUnmapped;
      }
    }
  }

  /** Sorts the dirty list: clean pages go on. Then, if frames are short, it writes some. */
  #launder(): void {
    const lists = this.#lists;
    for (let frame = lists.back(WASHED); frame >= 0; frame = lists.back(WASHED)) {
      lists.moveToFront(frame, CLEAN);
    }
    if (this.#freeShortage() === 0) return;
    const count = Math.min(lists.length(DIRTY), this.#options.launder);
    for (let left = count; left > 0; left--) {
      const frame = lists.back(DIRTY);
      this.#pager.clean(frame);
      lists.moveToFront(frame, WASHED);
    }
  }

  #deactivate(frame: Frame): void {
    this.#leave(frame);
    this.#lists.pushFront(frame, this.#frames.dirty[frame] === 1 ? DIRTY : WASHED);
  }

  /**
   * Makes pages from the tail of the active list older; one of age 0 that nobody has mapped
   * becomes inactive. Returns whether one did; with `stopsThere` that ends the scan.
   */
  #scanActive(count: number, stopsThere: boolean): boolean {
    const active = this.#active;
    let isFruitful = false;
    for (let left = count; active.length > 0 && !(stopsThere && isFruitful); left--) {
      left -= active.pass(left);
      if (left === 0) break;
      const frame = active.turn();
      this.#settleAge(frame);
      if (this.#age[frame] > 0) continue;
      this.#deactivate(frame);
      isFruitful = true;
    }
    return isFruitful;
  }

  /** Unmaps a page of the process with the greatest credit, or of the next ones. */
  #swapOut(priority: number, tick: Tick): boolean {
    const most = Math.max(1, (this.#order.processCount << CREDIT_SHIFT) >> priority);
    for (let asked = 0; asked < most; asked++) {
      const process = this.#richest();
      if (process === NONE) return false;
      while (this.#credit[process] > 0) {
        const frame = this.#order.next(process);
        this.#credit[process] = frame === NONE ? 0 : this.#credit[process] - 1;
        if (frame !== NONE && this.#unmap(frame, tick)) return true;
      }
    }
    return false;
  }

  /** The process with the greatest credit, of equals the first; NONE: nobody has any page. */
  #richest(): number {
    const credit = this.#credit;
    let best = maximumAt(credit);
    if (best === NONE) {
      for (let process = 0; process < credit.length; process++) {
        const pageCount = this.#order.pageCount(process);
        credit[process] = pageCount === 0 ? 0 : Math.max(CREDIT_LEAST, pageCount >> CREDIT_SHIFT);
      }
      best = maximumAt(credit);
    }
    return best;
  }

  #unmap(frame: Frame, tick: Tick): boolean {
    const { referenced, blank, pageOf } = this.#frames;
    if (referenced[frame] === 1) {
      referenced[frame] = 0;
      this.#raiseAge(frame);
      return false;
    }
    if (this.#active.has(frame)) this.#settleAge(frame);
    else this.#lowerAge(frame, 1);
    if (this.#age[frame] > 0) return false;
    if (blank[frame] === 1) {
      // Nothing but the process knows a page that was never written.
      this.#pager.evict(frame, tick);
      return true;
    }
    this.#order.unmap(frame);
    this.#pager.unmap(frame);
    if (!this.#isOfFile(frame)) this.#wasInSwap[pageOf[frame]] = 1;
    this.#deactivate(frame);
    return true;
  }
}

/** Where the greatest number is that is not 0, of equals the first; or NONE. */
function maximumAt(numbers: readonly number[]): number {
  let best = NONE;
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] > (best === NONE ? 0 : numbers[best])) best = i;
  }
  return best;
}
