/*
 * Windows, approximately: every process has a working set of its own; what is trimmed from them
 * stays in memory on a list, until its frame is wanted.
 *                              (Russinovich, Solomon & Ionescu, Windows Internals; not measured)
 *
 *   process 0  ○ ● ○ ○ ──┐  trimmed: not used     ┌─► STANDBY  first in, first out ─► freed
 *   process 1  ● ○ ● ────┼──── clean ─────────────┤
 *   process 2  ● ● ● ────┘     dirty ─► MODIFIED ─┘ written in batches
 *          ▲                                │
 *          └── used: a soft fault ──────────┘
 *
 * Working sets are trimmed when free and standby pages together run low, down to a goal: the
 * largest first, the one that asks for memory last. A hand goes round the pages of each: used ones
 * are passed, others trimmed. First everyone keeps the least a working set may have; when that does
 * not do, no one keeps anything. A process above its most that asks for memory while it is low is
 * trimmed before all others, so that it replaces its own pages.
 *
 * Per reference: a bit, set by hardware. Per eviction: some pages passed by the hand. Metadata: as
 * below.
 * Differs from the source: it is a sketch. There are no priorities of pages or of processes, no
 * timer that trims idle ones, no page that is shared; the modified writer writes all there is when
 * it has a batch, or when standby has nothing to give.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import type { Sequence, Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { FrameList } from '../support/frameList.ts';
import { type Watermarks, watermarksOf } from './kernels/watermarks.ts';

const DEFAULTS = {
  /** Pages a working set keeps as long as others can give, and may have when memory is low. */
  least: 50,
  most: 345,
  /** Trimming begins when fewer than one of so many frames are free or on standby, */
  lowShare: 64,
  /** and goes on until one of so many are. */
  goalShare: 32,
  /** Modified pages are written by so many. */
  batch: 16,
};

export const policy = definePolicy({
  id: 'windows',
  title: 'Windows, approximate: working sets and standby list',
  source: 'after Russinovich, Solomon & Ionescu, Windows Internals',
  observes: 'reference-bits',
  usesPager: true,
  cost: {
    bytesPerFrame: 12,
    perReference: 'a bit, set by hardware',
    perEviction: 'some pages passed by a hand, one move between lists',
  },
  defaults: DEFAULTS,
  create: (context, options) => new Windows(context, options),
});

/** What `#placeOf` says of a page that is in no working set. */
const STANDBY = -1;
const MODIFIED = -2;
const NOWHERE = -3;

