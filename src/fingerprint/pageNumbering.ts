/*
 * 64-bit page numbers → dense pages 0, 1, 2 … in order of first appearance.
 *
 *   slots   [ – | 4 | – | 0 | 2 | … ]      hash of (high, low) → page + 1, linear probing
 *   highs   [ h₀ h₁ h₂ … ]                 what each page stands for, by page
 *   lows    [ l₀ l₁ l₂ … ]
 *
 * A page number comes as two halves of 32 bits, so that no reference costs a bigint. At most half
 * of the slots are taken: 16 bytes a page and up.
 */
import { assert } from '../support/assert.ts';
import type { Page } from './fingerprint.ts';

/** Dense pages fit the engine's Int32Arrays. */
const PAGE_COUNT_MAX = 2 ** 29;

export class PageNumbering {
  #count = 0;
  #slots = new Int32Array(1024);
  #highs = new Uint32Array(512);
  #lows = new Uint32Array(512);

  /** How many different page numbers were seen. */
  get count(): number {
    return this.#count;
  }

  /** The dense page of the page number `high · 2³² + low`, a new one at its first appearance. */
  pageOf(high: number, low: number): Page {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash(high, low) & mask;
    for (;;) {
      const page = slots[slot] - 1;
      if (page < 0) break;
      if (this.#lows[page] === low && this.#highs[page] === high) return page;
      slot = (slot + 1) & mask;
    }
    return this.#append(high, low, slot);
  }

  /** The page number of each dense page. */
  pageNumbers(): BigUint64Array {
    const numbers = new BigUint64Array(this.#count);
    for (let page = 0; page < this.#count; page++) {
      numbers[page] = (BigInt(this.#highs[page]) << 32n) | BigInt(this.#lows[page]);
    }
    return numbers;
  }

  #append(high: number, low: number, slot: number): Page {
    assert(high >>> 0 === high && low >>> 0 === low, 'halves of a page number have 32 bits');
    const page = this.#count++;
    this.#highs[page] = high;
    this.#lows[page] = low;
    this.#slots[slot] = page + 1;
    if (this.#count === this.#highs.length) this.#grow();
    return page;
  }

  #grow(): void {
    const pageCountMax = this.#count * 2;
    assert(pageCountMax <= PAGE_COUNT_MAX, 'a fingerprint has fewer than 2^29 pages');
    const highs = new Uint32Array(pageCountMax);
    const lows = new Uint32Array(pageCountMax);
    highs.set(this.#highs);
    lows.set(this.#lows);
    const slots = new Int32Array(pageCountMax * 2);
    const mask = slots.length - 1;
    for (let page = 0; page < this.#count; page++) {
      let slot = hash(highs[page], lows[page]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = page + 1;
    }
    this.#highs = highs;
    this.#lows = lows;
    this.#slots = slots;
  }
}

/** Mixes 64 bits into 32: the finisher of MurmurHash3 (Appleby 2011, public domain). */
function hash(high: number, low: number): number {
  let h = low ^ Math.imul(high, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
