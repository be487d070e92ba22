/*
 * Working set: a page stays as long as its process has used it within its last τ references.
 *                                                                     (Denning, CACM 1968)
 *
 *   process a   x y x z z │ y          τ = 3: with the next reference, to y, x leaves
 *   its list    z y x                  by last use; what is too old is at the back
 *
 * Memory is given and taken by need: with frames enough it is the working sets that are resident,
 * and nothing else. Where they do not fit, the page not used for the longest time leaves, whosever
 * it is.
 *
 * Per reference: a move to the front of two lists, and a look at the back of one. Per eviction: a
 * few links. Metadata: 28 bytes a frame.
 * Differs from the source: time is in references. A page that several processes use belongs to the
 * one that used it last. No process is suspended when the sets do not fit.
 */
import type { Frame } from '../engine/frameTable.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import { VirtualTime } from '../engine/virtualTime.ts';
import type { Sequence, Tick } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';
import { OwnerLists } from './variableSpace/ownerLists.ts';
import { LEAVING_TAU, type TauOptions, tauOption } from './variableSpace/tauOption.ts';

export const policy = definePolicy({
  id: 'working-set',
  title: 'Working set',
  source: 'Denning, CACM 1968',
  observes: 'every-reference',
  readsHistory: false,
  usesPager: true,
  cost: {
    bytesPerFrame: 24,
    perReference: 'a move to the front of two lists',
    perEviction: 'a few links',
  },
  defaults: { tau: -1, perFrame: LEAVING_TAU },
  create: (context, options) => new WorkingSet(context, options),
});

class WorkingSet implements ReplacementPolicy {
  readonly #pager: Pager;
  readonly #time: VirtualTime;
  readonly #tau: number;
  /** Front: used last. */
  readonly #recency: FrameList;
  readonly #owned: OwnerLists;
  /** In its owner's time. */
  readonly #lastUse: Int32Array;

  constructor(context: PolicyContext, options: TauOptions) {
    const { frameCount } = context.frames;
    this.#pager = context.pager;
    this.#time = new VirtualTime(context);
    this.#tau = tauOption(options, frameCount, 1);
    this.#recency = new FrameList(frameCount);
    this.#owned = new OwnerLists(frameCount);
    this.#lastUse = new Int32Array(frameCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#recency.pushFront(frame);
    this.#use(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#recency.moveToFront(frame);
    this.#owned.remove(frame);
    this.#use(frame, tick);
  }

  chooseVictim(): Frame {
    return this.#recency.back;
  }

  onFree(frame: Frame): void {
    this.#recency.remove(frame);
    this.#owned.remove(frame);
  }

  onInterval(): void {}

  #use(frame: Frame, tick: Tick): void {
    const owner = this.#time.advance(tick);
    const now = this.#time.of(owner);
    this.#lastUse[frame] = now;
    this.#owned.pushFront(frame, owner);
    this.#trim(owner, now, tick);
  }

  /** What `owner` has not used within its last τ references leaves. */
  #trim(owner: Sequence, now: number, tick: Tick): void {
    for (;;) {
      const oldest = this.#owned.back(owner);
      if (now - this.#lastUse[oldest] < this.#tau) return;
      this.#pager.evict(oldest, tick);
    }
  }
}
