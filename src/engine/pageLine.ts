/*
 * All pages on one line, so that neighbours in an object are one apart and no others are.
 *
 *   object    0               1
 *   index     0  1  2     7   4  5
 *   page      c  a  d     b   e  f
 *   place     1  2  3     5   7  8         a page and its copy after a fork share one
 *
 * Where all pages are known it is made by sorting once. Where they come to be known one after the
 * other (an elastic run with maps) each object takes the next stretch of the line when its first
 * page comes, as long as all it may ever hold: what is before what, and what is beside what, is
 * then as it would have been sorted afterwards. O(1) after that; 12 to 16 bytes a page.
 */
import type { Page, PageFacts, PageLine, PagePlaces } from '../fingerprint/fingerprint.ts';
import type { ObjectOrigin } from '../fingerprint/objectPages.ts';
import type { PossiblePlaces, Stretch } from '../fingerprint/possiblePlaces.ts';
import { assert } from '../support/assert.ts';

/** The pages in the order they lie in; of copies that share a place, the older first. */
export function sortByPlace({ objects, indices }: PagePlaces): Uint32Array {
  return Uint32Array.from(objects, (_, page) => page).sort(
    (a, b) => objects[a] - objects[b] || indices[a] - indices[b] || a - b,
  );
}

/** The line of these pages; undefined where nobody knows how they lie. */
export function lineOf({ places, line }: PageFacts): PageLine | undefined {
  return line ?? (places && sortedLine(places));
}

function sortedLine(places: PagePlaces): PageLine {
  const { objects, indices } = places;
  const pages = sortByPlace(places);
  const placeOf = new Int32Array(pages.length);
  let place = 0;
  let objectCount = 0;
  for (let i = 0; i < pages.length; i++) {
    const [page, before] = [pages[i], pages[i - 1]];
    const isSameObject = i > 0 && objects[page] === objects[before];
    if (i === 0) place = 1;
    else place += isSameObject ? Math.min(2, indices[page] - indices[before]) : 2;
    placeOf[page] = place;
    objectCount = Math.max(objectCount, objects[page] + 1);
  }
  return { placeOf, placeCount: place + 1, objectOf: objects, objectCount };
}

/** The line of pages that come to be known. */
export class GrowingLine implements PageLine {
  readonly placeOf: Int32Array;
  readonly placeCount: number;
  readonly objectOf: Uint32Array;
  readonly objectCount: number;
  readonly #possible: PossiblePlaces;
  /** Of each object that has come. */
  readonly #stretches: Stretch[] = [];
  readonly #firstPlaces: number[] = [];
  #next = 1;

  /** `objects` is filled by who creates the pages. */
  constructor(possible: PossiblePlaces, { objects }: PagePlaces) {
    this.#possible = possible;
    this.objectOf = objects;
    this.placeOf = new Int32Array(objects.length);
    this.placeCount = possible.lineLength + 1;
    // There is no object without a page.
    this.objectCount = objects.length;
  }

  addObject(object: number, origin: ObjectOrigin): void {
    assert(object === this.#stretches.length, 'objects are numbered as they come');
    const stretch = this.#possible.of(origin);
    assert(stretch !== undefined, 'what comes to be was possible');
    this.#stretches.push(stretch);
    this.#firstPlaces.push(this.#next);
    this.#next += stretch.offsets[stretch.offsets.length - 1] + 2;
    assert(this.#next <= this.placeCount + 1, 'the line is long enough');
  }

  addPage(page: Page, object: number, index: number): void {
    const at = this.#find(object, index);
    assert(at >= 0, 'a page comes to where it may be');
    this.placeOf[page] = this.#firstPlaces[object] + this.#stretches[object].offsets[at];
  }

  /** Whether a page may come to be there. */
  has(object: number, index: number): boolean {
    return this.#find(object, index) >= 0;
  }

  #find(object: number, index: number): number {
    const { indices } = this.#stretches[object];
    let low = 0;
    let high = indices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (indices[middle] < index) low = middle + 1;
      else high = middle;
    }
    return indices[low] === index ? low : -1;
  }
}
