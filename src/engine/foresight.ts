/*
 * The future of a run whose order moves, foreseen in the order of an earlier one.
 *
 *   order      a₀ b₀ a₁ b₁ a₂        sequence and action name a reference, in whatever order it
 *   position   0  1  2  3  4         comes; its position there stands for the time it is due
 *
 * A page's next use is the first of its references in that order that has not been made, whoever
 * made the others out of turn. A sequence that is late leaves uses that are overdue: their position
 * is below the tick. Where nobody is early or late this is the future itself.
 *
 * With maps pages are named anew in each run, and whether a write copies may differ. A page stands
 * for the one that its last reference meant in the order foreseen, and two pages that stand for one
 * share its uses: no use is expected of both.
 *
 *   foreseen   a writes q, b's page      here   a had to copy: p for a, q for b
 *   uses of q  a₅ b₆ a₇                         p waits for a₅, q for b₆, whoever comes
 *
 * A page read ahead has a next use too: of one that was used, what it waits for; of another page of
 * a file, the first use of what lies there.
 *
 * Threads of one address space differ in one thing more: who reads a page that none of them has
 * written is shown zeros, and makes no reference. Then what lies at the place is what is meant.
 *
 * 22 bytes a reference and 8 a page; a few array accesses a reference.
 */
import type { Page, PagePlaces, Sequence, Tick } from '../fingerprint/fingerprint.ts';
import type { Order } from '../fingerprint/order.ts';
import { InputError } from '../support/assert.ts';
import { NONE } from './frameTable.ts';
import { PlacesOfPages } from './neighbourhood.ts';
import { computeNextUse, type NextUse } from './nextUse.ts';

export interface Foreseeing {
  readonly sequenceCount: number;
  /** Of the run that is to come, which may copy more than was foreseen. */
  readonly pageCountMax: number;
  readonly referenceCountMax: number;
  /** Where its pages come to lie; absent: pages have the numbers they have in the order. */
  readonly places?: PagePlaces | undefined;
}

/** Stands for no next use that is known. */
const UNKNOWN = -1;

export class Foresight {
  /** What a policy sees; `next` and `positions` are known up to the reference being made. */
  readonly nextUse: NextUse;
  readonly #order: Order;
  readonly #places: PagePlaces | undefined;
  readonly #following: Int32Array;
  /** Position of each reference, sequence by sequence. */
  readonly #positionOf: Int32Array;
  /** Where in `#positionOf` the next reference of each sequence is, and where its last one ends. */
  readonly #cursor: Int32Array;
  readonly #end: Int32Array;
  readonly #isMade: Uint8Array;
  /** The first position of each page foreseen not yet made; `referenceCount` if none. */
  readonly #pending: Int32Array;
  readonly #next: Int32Array;
  readonly #positions: Int32Array;
  /** The page of which each use is expected, and the use expected of each page, or UNKNOWN. */
  readonly #pageAt: Uint32Array;
  readonly #isExpected: Uint8Array;
  readonly #expected: Int32Array;
  /** The object foreseen of each object; the first is the first. */
  readonly #objectOf = new Map<number, number>([[0, 0]]);
  #placesForeseen: PlacesOfPages | undefined;

  constructor(order: Order, foreseeing: Foreseeing) {
    const { sequenceCount, pageCountMax, referenceCountMax, places } = foreseeing;
    const { references, sequences } = order;
    const { pages, pageCount } = references;
    const referenceCount = pages.length;
    this.#order = order;
    this.#places = places;
    this.#following = computeNextUse(references).next;
    this.#pending = new Int32Array(pageCount).fill(referenceCount);
    for (let position = referenceCount - 1; position >= 0; position--) {
      this.#pending[pages[position]] = position;
    }
    this.#cursor = new Int32Array(sequenceCount);
    for (const sequence of sequences) this.#cursor[sequence]++;
    for (let sequence = 0, start = 0; sequence < sequenceCount; sequence++) {
      const count = this.#cursor[sequence];
      this.#cursor[sequence] = start;
      start += count;
    }
    this.#positionOf = new Int32Array(referenceCount);
    this.#end = this.#cursor.slice();
    for (let position = 0; position < referenceCount; position++) {
      this.#positionOf[this.#end[sequences[position]]++] = position;
    }
    this.#isMade = new Uint8Array(referenceCount);
    this.#next = new Int32Array(referenceCountMax);
    this.#positions = new Int32Array(referenceCountMax);
    this.#pageAt = new Uint32Array(referenceCount);
    this.#isExpected = new Uint8Array(referenceCount);
    this.#expected = new Int32Array(pageCountMax).fill(UNKNOWN);
    this.nextUse = {
      pages: this.#pageAt,
      next: this.#next,
      referenceCount,
      positions: this.#positions,
      ofPage: (page) => this.#ofPage(page),
    };
  }

