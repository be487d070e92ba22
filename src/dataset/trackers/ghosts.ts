/*
 * Which pages are remembered after they have left: the newest ones, four for each frame. Trackers
 * keep their history by page, and clear it when the page is forgotten, so that what is known is
 * bounded by the memory, however large the program.
 *
 *   leaves ──► [ newest … oldest ] ──► forgotten       a page that comes back is taken out
 */
import { type Frame, type FrameTable, NONE } from '../../engine/frameTable.ts';
import type { Page } from '../../fingerprint/fingerprint.ts';
import type { FeatureContext, Tracker } from '../feature.ts';

/** Ghosts for each frame. */
export const GHOSTS_PER_FRAME = 4;

export class Ghosts implements Tracker {
  readonly #frames: FrameTable;
  /** The page that left at each place of a ring; NONE where it came back. */
  readonly #ring: Int32Array;
  /** Where a page is in the ring, NONE when it is not. */
  readonly #placeOf: Int32Array;
  #next = 0;
  readonly #forget: ((page: Page) => void)[] = [];

  static create({ frames, pages }: FeatureContext): Ghosts {
    return new Ghosts(frames, pages.kinds.length);
  }

  constructor(frames: FrameTable, pageCount: number) {
    this.#frames = frames;
    this.#ring = new Int32Array(GHOSTS_PER_FRAME * frames.frameCount).fill(NONE);
    this.#placeOf = new Int32Array(pageCount).fill(NONE);
  }

  /** Has `forget` called with each page that is remembered no longer. */
  onForget(forget: (page: Page) => void): void {
    this.#forget.push(forget);
  }

  onLoad(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    const place = this.#placeOf[page];
    if (place === NONE) return;
    this.#ring[place] = NONE;
    this.#placeOf[page] = NONE;
  }

  onFree(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    const oldest = this.#ring[this.#next];
    if (oldest !== NONE) {
      this.#placeOf[oldest] = NONE;
      for (const forget of this.#forget) forget(oldest);
    }
    this.#ring[this.#next] = page;
    this.#placeOf[page] = this.#next;
    this.#next = (this.#next + 1) % this.#ring.length;
  }
}
