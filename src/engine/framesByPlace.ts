/*
 * The frames by the place of the page in them, for policies that look beside a page.
 *
 *   place    5      6      7        first[place]: the frame of the oldest page there, and from it
 *   frame    3      0 ─► 4  –       a list of its copies after forks, nearly always empty
 *
 * O(1), but for copies. 4 bytes a place and 8 a frame.
 */
import type { PageLine } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { type Frame, type FrameTable, NONE } from './frameTable.ts';

export class FramesByPlace {
  /** More than any place. */
  readonly placeCount: number;
  /** By page; undefined: each lies at its number plus 1. */
  readonly #placeOf: Int32Array | undefined;
  /** By frame: where the page lies that was added. */
  readonly #placeIn: Int32Array;
  readonly #pageOf: Int32Array;
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(
    { placeOf, placeCount }: Pick<PageLine, 'placeCount'> & Partial<Pick<PageLine, 'placeOf'>>,
    { pageOf, frameCount }: FrameTable,
  ) {
    this.placeCount = placeCount;
    this.#placeOf = placeOf;
    this.#placeIn = new Int32Array(frameCount);
    this.#pageOf = pageOf;
    // Who looks beside the last place finds nothing.
    this.#first = new Int32Array(placeCount + 1).fill(NONE);
    this.#next = new Int32Array(frameCount).fill(NONE);
  }

  /** Of the page in `frame`, which was added. */
  placeOf(frame: Frame): number {
    return this.#placeIn[frame];
  }

  /** The first frame with a page that lies at `place`, up to `placeCount`; or NONE. */
  at(place: number): Frame {
    return this.#first[place];
  }

  /** The next one at the same place, or NONE. */
  after(frame: Frame): Frame {
    return this.#next[frame];
  }

  add(frame: Frame): void {
    const page = this.#pageOf[frame];
    const place = this.#placeOf === undefined ? page + 1 : this.#placeOf[page];
    this.#placeIn[frame] = place;
    let before = NONE;
    let after = this.#first[place];
    while (after !== NONE && this.#pageOf[after] < page) {
      before = after;
      after = this.#next[after];
    }
    this.#next[frame] = after;
    if (before === NONE) this.#first[place] = frame;
    else this.#next[before] = frame;
  }

  remove(frame: Frame): void {
    const place = this.placeOf(frame);
    let at = this.#first[place];
    if (at === frame) this.#first[place] = this.#next[frame];
    else {
      while (at !== NONE && this.#next[at] !== frame) at = this.#next[at];
      assert(at !== NONE, 'who leaves was added');
      this.#next[at] = this.#next[frame];
    }
    this.#next[frame] = NONE;
  }
}