  /**
   * The action at `row` of `sequence` refers to `page`, at `tick`; `isSource`: to copy it, and to
   * the copy next.
   */
  make(sequence: Sequence, row: number, isSource: boolean, page: Page, tick: Tick): void {
    const { rows, references } = this.#order;
    const positionOf = this.#positionOf;
    const end = this.#end[sequence];
    let at = this.#cursor[sequence];
    // Reads of zeros that were of a page, where another thread wrote it earlier.
    for (; at < end && rows[positionOf[at]] < row; at++) this.#isMade[positionOf[at]] = 1;
    // The last one of the row is of the page used; one before it, of what was copied.
    let last = at;
    while (last + 1 < end && rows[positionOf[last + 1]] === row) last++;
    const isForeseen = at < end && rows[positionOf[last]] === row;
    const position = isForeseen ? positionOf[isSource ? at : last] : this.nextUse.referenceCount;
    const foreseen = isForeseen ? references.pages[position] : this.#foreseenOf(page);
    if (this.#places === undefined && !(isForeseen && foreseen === page)) {
      throw new InputError(
        `the order foreseen does not fit: page ${page}, used at ${tick}, is not there`,
        'take the order of a run of the same fingerprint',
      );
    }
    if (isForeseen) {
      // A copy that was not foreseen is of a page whose use is still to come.
      const stop = isSource ? Math.max(at, Math.min(at + 1, last)) : last + 1;
      for (; at < stop; at++) this.#isMade[positionOf[at]] = 1;
      if (this.#expected[page] === UNKNOWN) this.#meet(page, foreseen);
    }
    this.#cursor[sequence] = at;
    if (this.#expected[page] !== UNKNOWN) this.#giveUp(page);
    this.#next[tick] = this.#expect(page, foreseen);
    this.#positions[tick] = position;
  }

  /** The page is gone, and what it waited for is another's. */
  drop(page: Page): void {
    if (this.#expected[page] === UNKNOWN) return;
    this.#giveUp(page);
    this.#expected[page] = UNKNOWN;
  }

  /** The next use of a page that is read ahead. */
  #ofPage(page: Page): number {
    if (this.#expected[page] !== UNKNOWN) return this.#expected[page];
    return this.#expect(page, this.#foreseenOf(page));
  }

  /** What lies at the place of a page in the order foreseen; NONE: nothing. */
  #foreseenOf(page: Page): Page {
    if (this.#places === undefined) return page;
    const object = this.#objectOf.get(this.#places.objects[page]);
    if (object === undefined) return NONE;
    this.#placesForeseen ??= new PlacesOfPages(this.#order.references);
    return this.#placesForeseen.find(object, this.#places.indices[page], page);
  }

  /** The first reference to a page shows what its object is in the order foreseen. */
  #meet(page: Page, foreseen: Page): void {
    const { places } = this.#order.references;
    if (this.#places === undefined || places === undefined) return;
    this.#objectOf.set(this.#places.objects[page], places.objects[foreseen]);
  }

  /** From now on `page` waits for the first use of `foreseen` that nobody else waits for. */
  #expect(page: Page, foreseen: Page): number {
    const { referenceCount } = this.nextUse;
    if (foreseen === NONE) {
      this.#expected[page] = referenceCount;
      return referenceCount;
    }
    const isMade = this.#isMade;
    let pending = this.#pending[foreseen];
    while (pending < referenceCount && isMade[pending] === 1) pending = this.#following[pending];
    this.#pending[foreseen] = pending;
    let next = pending;
    while (next < referenceCount && (isMade[next] === 1 || this.#isExpected[next] === 1)) {
      next = this.#following[next];
    }
    this.#expected[page] = next;
    if (next < referenceCount) {
      this.#isExpected[next] = 1;
      this.#pageAt[next] = page;
    }
    return next;
  }

  #giveUp(page: Page): void {
    const position = this.#expected[page];
    if (position < this.nextUse.referenceCount) this.#isExpected[position] = 0;
  }
}
