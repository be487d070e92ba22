/*
 * FreeBSD: every active page has a count of its activity; those that run out of it queue, the clean
 * ones to be freed and the dirty ones to be written first.        (read in FreeBSD 13)
 *
 *   load ─► ACTIVE  ○5 ○64 ○1 ○9 …      a hand goes round: used +4, at most 64; not used −1
 *              │ 0                 ▲
 *              ├── clean ─► INACTIVE  first in, first out: used ─► active; clean ─► freed
 *              └── dirty ─► LAUNDRY ◄──────────────────────────────┘ dirty
 *                              └── written, with dirty neighbours ─► to be freed next
 *
 * The page daemon wakes when nine tenths of the free target are left. It frees inactive pages up to
 * the target, and then lets the hand go on until enough pages are inactive, of which a dirty one
 * counts a third. Dirty pages are written when the inactive ones were not enough; or ahead of need,
 * when there are as many of them as clean ones, sooner the more pages have been freed since.
 *
 * Per reference: a bit, set by hardware. Per eviction: about ten pages passed by the hand.
 * Metadata: as below.
 * Differs from the source: the daemon runs to its target at once, where the original's controller
 * approaches it; the hand rests while nothing is short, where the original comes by every ten
 * minutes; writes end at once, at no limited rate. The reserves are FreeBSD's for memories of so
 * many frames, limited to a sixteenth below about 1,300 of them.
 */
import { FramesByPlace } from '../engine/framesByPlace.ts';
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { lineOf } from '../engine/pageLine.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { FrameList } from '../support/frameList.ts';
import { type Watermarks, watermarksOf } from './kernels/watermarks.ts';

const DEFAULTS = {
  /** ACT_INIT, ACT_ADVANCE, ACT_DECLINE and ACT_MAX: what activity begins with, gains, loses. */
  initial: 5,
  advance: 3,
  decline: 1,
  most: 64,
  /** Dirty pages that count as much as a clean one where pages are short. */
  laundryWeight: 3,
  /** Pages written together at most. */
  cluster: 32,
};

export const policy = definePolicy({
  id: 'freebsd',
  title: 'FreeBSD 13',
  source: 'FreeBSD 13 sys/vm/vm_pageout.c',
  observes: 'reference-bits',
  usesPager: true,
  cost: {
    bytesPerFrame: 9.25,
    perReference: 'a bit, set by hardware',
    perEviction: 'a hand that passes each page about ten times between its load and its eviction',
  },
  defaults: DEFAULTS,
  create: (context, options) => new FreeBsd(context, options),
});

const ACTIVE = 0;
const INACTIVE = 1;
const LAUNDRY = 2;

