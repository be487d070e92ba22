/*
 * How often things were counted lately, in little memory: a count-min sketch that forgets.
 *                             (Cormode & Muthukrishnan 2005; TinyLFU, Einziger et al. 2017)
 *
 *   row 0  [ 0 | 3 | 1 | … ]     a number has one counter in each of four rows, found by hashing;
 *   row 1  [ 2 | 0 | 4 | … ]     its frequency is the least of the four, too large only where
 *   row 2  [ 1 | 1 | 0 | … ]     other numbers share all of its counters
 *   row 3  [ 0 | 5 | 2 | … ]
 *
 * A counter goes up to 15. After a sample of additions all counters are halved. Kept as bytes for
 * speed; nibbles would do.
 */
import { assert } from './assert.ts';

const ROWS = 4;
const COUNT_MAX = 15;
/** Odd, and unlike each other: the rows' hashes. From the digits of the golden ratio and of π. */
const MULTIPLIERS = [0x9e3779b1, 0x85a308d3, 0x13198a2f, 0xa4093823] as const;

export class FrequencySketch {
  readonly #counters: Uint8Array;
  readonly #rowBits: number;
  readonly #sampleSize: number;
  #additions = 0;

  /** For about `capacity` numbers of interest; `sampleSize` additions between two halvings. */
  constructor(capacity: number, sampleSize: number) {
    assert(sampleSize >= 1, 'a sample has an addition');
    // Four counters for each number in each row, as a power of two.
    this.#rowBits = Math.ceil(Math.log2(capacity)) + 2;
    this.#counters = new Uint8Array(ROWS << this.#rowBits);
    this.#sampleSize = sampleSize;
  }

  add(item: number): void {
    for (let row = 0; row < ROWS; row++) {
      const place = this.#place(item, row);
      if (this.#counters[place] < COUNT_MAX) this.#counters[place]++;
    }
    if (++this.#additions >= this.#sampleSize) this.#halve();
  }

  frequency(item: number): number {
    let least = COUNT_MAX;
    for (let row = 0; row < ROWS; row++) {
      const count = this.#counters[this.#place(item, row)];
      if (count < least) least = count;
    }
    return least;
  }

  /** The upper bits of a product depend on all bits of the number. */
  #place(item: number, row: number): number {
    const hash = Math.imul(item + 1, MULTIPLIERS[row]) >>> (32 - this.#rowBits);
    return (row << this.#rowBits) + hash;
  }

  #halve(): void {
    const counters = this.#counters;
    for (let i = 0; i < counters.length; i++) counters[i] >>>= 1;
    this.#additions >>>= 1;
  }
}
