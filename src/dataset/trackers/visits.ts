/*
 * How often and how regularly a page is visited. References close to each other are one visit: a
 * new one begins when the page is loaded, or used again after a sixteenth of a memory's worth of
 * faults. Without that, what a loop does within a page hides when it comes back to it (the
 * correlated references of O'Neil, O'Neil & Weikum 1993).
 *
 *   faults      ──────────────────────────────────────►
 *   uses        ▮▮▮▮        ▮▮            ▮▮▮▮▮  now
 *   visits      │◄── gap 2 ──►│◄── gap 1 ──►│
 *
 * Counts decay by halves, each on its own scale. Kept by page, also of ghosts. Per reference: two
 * reads; per visit about ten.
 */
import type { Frame, FrameTable } from '../../engine/frameTable.ts';
import type { Page } from '../../fingerprint/fingerprint.ts';
import type { FeatureContext, Tracker } from '../feature.ts';
import { FaultClock } from './faultClock.ts';
import { Ghosts } from './ghosts.ts';

/** Gaps that are remembered. */
export const GAP_COUNT = 3;
/** What stands for a time that is not known: longer than any that matters. */
export const UNKNOWN_MEMORIES = 64;
/** Half-lives of the counts, in memories' worth of faults, as powers of two. */
const HALF_LIFE_SHIFTS = [0, 2, 4];
export const DECAYED_COUNTS = HALF_LIFE_SHIFTS.length;
/** One visit in the fixed point of the counts. */
const ONE = 256;
/** Of a visit, in parts of a memory. */
const VISITS_PER_MEMORY = 16;

export class Visits implements Tracker {
  readonly #frames: FrameTable;
  readonly #clock: FaultClock;
  readonly #apart: number;
  /** By page: the fault at its last use, and at the start of its last visit. */
  readonly lastUse: Int32Array;
  readonly visitStart: Int32Array;
  /** By GAP_COUNT · page + i, newest first; 0: none. */
  readonly #gaps: Int32Array;
  /** Visits remembered, by page. */
  readonly visits: Uint16Array;
  readonly #decayed: Float64Array;
  readonly #halfLives: readonly number[];
  readonly #seeReturn: ((gap: number) => void)[] = [];
  /** When the counts were last brought up to date, by page. */
  readonly #decayedAt: Int32Array;

  static create(context: FeatureContext): Visits {
    const visits = new Visits(
      context.frames,
      context.pages.kinds.length,
      context.track(FaultClock),
    );
    context.track(Ghosts).onForget((page) => visits.#forget(page));
    return visits;
  }

  constructor(frames: FrameTable, pageCount: number, clock: FaultClock) {
    this.#frames = frames;
    this.#clock = clock;
    this.#apart = Math.max(1, Math.floor(frames.frameCount / VISITS_PER_MEMORY));
    this.lastUse = new Int32Array(pageCount);
    this.visitStart = new Int32Array(pageCount);
    this.#gaps = new Int32Array(GAP_COUNT * pageCount);
    this.visits = new Uint16Array(pageCount);
    this.#decayed = new Float64Array(DECAYED_COUNTS * pageCount);
    this.#decayedAt = new Int32Array(pageCount);
    this.#halfLives = HALF_LIFE_SHIFTS.map((shift) => frames.frameCount * 2 ** shift);
  }

  /** Has `see` called with the gap at each visit of a page that is remembered. */
  onReturn(see: (gap: number) => void): void {
    this.#seeReturn.push(see);
  }

  onLoad(frame: Frame): void {
    this.#visit(this.#frames.pageOf[frame]);
  }

  onReference(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    const { now } = this.#clock;
    if (now - this.lastUse[page] >= this.#apart) this.#visit(page);
    else this.lastUse[page] = now;
  }

  /** Faults between the starts of visits of `page`: the last gap for `i` 0, then older ones. */
  gap(page: Page, i: number): number {
    const gap = this.#gaps[GAP_COUNT * page + i];
    return gap === 0 ? UNKNOWN_MEMORIES * this.#frames.frameCount : gap;
  }

  /** Visits of `page`, older ones counting less; `i` below DECAYED_COUNTS, the longest last. */
  decayed(page: Page, i: number): number {
    const at = DECAYED_COUNTS * page + i;
    return this.#halved(this.#decayed[at], this.#decayedAt[page], i) / ONE;
  }

  /** Halved as often as a half-life has ended since `then`: whole steps, the same everywhere. */
  #halved(count: number, then: number, i: number): number {
    const halfLife = this.#halfLives[i];
    const ended = Math.floor(this.#clock.now / halfLife) - Math.floor(then / halfLife);
    return ended > 30 ? 0 : count / (1 << ended);
  }

  #visit(page: Page): void {
    const { now } = this.#clock;
    const { visits } = this;
    const gaps = this.#gaps;
    if (visits[page] > 0) {
      const first = GAP_COUNT * page;
      for (let i = GAP_COUNT - 1; i > 0; i--) gaps[first + i] = gaps[first + i - 1];
      gaps[first] = Math.max(1, now - this.visitStart[page]);
      for (const see of this.#seeReturn) see(gaps[first]);
    }
    for (let i = 0; i < DECAYED_COUNTS; i++) {
      const at = DECAYED_COUNTS * page + i;
      this.#decayed[at] = this.#halved(this.#decayed[at], this.#decayedAt[page], i) + ONE;
    }
    this.#decayedAt[page] = now;
    this.visitStart[page] = now;
    this.lastUse[page] = now;
    if (visits[page] < 0xffff) visits[page]++;
  }

  #forget(page: Page): void {
    this.visits[page] = 0;
    this.#gaps.fill(0, GAP_COUNT * page, GAP_COUNT * (page + 1));
    this.#decayed.fill(0, DECAYED_COUNTS * page, DECAYED_COUNTS * (page + 1));
  }
}
