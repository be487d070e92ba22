/*
 * Which kinds of pages come back: pages loaded by the same instruction, in the same neighbourhood,
 * or of the same kind fare alike. For each group of pages the share of departures that were soon
 * regretted, that is, of pages loaded again while they were ghosts.
 *
 *   group of the load ──► departed + 1 at each departure, returned + 1 at each return
 *   share = (returned + 1) ÷ (departed + 2), both halved when `departed` is full
 *
 * As in Hawkeye (Jain & Lin 2016) the past of a group stands in for the future of a page. Groups
 * are hashed into a fixed table; two that meet there share their fate.
 */
import { type Frame, type FrameTable, NONE } from '../../engine/frameTable.ts';
import type { FeatureContext, Tracker, TrackerKind } from '../feature.ts';
import { Ghosts } from './ghosts.ts';

const TABLE_BITS = 12;
const DEPARTED_MAX = 64;

/** The group of the page in a frame at its load, any whole number below 2³². */
type GroupOf = (frame: Frame, tick: number) => number;

export class ReuseRates implements Tracker {
  readonly #frames: FrameTable;
  readonly #groupAtLoad: GroupOf;
  readonly #departed = new Uint16Array(1 << TABLE_BITS);
  readonly #returned = new Uint16Array(1 << TABLE_BITS);
  /** The row of the table of each page, also of ghosts; NONE for others. */
  readonly #rowOf: Int32Array;

  constructor(context: FeatureContext, groupAtLoad: GroupOf) {
    this.#frames = context.frames;
    this.#groupAtLoad = groupAtLoad;
    this.#rowOf = new Int32Array(context.pages.kinds.length).fill(NONE);
    context.track(Ghosts).onForget((page) => {
      this.#rowOf[page] = NONE;
    });
  }

  onLoad(frame: Frame, tick: number): void {
    const page = this.#frames.pageOf[frame];
    const ghost = this.#rowOf[page];
    if (ghost !== NONE) this.#returned[ghost]++;
    // Fibonacci hashing: the top bits of a product by 2³² ÷ the golden ratio.
    const group = this.#groupAtLoad(frame, tick);
    this.#rowOf[page] = Math.imul(group, 0x9e3779b1) >>> (32 - TABLE_BITS);
  }

  onFree(frame: Frame): void {
    const row = this.#rowOf[this.#frames.pageOf[frame]];
    if (++this.#departed[row] < DEPARTED_MAX) return;
    this.#departed[row] >>>= 1;
    this.#returned[row] >>>= 1;
  }

  /** Of departures from its group, the share that came back. */
  share(frame: Frame): number {
    const row = this.#rowOf[this.#frames.pageOf[frame]];
    return Math.min(1, (this.#returned[row] + 1) / (this.#departed[row] + 2));
  }
}

/** Pages of one stretch of 32 in the same object. */
export const regionRates: TrackerKind<ReuseRates> = {
  create(context) {
    const { places } = context.pages;
    const { pageOf } = context.frames;
    return new ReuseRates(context, (frame) => {
      const page = pageOf[frame];
      if (places === undefined) return page >>> 5;
      return Math.imul(places.objects[page], 0x85ebca6b) + Math.floor(places.indices[page] / 32);
    });
  },
};

/** Pages loaded by the same instruction; where that is not known, by the same sequence. */
export const signatureRates: TrackerKind<ReuseRates> = {
  create(context) {
    return new ReuseRates(
      context,
      (_frame, tick) => context.signatureAt(tick) || context.sequenceAt(tick) + 1,
    );
  },
};

/** Pages of the same kind and use: anonymous or of a file, code, data, heap or stack. */
export const kindRates: TrackerKind<ReuseRates> = {
  create(context) {
    const { kinds, uses } = context.pages;
    const { pageOf } = context.frames;
    return new ReuseRates(context, (frame) => {
      const page = pageOf[frame];
      return 8 * kinds[page] + (uses?.[page] ?? 0);
    });
  },
};
