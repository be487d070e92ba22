/*
 * Swap: which slot holds which page.
 *
 *   slots    [ 7 | 3 | – | 9 | – ]      pages evicted one after the other lie side by side: the
 *                          ▲            search for a free slot goes on where the last one ended
 *
 * A slot belongs to one page, however many map it, from its first page-out until the page is given
 * back, or gives the slot up. Slot 0 is a slot like any other: "none" is −1. Without a limit the
 * space doubles when half of it is in use. 4 bytes a page and a slot.
 */
import { NONE } from '../engine/frameTable.ts';
import { type Neighbourhood, NO_OBJECT } from '../engine/neighbourhood.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';

const SLOT_COUNT_MIN = 1024;

export class SwapSpace implements Neighbourhood {
  readonly #isLimited: boolean;
  readonly #slotOf: Int32Array;
  #pageOf: Int32Array;
  #used = 0;
  #next = 0;

  /** `slotCount` of Infinity: no limit. */
  constructor(slotCount: number, pageCount: number) {
    this.#isLimited = Number.isFinite(slotCount);
    this.#slotOf = new Int32Array(pageCount).fill(NONE);
    this.#pageOf = new Int32Array(this.#isLimited ? slotCount : SLOT_COUNT_MIN).fill(NONE);
  }

  get used(): number {
    return this.#used;
  }

  /** Percent of the slots; without a limit, none. */
  get usedPercent(): number {
    return this.#isLimited ? (100 * this.#used) / this.#pageOf.length : 0;
  }

  /** NONE where the page has none. */
  slotOf(page: Page): number {
    return this.#slotOf[page];
  }

  /** The slot of `page`, a new one if it has none; NONE if swap is full. */
  take(page: Page): number {
    if (this.#slotOf[page] !== NONE) return this.#slotOf[page];
    if (!this.#isLimited && 2 * this.#used >= this.#pageOf.length) this.#grow();
    const slotCount = this.#pageOf.length;
    if (this.#used === slotCount) return NONE;
    let slot = this.#next;
    while (this.#pageOf[slot] !== NONE) slot = slot + 1 === slotCount ? 0 : slot + 1;
    this.#next = slot + 1 === slotCount ? 0 : slot + 1;
    this.#pageOf[slot] = page;
    this.#slotOf[page] = slot;
    this.#used++;
    return slot;
  }

  /** `page` gives its slot up, if it has one. */
  free(page: Page): void {
    const slot = this.#slotOf[page];
    if (slot === NONE) return;
    this.#slotOf[page] = NONE;
    this.#pageOf[slot] = NONE;
    this.#used--;
  }

  objectOf(page: Page): number {
    return this.#slotOf[page] === NONE ? NO_OBJECT : 0;
  }

  indexOf(page: Page): number {
    return this.#slotOf[page];
  }

  beside(page: Page, distance: number): Page {
    const slot = this.#slotOf[page] + distance;
    return slot >= 0 && slot < this.#pageOf.length ? this.#pageOf[slot] : NONE;
  }

  /** The pages that have slots, in order of these. */
  *pages(): Iterable<Page> {
    for (const page of this.#pageOf) if (page !== NONE) yield page;
  }

  /** Recounts; for tests. */
  verify(): void {
    let used = 0;
    for (let slot = 0; slot < this.#pageOf.length; slot++) {
      if (this.#pageOf[slot] === NONE) continue;
      used++;
      assert(this.#slotOf[this.#pageOf[slot]] === slot, 'a slot belongs to the page that has it');
    }
    const owners = this.#slotOf.reduce((sum, slot) => sum + (slot === NONE ? 0 : 1), 0);
    assert(used === this.#used && owners === used, 'as many slots are in use as pages have one');
  }

  #grow(): void {
    const grown = new Int32Array(2 * this.#pageOf.length).fill(NONE);
    grown.set(this.#pageOf);
    this.#pageOf = grown;
  }
}