class Windows implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #sequenceAt: (tick: Tick) => Sequence;
  readonly #least: number;
  readonly #most: number;
  readonly #batch: number;
  readonly #watermarks: Watermarks;
  /** By process; front: the page the hand looks at next. */
  readonly #workingSets: FrameList[] = [];
  readonly #standby: FrameList;
  readonly #modified: FrameList;
  /** The process whose working set a page is in, or STANDBY, MODIFIED, NOWHERE. */
  readonly #placeOf: Int32Array;

  constructor({ frames, pager, sequenceAt }: PolicyContext, options: Readonly<typeof DEFAULTS>) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#pager = pager;
    this.#sequenceAt = sequenceAt;
    this.#least = wholeOption('least', options.least, 0, 2 ** 30);
    this.#most = wholeOption('most', options.most, 0, 2 ** 30);
    this.#batch = wholeOption('batch', options.batch, 1, 2 ** 20);
    const low = Math.floor(frameCount / wholeOption('lowShare', options.lowShare, 2, 2 ** 20));
    const goal = Math.floor(frameCount / wholeOption('goalShare', options.goalShare, 2, 2 ** 20));
    this.#watermarks = watermarksOf(frameCount, low, Math.max(low, goal));
    this.#standby = new FrameList(frameCount);
    this.#modified = new FrameList(frameCount);
    this.#placeOf = new Int32Array(frameCount).fill(NOWHERE);
  }

  onLoad(frame: Frame, tick: Tick): void {
    const process = this.#sequenceAt(tick);
    if (this.#available() < this.#watermarks.low) this.#trim(process);
    if (this.#frames.frameCount > 1 && this.#pager.freeCount === 0) this.#repurpose(tick);
    if (this.#pager.isMapped(frame)) this.#enter(frame, process);
    else this.#put(frame, STANDBY);
  }

  onReference(): void {}

  onSoftFault(frame: Frame, tick: Tick): void {
    this.#leave(frame);
    this.#enter(frame, this.#sequenceAt(tick));
  }

  chooseVictim(): Frame {
    assert(this.#frames.frameCount === 1, 'one frame is kept free');
    return 0;
  }

  onFree(frame: Frame): void {
    this.#leave(frame);
    this.#placeOf[frame] = NOWHERE;
  }

  onInterval(): void {}

  /** What is free, or can be at once. */
  #available(): number {
    return this.#pager.freeCount + this.#standby.length;
  }

  #enter(frame: Frame, process: number): void {
    while (this.#workingSets.length <= process) {
      this.#workingSets.push(new FrameList(this.#frames.frameCount));
    }
    this.#placeOf[frame] = process;
    this.#workingSets[process].pushBack(frame);
  }

  #put(frame: Frame, place: typeof STANDBY | typeof MODIFIED): void {
    this.#placeOf[frame] = place;
    (place === STANDBY ? this.#standby : this.#modified).pushBack(frame);
  }

  #leave(frame: Frame): void {
    const place = this.#placeOf[frame];
    if (place === STANDBY) this.#standby.remove(frame);
    else if (place === MODIFIED) this.#modified.remove(frame);
    else this.#workingSets[place].remove(frame);
  }

  /** Evicts the page that has been on standby for the longest time. */
  #repurpose(tick: Tick): void {
    this.#pager.evict(this.#standby.front, tick);
  }

  /** Takes pages from working sets until the goal is met. */
  #trim(asking: number): void {
    const own = this.#workingSets[asking]?.length ?? 0;
    if (own > this.#most) this.#trimOne(asking, this.#most);
    for (const floor of [this.#least, 0]) {
      for (const process of this.#bySize(asking)) this.#trimOne(process, floor);
      // Once more: the hand has cleared the bits of all.
      for (const process of this.#bySize(asking)) this.#trimOne(process, floor);
    }
    if (this.#available() < this.#watermarks.high) this.#writeModified();
  }

  /** Processes, the largest first and of equals the first; the one that asks is the last. */
  #bySize(asking: number): number[] {
    const sizes = this.#workingSets.map(({ length }) => length);
    return [...sizes.keys()].sort(
      (a, b) => Number(a === asking) - Number(b === asking) || sizes[b] - sizes[a] || a - b,
    );
  }

  /** The hand goes round a working set, once at most, until the goal or `floor` is reached. */
  #trimOne(process: number, floor: number): void {
    const { referenced } = this.#frames;
    const set = this.#workingSets[process];
    for (let left = set.length; left > 0 && set.length > floor; left--) {
      if (this.#isGoalMet()) return;
      const frame = set.front;
      set.remove(frame);
      if (referenced[frame] === 1) {
        referenced[frame] = 0;
        set.pushBack(frame);
      } else {
        this.#pager.unmap(frame);
        this.#put(frame, this.#frames.dirty[frame] === 1 ? MODIFIED : STANDBY);
        if (this.#modified.length >= this.#batch) this.#writeModified();
      }
    }
  }

  #isGoalMet(): boolean {
    return this.#available() + this.#modified.length >= this.#watermarks.high;
  }

  #writeModified(): void {
    for (let frame = this.#modified.front; frame !== NONE; frame = this.#modified.front) {
      this.#modified.remove(frame);
      this.#pager.clean(frame);
      this.#put(frame, STANDBY);
    }
  }
}
