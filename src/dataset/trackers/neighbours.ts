/*
 * When the pages next to a page were last used, resident or not as long as they are remembered:
 * programs walk through their data, so a page is wanted when its neighbours are.
 *
 *   object   … [page − 1] [page] [page + 1] …
 *
 * Each page is put between its neighbours when it is loaded first, for before that nobody knows
 * that it will be. Of a page and its copies, at one place, the oldest is next to the page before,
 * the youngest to the page behind.
 */
import { type Frame, NONE } from '../../engine/frameTable.ts';
import { lineOf } from '../../engine/pageLine.ts';
import type { Page, PageFacts, PageLine } from '../../fingerprint/fingerprint.ts';
import type { FeatureContext, Tracker } from '../feature.ts';
import { Visits } from './visits.ts';

export class Neighbours implements Tracker {
  readonly #pageOf: Int32Array;
  readonly #line: PageLine | undefined;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  /** By place: the oldest and the youngest page there. */
  readonly #oldest: Int32Array;
  readonly #youngest: Int32Array;
  readonly #visits: Visits;

  static create(context: FeatureContext): Neighbours {
    const { pages, frames } = context;
    return new Neighbours(pages, frames.pageOf, context.track(Visits));
  }

  constructor(pages: PageFacts, pageOf: Int32Array, visits: Visits) {
    const pageCount = pages.kinds.length;
    const line = lineOf(pages);
    const placeCount = line === undefined ? 0 : line.placeCount + 1;
    this.#pageOf = pageOf;
    this.#line = line;
    this.#before = new Int32Array(pageCount).fill(NONE);
    this.#after = new Int32Array(pageCount).fill(NONE);
    this.#oldest = new Int32Array(placeCount).fill(NONE);
    this.#youngest = new Int32Array(placeCount).fill(NONE);
    this.#visits = visits;
  }

  onLoad(frame: Frame): void {
    if (this.#line === undefined) return;
    const page = this.#pageOf[frame];
    const place = this.#line.placeOf[page];
    const youngest = this.#youngest[place];
    // Copies are numbered, and loaded, as they are made.
    if (youngest >= page) return;
    this.#youngest[place] = page;
    if (youngest === NONE) {
      this.#oldest[place] = page;
      this.#link(this.#youngest[place - 1], page);
    } else this.#after[youngest] = NONE;
    this.#link(page, this.#oldest[place + 1]);
  }

  /** The fault at the last use of either neighbour; −1 when neither is remembered. */
  lastUse(page: Page): number {
    return Math.max(this.#lastUseOf(this.#before[page]), this.#lastUseOf(this.#after[page]));
  }

  /** Either may be NONE. */
  #link(low: Page, high: Page): void {
    if (low === NONE || high === NONE) return;
    this.#after[low] = high;
    this.#before[high] = low;
  }

  #lastUseOf(page: Page): number {
    return page === NONE || this.#visits.visits[page] === 0 ? -1 : this.#visits.lastUse[page];
  }
}