class FreeBsd implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #options: Readonly<typeof DEFAULTS>;
  /** Queues: pages enter at the back. */
  readonly #queues: readonly FrameList[];
  readonly #queueOf: Uint8Array;
  readonly #activity: Uint8Array;
  readonly #watermarks: Watermarks;
  readonly #inactiveTarget: number;
  /** Between the free target and the least there is to be free. */
  readonly #targetGap: number;
  /** The active page to be looked at next, NONE for a new lap, and the last one of this lap. */
  #hand: Frame = NONE;
  #lapEnd: Frame = NONE;
  /** Pages freed since dirty ones were last written ahead of need. */
  #freedCount = 0;
  /** Undefined where nobody knows how pages lie. */
  readonly #byPlace: FramesByPlace | undefined;

  constructor({ frames, pager, pages }: PolicyContext, options: Readonly<typeof DEFAULTS>) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#pager = pager;
    this.#options = {
      initial: wholeOption('initial', options.initial, 0, 255),
      advance: wholeOption('advance', options.advance, 0, 255),
      decline: wholeOption('decline', options.decline, 1, 255),
      most: wholeOption('most', options.most, 1, 255),
      laundryWeight: wholeOption('laundryWeight', options.laundryWeight, 1, 1000),
      cluster: wholeOption('cluster', options.cluster, 1, 1000),
    };
    this.#queues = [0, 1, 2].map(() => new FrameList(frameCount));
    this.#queueOf = new Uint8Array(frameCount);
    this.#activity = new Uint8Array(frameCount);
    const spare = 4 + Math.max(0, Math.floor((frameCount - 1024) / 200));
    const reserved = 66 + Math.floor(frameCount / 768);
    const target = Math.min(4 * spare + reserved, frameCount >> 4);
    this.#watermarks = watermarksOf(frameCount, Math.floor((target * 9) / 10), target);
    this.#targetGap = Math.max(1, target - Math.min(spare + reserved, target >> 1));
    this.#inactiveTarget = Math.min(Math.floor((3 * target) / 2), Math.floor(frameCount / 3));
    const line = lineOf(pages);
    this.#byPlace = line && new FramesByPlace(line, frames);
  }

  onLoad(frame: Frame, tick: Tick): void {
    if (this.#pager.freeCount < this.#watermarks.low) {
      while (this.#pager.freeCount < this.#watermarks.high) this.#runDaemon(tick);
    }
    this.#byPlace?.add(frame);
    // A page read ahead has to be used to become active.
    const isAhead = this.#frames.ahead[frame] === 1;
    this.#activity[frame] = isAhead ? 0 : this.#options.initial;
    this.#enter(frame, isAhead ? INACTIVE : ACTIVE);
  }

  onReference(): void {}

  chooseVictim(): Frame {
    assert(this.#frames.frameCount === 1, 'one frame is kept free');
    return 0;
  }

  onFree(frame: Frame): void {
    this.#byPlace?.remove(frame);
    this.#leave(frame);
  }

  onInterval(): void {}

  #runDaemon(tick: Tick): void {
    const shortage = this.#watermarks.high - this.#pager.freeCount;
    const freedCount = this.#scanInactive(shortage, tick);
    this.#freedCount += freedCount;
    if (freedCount < shortage) this.#launder(shortage - freedCount, tick);
    else if (this.#isLaundryDue()) {
      this.#launder(Math.max(1, Math.floor(this.#targetGap / 10)), tick);
      this.#freedCount = 0;
    }
    this.#scanActive();
  }

  /** Frees up to `most` pages from the front; returns how many. */
  #scanInactive(most: number, tick: Tick): number {
    const queues = this.#queues;
    let freedCount = 0;
    for (let left = queues[INACTIVE].length; left > 0 && freedCount < most; left--) {
      const frame = queues[INACTIVE].front;
      if (this.#wasReactivated(frame)) continue;
      if (this.#isDirty(frame)) this.#moveToBack(frame, LAUNDRY);
      else {
        this.#pager.evict(frame, tick);
        freedCount++;
      }
    }
    return freedCount;
  }

  /** A used page becomes active again. */
  #wasReactivated(frame: Frame): boolean {
    if (!this.#advance(frame)) return false;
    this.#moveToBack(frame, ACTIVE);
    return true;
  }

  /** Rewards a page that was used; returns whether it was. */
  #advance(frame: Frame): boolean {
    const { referenced } = this.#frames;
    if (referenced[frame] === 0) return false;
    referenced[frame] = 0;
    const { advance, most } = this.#options;
    this.#activity[frame] = Math.min(this.#activity[frame] + advance + 1, most);
    return true;
  }

  #isLaundryDue(): boolean {
    const cleanCount = this.#pager.freeCount + this.#queues[INACTIVE].length;
    const urgency = Math.floor(Math.sqrt(Math.ceil((this.#freedCount + 1) / this.#targetGap)));
    return this.#queues[LAUNDRY].length * urgency >= cleanCount;
  }

  /** Writes `most` dirty pages or a few more, which are then the first to be freed. */
  #launder(most: number, tick: Tick): void {
    const queues = this.#queues;
    let left = most;
    // What is written with a neighbour leaves the queue before its turn.
    for (let seen = queues[LAUNDRY].length; seen > 0 && left > 0; seen--) {
      const frame = queues[LAUNDRY].front;
      if (frame === NONE) return;
      if (this.#wasReactivated(frame)) continue;
      if (!this.#isDirty(frame)) this.#pager.evict(frame, tick);
      else left -= this.#writeCluster(frame);
    }
  }

  /** Writes a page, and the dirty ones next to it that are in the laundry too; returns how many. */
  #writeCluster(frame: Frame): number {
    this.#write(frame);
    let count = 1;
    const byPlace = this.#byPlace;
    if (byPlace === undefined) return count;
    for (const step of [-1, 1]) {
      for (let at = byPlace.placeOf(frame) + step; count < this.#options.cluster; at += step) {
        const neighbour = this.#laundryAt(byPlace, at);
        if (neighbour === NONE) break;
        this.#write(neighbour);
        count++;
      }
    }
    return count;
  }

  /** The dirty laundry at `place`, of copies the oldest; or NONE. */
  #laundryAt(byPlace: FramesByPlace, place: number): Frame {
    let frame = byPlace.at(place);
    while (frame !== NONE && !(this.#queueOf[frame] === LAUNDRY && this.#isDirty(frame))) {
      frame = byPlace.after(frame);
    }
    return frame;
  }

  #isDirty(frame: Frame): boolean {
    return this.#frames.dirty[frame] === 1;
  }

  #write(frame: Frame): void {
    this.#pager.clean(frame);
    this.#leave(frame);
    this.#queueOf[frame] = INACTIVE;
    this.#queues[INACTIVE].pushFront(frame);
  }

  /** The hand goes on, a lap at most, until enough pages are inactive. */
  #scanActive(): void {
    const { laundryWeight, decline } = this.#options;
    const queues = this.#queues;
    const inactive = queues[INACTIVE].length + Math.floor(queues[LAUNDRY].length / laundryWeight);
    const toFree = this.#watermarks.high - this.#pager.freeCount;
    let shortage = (this.#inactiveTarget - inactive + toFree) * laundryWeight;
    for (let left = queues[ACTIVE].length; left > 0 && shortage > 0; left--) {
      const frame = this.#turnHand();
      if (this.#advance(frame)) continue;
      this.#activity[frame] = Math.max(0, this.#activity[frame] - decline);
      if (this.#activity[frame] > 0) continue;
      const isDirty = this.#isDirty(frame);
      shortage -= isDirty ? 1 : laundryWeight;
      this.#moveToBack(frame, isDirty ? LAUNDRY : INACTIVE);
    }
  }

  /** The page under the hand, which moves on. */
  #turnHand(): Frame {
    if (this.#hand === NONE) {
      this.#hand = this.#queues[ACTIVE].front;
      this.#lapEnd = this.#queues[ACTIVE].back;
    }
    const frame = this.#hand;
    this.#hand = frame === this.#lapEnd ? NONE : this.#queues[ACTIVE].next(frame);
    return frame;
  }

  #moveToBack(frame: Frame, queue: number): void {
    this.#leave(frame);
    this.#enter(frame, queue);
  }

  #enter(frame: Frame, queue: number): void {
    this.#queueOf[frame] = queue;
    this.#queues[queue].pushBack(frame);
  }

  /** Takes a page off its queue, and the hand off the page. */
  #leave(frame: Frame): void {
    if (frame === this.#hand) this.#turnHand();
    else if (frame === this.#lapEnd) this.#lapEnd = this.#queues[ACTIVE].previous(frame);
    this.#queues[this.#queueOf[frame]].remove(frame);
  }
}
