/*
 * A set of positions 0 … size − 1 with find-max and find-next, as a tree of 32-bit words: bit i of
 * a level says that word i of the level below is not empty.
 *
 *   level 2                 [..........1]            one word
 *   level 1          [...1......1.......][...]
 *   level 0   [..1...][.......] … [.1..1.]           one bit a position
 *
 * Insert, remove, max and next walk at most log₃₂(size) words (six for 2³⁰ positions); a bit a
 * position and a 31st more. No comparisons, no allocation after the constructor.
 */
import { assert } from './assert.ts';

export class PositionSet {
  readonly #levels: Uint32Array[] = [];
  readonly size: number;

  constructor(size: number) {
    assert(size >= 1 && size < 2 ** 31, 'a position set holds 1 to 2^31 - 1 positions');
    this.size = size;
    let words = size;
    do {
      words = Math.ceil(words / 32);
      this.#levels.push(new Uint32Array(words));
    } while (words > 1);
  }

  insert(position: number): void {
    const levels = this.#levels;
    for (let level = 0; level < levels.length; level++) {
      const word = position >>> 5;
      const before = levels[level][word];
      levels[level][word] = before | (1 << (position & 31));
      if (before !== 0) return;
      position = word;
    }
  }

  remove(position: number): void {
    const levels = this.#levels;
    for (let level = 0; level < levels.length; level++) {
      const word = position >>> 5;
      levels[level][word] &= ~(1 << (position & 31));
      if (levels[level][word] !== 0) return;
      position = word;
    }
  }

  has(position: number): boolean {
    return ((this.#levels[0][position >>> 5] >>> (position & 31)) & 1) === 1;
  }

  /** The greatest position in the set, −1 when it is empty. */
  max(): number {
    const levels = this.#levels;
    const top = levels.length - 1;
    if (levels[top][0] === 0) return -1;
    let position = 0;
    for (let level = top; level >= 0; level--) {
      position = position * 32 + 31 - Math.clz32(levels[level][position]);
    }
    return position;
  }

  /** The least position in the set that is `from` or above, −1 when there is none. */
  next(from: number): number {
    const levels = this.#levels;
    let position = from;
    for (let level = 0; level < levels.length; level++) {
      const word = position >>> 5;
      if (word >= levels[level].length) return -1;
      const rest = levels[level][word] & (-1 << (position & 31));
      if (rest !== 0) return this.#least(level, word * 32 + lowestBit(rest));
      position = word + 1;
    }
    return -1;
  }

  /** The least position below what bit `position` of `level` stands for. */
  #least(level: number, position: number): number {
    for (let below = level - 1; below >= 0; below--) {
      position = position * 32 + lowestBit(this.#levels[below][position]);
    }
    return position;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
