/*
 * Pages by the place they lie at: an object and an index in it.
 *
 *   object   0          1       2
 *   index    0 1 2 7    4 5     0 0 1
 *   page     c a d b    e f     g h i        sorted once, by object and index
 *
 * Any place is found by halving: no table by place, for a 64-bit address space has holes. 4 bytes
 * a page.
 *
 * Two pages share a place when one is the other's copy after a fork. Of several, the one nearest in
 * number to the page that asks is meant: copies are numbered as they are made, so that those of one
 * process lie closer to each other than to those of its parent.
 */
import type { Page, PageFacts } from '../fingerprint/fingerprint.ts';
import { NONE } from './frameTable.ts';
import { sortByPlace } from './pageLine.ts';

/** An object to which no page belongs: the page has no place. */
export const NO_OBJECT = -1;

export interface Neighbourhood {
  /** Or NO_OBJECT. */
  objectOf(page: Page): number;
  /** In pages; nothing where the page has no place. */
  indexOf(page: Page): number;
  /** The page `distance` (of either sign) indices from `page`; NONE if nobody ever uses one there. */
  beside(page: Page, distance: number): Page;
}

/** Where pages lie for good: by virtual address, or by offset in a file. */
export interface Places extends Neighbourhood {
  /** The page at a place, of several the nearest to `asking` in number; NONE if there is none. */
  find(object: number, index: number, asking: Page): Page;
}

/** The places of all pages of a reference string, known beforehand. */
export class PlacesOfPages implements Places {
  readonly #objects: Uint32Array | undefined;
  readonly #indices: Float64Array | undefined;
  readonly #pageCount: number;
  /** Absent where a page's number is its index. */
  readonly #order: Uint32Array | undefined;

  constructor({ places, kinds }: PageFacts) {
    this.#pageCount = kinds.length;
    if (places === undefined) return;
    this.#objects = places.objects;
    this.#indices = places.indices;
    this.#order = sortByPlace(places);
  }

  objectOf(page: Page): number {
    return this.#objects === undefined ? 0 : this.#objects[page];
  }

  indexOf(page: Page): number {
    return this.#indices === undefined ? page : this.#indices[page];
  }

  beside(page: Page, distance: number): Page {
    const index = this.indexOf(page) + distance;
    if (this.#order === undefined) return index >= 0 && index < this.#pageCount ? index : NONE;
    return this.find(this.objectOf(page), index, page);
  }

  find(object: number, index: number, asking: Page): Page {
    const order = this.#order;
    if (order === undefined) {
      return object === 0 && index >= 0 && index < this.#pageCount ? index : NONE;
    }
    let found = NONE;
    for (let i = this.#firstAt(order, object, index); i < order.length; i++) {
      const page = order[i];
      if (this.objectOf(page) !== object || this.indexOf(page) !== index) break;
      if (found === NONE || Math.abs(page - asking) < Math.abs(found - asking)) found = page;
    }
    return found;
  }

  /** Where in `order` the first page stands that does not come before the place. */
  #firstAt(order: Uint32Array, object: number, index: number): number {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const page = order[middle];
      const ahead = this.objectOf(page) - object || this.indexOf(page) - index;
      if (ahead < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
