/*
 * The leaves of page tables: 64 entries each, all in one column, and how many directories point to
 * each. A directory is one address space's column of leaf numbers, so that a fork copies those
 * numbers and no entries.
 *
 *   directory   [ 0  3  0  1 ]         leaf 0 is everyone's and holds nothing
 *   entries     [ – – – … | a b … | … ]     64 a leaf; NOTHING, or a number of 31 bits
 *   users       [ ∞  1  2  … ]
 *
 * 260 bytes a leaf; what is given back is taken again.
 */
import { assert } from '../support/assert.ts';

export const LEAF_BITS = 6;
export const LEAF_LENGTH = 1 << LEAF_BITS;

/** An entry where nothing is. */
export const NOTHING = -1;

/** The leaf without entries that all directories begin with. */
export const EMPTY_LEAF = 0;

/** Positions in `entries` stay below 2³¹. */
const LEAF_COUNT_MAX = 2 ** (31 - LEAF_BITS);

export class PageTableLeaves {
  /** Leaf l owns `entries[64 · l] … entries[64 · l + 63]`. Replaced when it grows. */
  entries = new Int32Array(64 * LEAF_LENGTH).fill(NOTHING);
  /** Directories that point to each leaf; the empty leaf counts as shared. Replaced as above. */
  users = new Int32Array(64);
  #count = 1;
  readonly #free: number[] = [];

  constructor() {
    this.users[EMPTY_LEAF] = 2;
  }

  /** A leaf without entries, with one user. */
  take(): number {
    if (this.#count === this.users.length && this.#free.length === 0) this.#grow();
    const leaf = this.#free.pop() ?? this.#count++;
    this.users[leaf] = 1;
    return leaf;
  }

  /** Takes back a leaf of one user, who has emptied it. */
  giveBack(leaf: number): void {
    assert(this.users[leaf] === 1, 'a leaf is given back by its last user');
    this.users[leaf] = 0;
    this.#free.push(leaf);
  }

  #grow(): void {
    const count = 2 * this.#count;
    assert(count <= LEAF_COUNT_MAX, 'there are fewer than 2^25 leaves');
    const entries = new Int32Array(count * LEAF_LENGTH).fill(NOTHING, this.#count * LEAF_LENGTH);
    entries.set(this.entries);
    this.entries = entries;
    const users = new Int32Array(count);
    users.set(this.users);
    this.users = users;
  }
}
