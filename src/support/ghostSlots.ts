/*
 * Numbers for pages that are remembered though they are not resident, so that lists which hold
 * frames and ghosts are as long as memory is, and not as the pages that there are.
 *
 *   0 … first − 1   frames        first … first + count − 1   slots, each a page's or unused
 *
 * What is sorted at every reference then lies close together, worth up to a half to
 * CLOCK-Pro (policies/README.md). 4 bytes a page and 8 a slot.
 */
import { assert } from './assert.ts';

/** The slot of a page that has none. */
export const NO_SLOT = -1;

export class GhostSlots {
  readonly #first: number;
  /** By page. */
  readonly #slotOf: Int32Array;
  /** By slot less `first`. */
  readonly #pageOf: Int32Array;
  readonly #unused: Int32Array;
  #unusedCount: number;

  constructor(pageCount: number, first: number, count: number) {
    this.#first = first;
    this.#slotOf = new Int32Array(pageCount).fill(NO_SLOT);
    this.#pageOf = new Int32Array(count);
    this.#unused = new Int32Array(count);
    for (let i = 0; i < count; i++) this.#unused[i] = first + i;
    this.#unusedCount = count;
  }

  /** The slot of a page, or NO_SLOT. */
  of(page: number): number {
    return this.#slotOf[page];
  }

  /** A slot for a page that has none. */
  take(page: number): number {
    assert(this.#unusedCount > 0, 'ghosts are not more than their slots');
    const slot = this.#unused[--this.#unusedCount];
    this.#slotOf[page] = slot;
    this.#pageOf[slot - this.#first] = page;
    return slot;
  }

  release(slot: number): void {
    this.#slotOf[this.#pageOf[slot - this.#first]] = NO_SLOT;
    this.#unused[this.#unusedCount++] = slot;
  }
}
