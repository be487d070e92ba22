/*
 * The only source of randomness: xoshiro128** (Blackman & Vigna 2018), seeded through splitmix32,
 * integer arithmetic only, so that every machine draws the same numbers.
 */
import { assert } from './assert.ts';

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** `seed`: an integer of up to 53 bits. */
  constructor(seed: number) {
    assert(Number.isSafeInteger(seed), 'a seed is a safe integer');
    let state = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
    const splitmix = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.#a = splitmix();
    this.#b = splitmix();
    this.#c = splitmix();
    this.#d = splitmix() | 1;
  }

  /** One that will draw what this one would from now on, and leaves this one alone. */
  copy(): Random {
    const copy = new Random(0);
    copy.#a = this.#a;
    copy.#b = this.#b;
    copy.#c = this.#c;
    copy.#d = this.#d;
    return copy;
  }

  /** A uniform integer in [0, 2³²). */
  next(): number {
    const scrambled = Math.imul(this.#b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** A uniform integer in [0, bound), without the bias of a remainder; 1 ≤ bound ≤ 2³². */
  below(bound: number): number {
    assert(bound >= 1 && bound <= 2 ** 32, 'a bound is between 1 and 2^32');
    // Multiples of the bound that all of its remainders follow are not above.
    const start = 2 ** 32 - bound;
    for (;;) {
      const draw = this.next();
      // Said to be whole numbers: a processor divides those in a third of the time of doubles.
      const rest = bound === 2 ** 32 ? draw : (draw % (bound >>> 0)) >>> 0;
      if (draw - rest <= start) return rest;
    }
  }

  /** A uniform number in [0, 1) of 32 random bits. */
  unit(): number {
    return this.next() / 2 ** 32;
  }
}
