/*
 * The page table of one process: entries by position, in leaves of 64 that are made when they are
 * needed.
 *
 *   entry   page    what is there: an object page, ZERO (the page of zeros in common), or ABSENT
 *           stamp   it is present while this is the generation of the page, which an eviction ends
 *           flags   WRITABLE: a write goes to the page itself
 *
 * So a page that leaves memory is unmapped everywhere at once, and no list of its entries is kept.
 * 9 bytes an entry. A fork copies leaves, as kernels do.
 */

export const LEAF_BITS = 6;
export const LEAF_LENGTH = 1 << LEAF_BITS;

export const ABSENT = -1;
export const ZERO = -2;

export const WRITABLE = 1;

/** No generation: the entry is not present. */
export const NOT_PRESENT = -1;

export class Leaf {
  readonly pages: Int32Array;
  readonly stamps: Int32Array;
  readonly flags: Uint8Array;
  /** 1 where the entry pins its page; absent until one does. A fork pins nothing. */
  pinned: Uint8Array | undefined;

  constructor(copied?: Leaf) {
    this.pages = copied?.pages.slice() ?? new Int32Array(LEAF_LENGTH).fill(ABSENT);
    this.stamps = copied?.stamps.slice() ?? new Int32Array(LEAF_LENGTH).fill(NOT_PRESENT);
    this.flags = copied?.flags.slice() ?? new Uint8Array(LEAF_LENGTH);
  }

  clear(at: number): void {
    this.pages[at] = ABSENT;
    this.stamps[at] = NOT_PRESENT;
    this.flags[at] = 0;
  }
}

export class PageTable {
  readonly leaves: (Leaf | undefined)[];

  constructor(positionCount: number) {
    this.leaves = Array.from({ length: Math.ceil(positionCount / LEAF_LENGTH) }, () => undefined);
  }

  /** The leaf of `position`, made if it is not there. */
  leafAt(position: number): Leaf {
    const slot = position >>> LEAF_BITS;
    let leaf = this.leaves[slot];
    if (leaf === undefined) {
      leaf = new Leaf();
      this.leaves[slot] = leaf;
    }
    return leaf;
  }

  /** Calls `visit` for each entry of [start, end) that is not ABSENT. */
  forEach(start: number, end: number, visit: (leaf: Leaf, at: number, position: number) => void) {
    for (let slot = start >>> LEAF_BITS; slot << LEAF_BITS < end; slot++) {
      const leaf = this.leaves[slot];
      if (leaf === undefined) continue;
      const first = Math.max(0, start - slot * LEAF_LENGTH);
      const last = Math.min(LEAF_LENGTH, end - slot * LEAF_LENGTH);
      for (let at = first; at < last; at++) {
        if (leaf.pages[at] !== ABSENT) visit(leaf, at, slot * LEAF_LENGTH + at);
      }
    }
  }
}
