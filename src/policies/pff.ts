/*
 * PFF, page fault frequency: a process that faults often is given frames, one that faults seldom
 * loses those it has not used since its last fault.          (Chu & Opderbeck, AFIPS 1972)
 *
 *   faults of a process    │   │ │      │                    its time, in references
 *   less than T since      ·   + +      −                    + one frame more; − what was not used
 *                                                            since the fault before leaves first
 *
 * Where memory is full, the page not used for the longest time leaves, whosever it is.
 *
 * Per reference: a move to the front of a list. Per fault: nothing, or the pages from the back of
 * the list that were last used before the process's last fault. Metadata: 12 bytes a frame.
 * Differs from the source: `used since the last fault` is told by the time of the last use, not by
 * bits that each fault clears, a walk through all pages of the process; the answer is the same. A
 * page belongs to whoever brought it in, and a fault is any load, zero-filling too.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import { VirtualTime } from '../engine/virtualTime.ts';
import type { Sequence, Tick } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';
import { LEAVING_TAU, type TauOptions, tauOption } from './variableSpace/tauOption.ts';

export const policy = definePolicy({
  id: 'pff',
  title: 'Page fault frequency',
  source: 'Chu & Opderbeck, AFIPS 1972',
  observes: 'every-reference',
  usesPager: true,
  cost: {
    bytesPerFrame: 12,
    perReference: 'one move in a list, or a bit, set by hardware',
    perEviction: 'one link',
  },
  defaults: { tau: -1, perFrame: LEAVING_TAU },
  create: (context, options) => new Pff(context, options),
});

/** The last fault of a process: in its own time, and in that of the machine. */
interface LastFault {
  own: number;
  tick: Tick;
}

class Pff implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #time: VirtualTime;
  readonly #tau: number;
  readonly #owner: Int32Array;
  /** Front: used last. */
  readonly #recency: FrameList;
  readonly #lastFault = new Map<Sequence, LastFault>();

  constructor(context: PolicyContext, options: TauOptions) {
    this.#frames = context.frames;
    this.#pager = context.pager;
    this.#time = new VirtualTime(context);
    this.#tau = tauOption(options, context.frames.frameCount, 1);
    this.#owner = new Int32Array(context.frames.frameCount);
    this.#recency = new FrameList(context.frames.frameCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#recency.pushFront(frame);
    const owner = this.#time.advance(tick);
    this.#owner[frame] = owner;
    // A page read ahead is no fault.
    if (this.#frames.ahead[frame] === 1) return;
    const now = this.#time.of(owner);
    const last = this.#lastFault.get(owner);
    if (last === undefined) {
      this.#lastFault.set(owner, { own: now, tick });
      return;
    }
    if (now - last.own >= this.#tau) this.#shrink(owner, last.tick, tick);
    last.own = now;
    last.tick = tick;
  }

  onReference(frame: Frame): void {
    this.#recency.moveToFront(frame);
  }

  chooseVictim(): Frame {
    return this.#recency.back;
  }

  onFree(frame: Frame): void {
    this.#recency.remove(frame);
  }

  onInterval(): void {}

  /** What `owner` has not used since its fault at `since` leaves. */
  #shrink(owner: Sequence, since: Tick, tick: Tick): void {
    const recency = this.#recency;
    const { lastUsedAt } = this.#frames;
    let frame = recency.previous(recency.sentinel);
    while (frame !== recency.sentinel && lastUsedAt[frame] < since) {
      const newer = recency.previous(frame);
      if (this.#owner[frame] === owner) this.#pager.evict(frame, tick);
      frame = newer;
    }
  }
}
