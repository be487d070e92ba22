/*
 * When the pages next to a page were last used, resident or not as long as they are remembered:
 * programs walk through their data, so a page is wanted when its neighbours are.
 *
 *   object   … [page − 1] [page] [page + 1] …       by place, found once by sorting
 */
import { NONE } from '../../engine/frameTable.ts';
import { sortByPlace } from '../../engine/pageLine.ts';
import type { Page, PagePlaces } from '../../fingerprint/fingerprint.ts';
import type { FeatureContext } from '../feature.ts';
import { Visits } from './visits.ts';

export class Neighbours {
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #visits: Visits;

  static create(context: FeatureContext): Neighbours {
    return new Neighbours(context.pages.kinds.length, context.pages.places, context.track(Visits));
  }

  constructor(pageCount: number, places: PagePlaces | undefined, visits: Visits) {
    this.#before = new Int32Array(pageCount).fill(NONE);
    this.#after = new Int32Array(pageCount).fill(NONE);
    this.#visits = visits;
    if (places === undefined) return;
    const { objects, indices } = places;
    const order = sortByPlace(places);
    for (let i = 1; i < pageCount; i++) {
      const [low, high] = [order[i - 1], order[i]];
      if (objects[low] !== objects[high] || indices[high] - indices[low] !== 1) continue;
      this.#after[low] = high;
      this.#before[high] = low;
    }
  }

  /** The fault at the last use of either neighbour; −1 when neither is remembered. */
  lastUse(page: Page): number {
    return Math.max(this.#lastUseOf(this.#before[page]), this.#lastUseOf(this.#after[page]));
  }

  #lastUseOf(page: Page): number {
    return page === NONE || this.#visits.visits[page] === 0 ? -1 : this.#visits.lastUse[page];
  }
}
