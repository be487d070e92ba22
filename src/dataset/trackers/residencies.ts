/** Earlier stays of a page in memory: how many, how long it was away, whether it left dirty. */
import type { Frame, FrameTable } from '../../engine/frameTable.ts';
import type { FeatureContext, Tracker } from '../feature.ts';
import { FaultClock } from './faultClock.ts';
import { Ghosts } from './ghosts.ts';

export class Residencies implements Tracker {
  readonly #frames: FrameTable;
  readonly #clock: FaultClock;
  /** Loads remembered, by page. */
  readonly loads: Uint16Array;
  /** Of these, stays at whose end it was dirty, by page. */
  readonly dirtyEnds: Uint16Array;
  /** The fault at its load, by page. */
  readonly loadedAt: Int32Array;
  readonly #leftAt: Int32Array;
  /** Faults between its last departure and its load, by page; 0: it was not remembered. */
  readonly absence: Int32Array;

  static create(context: FeatureContext): Residencies {
    const pageCount = context.pages.kinds.length;
    const residencies = new Residencies(context.frames, pageCount, context.track(FaultClock));
    context.track(Ghosts).onForget((page) => {
      residencies.loads[page] = 0;
      residencies.dirtyEnds[page] = 0;
    });
    return residencies;
  }

  constructor(frames: FrameTable, pageCount: number, clock: FaultClock) {
    this.#frames = frames;
    this.#clock = clock;
    this.loads = new Uint16Array(pageCount);
    this.dirtyEnds = new Uint16Array(pageCount);
    this.loadedAt = new Int32Array(pageCount);
    this.#leftAt = new Int32Array(pageCount);
    this.absence = new Int32Array(pageCount);
  }

  onLoad(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    const { now } = this.#clock;
    this.loadedAt[page] = now;
    this.absence[page] = this.loads[page] === 0 ? 0 : Math.max(1, now - this.#leftAt[page]);
    if (this.loads[page] < 0xffff) this.loads[page]++;
  }

  onFree(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    this.#leftAt[page] = this.#clock.now;
    if (this.#frames.dirty[frame] === 1 && this.dirtyEnds[page] < this.loads[page]) {
      this.dirtyEnds[page]++;
    }
  }
}
