/*
 * Address spaces: which page an address is, for one sequence, at one moment.
 *
 *   address page ─sort─► position ─directory─► leaf ─► entry = 2 · object page + writable
 *                                                      │
 *                     Regions: position ─► mapping ────┘ asked once, at the first reference
 *
 *   A page of a file, or of shared memory, is one object page, whoever maps it. An anonymous one
 *   comes into being at its first reference, and is released when nobody holds it any more.
 *   A private page is written in place by its only holder. Otherwise the write makes a copy: a read
 *   of the page as it is, then the write of a new anonymous one. A page of a file is always copied.
 *   A fork shares the leaves of the page table. Who changes a leaf that is shared, takes its own
 *   first: from then on its private pages have one more holder.
 *
 * Positions are places in the sorted page numbers the fingerprint references, so that pages mapped
 * and never referenced cost nothing. A few array accesses a reference; a fork or an unmap costs its
 * runs and leaves. 260 bytes a leaf; 4 bytes a living sequence for each 64 pages.
 */
import { assert } from '../support/assert.ts';
import { Action } from './action.ts';
import type { Fingerprint, Mapping, Page, Sequence } from './fingerprint.ts';
import { type ObjectOrigin, ObjectPages, type PageCreated } from './objectPages.ts';
import { EMPTY_LEAF, LEAF_BITS, LEAF_LENGTH, NOTHING, PageTableLeaves } from './pageTableLeaves.ts';
import { positionFrom, positionsIn } from './positions.ts';
import { Regions } from './regions.ts';

/** Bit of an entry: a write goes to the page itself. */
const WRITABLE = 1;

interface AddressSpace {
  readonly sequence: Sequence;
  readonly regions: Regions;
  /** The object of its anonymous pages in each mapping, by row; those before a fork keep theirs. */
  readonly objectOf: Map<number, number>;
  /** The leaf of each 64 positions. */
  readonly directory: Uint32Array;
}

/** Is told what the actions played come to. */
export interface PageSink {
  /** Before anything else is told of the page. */
  readonly create: PageCreated;
  /** Before the first page of an object is created. */
  addObject?(object: number, origin: ObjectOrigin): void;
  /** The action at `row`, of the sequence that plays, refers to `page`; a copy is two calls. */
  refer(page: Page, write: number, row: number): void;
  /** Nobody holds these any more; ascending. */
  release(pages: readonly Page[]): void;
}

/** Plays the actions of a valid fingerprint with maps, in any order it can happen in. */
export class AddressSpaces {
  readonly #fingerprint: Fingerprint;
  readonly #sink: PageSink;
  readonly #pageSize: bigint;
  /** The page numbers referenced, ascending. */
  readonly #sorted: BigUint64Array;
  /** By dense address page: where its number is in `#sorted`. */
  readonly #positionOf: Uint32Array;
  readonly #spaces: (AddressSpace | undefined)[];
  readonly #leaves = new PageTableLeaves();
  readonly #objects: ObjectPages;

  constructor(fingerprint: Fingerprint, sink: PageSink) {
    const { pageNumbers, pageSizeBytes, sequences } = fingerprint;
    this.#fingerprint = fingerprint;
    this.#sink = sink;
    this.#objects = new ObjectPages(
      (page, kind, object, index, use) => sink.create(page, kind, object, index, use),
      (object, origin) => sink.addObject?.(object, origin),
    );
    this.#pageSize = BigInt(pageSizeBytes);
    this.#sorted = pageNumbers.slice().sort();
    this.#positionOf = Uint32Array.from(pageNumbers, (n) => positionFrom(this.#sorted, n));
    this.#spaces = sequences.map(() => undefined);
  }

  /** What the actions `from` … `to` − 1 of `sequence` refer to, and what they give back. */
  play(sequence: Sequence, from: number, to: number): void {
    const { actions, operands } = this.#fingerprint.sequences[sequence];
    const positionOf = this.#positionOf;
    const leaves = this.#leaves;
    const sink = this.#sink;
    const space = this.#spaceOf(sequence);
    const { directory } = space;
    for (let row = from; row < to; row++) {
      const action = actions[row];
      if (action > Action.Write) {
        if (action >= Action.Exit) this.#change(sequence, space, action, operands[row]);
        continue;
      }
      const position = positionOf[operands[row]];
      const leaf = directory[position >>> LEAF_BITS];
      const entry = leaves.entries[leaf * LEAF_LENGTH + (position & (LEAF_LENGTH - 1))];
      const isWritable = (entry & WRITABLE) !== 0 && leaves.users[leaf] === 1;
      if (entry !== NOTHING && (action === Action.Read || isWritable)) {
        sink.refer(entry >> 1, action, row);
      } else {
        this.#resolve(space, position, action, row);
      }
    }
  }

  /** The first reference to a page, or its first write since it may have been shared. */
  #resolve(space: AddressSpace, position: number, action: number, row: number): void {
    const objects = this.#objects;
    const leaf = this.#ownLeaf(space, position >>> LEAF_BITS);
    const { entries } = this.#leaves;
    const at = leaf * LEAF_LENGTH + (position & (LEAF_LENGTH - 1));
    if (entries[at] === NOTHING) entries[at] = this.#firstEntry(space, position);
    const page = entries[at] >> 1;
    if (action === Action.Read || (entries[at] & WRITABLE) !== 0) {
      this.#sink.refer(page, action, row);
      return;
    }
    if (objects.isCounted(page)) {
      if (objects.hasOneHolder(page)) {
        entries[at] |= WRITABLE;
        this.#sink.refer(page, action, row);
        return;
      }
      objects.drop(page);
    }
    this.#sink.refer(page, Action.Read, row);
    const copy = this.#createAt(space, position);
    entries[at] = (copy << 1) | WRITABLE;
    this.#sink.refer(copy, action, row);
  }

  /** A new anonymous page at `position`. */
  #createAt({ sequence, regions, objectOf }: AddressSpace, position: number): Page {
    const row = regions.rowAt(position);
    const mapping = this.#fingerprint.mappings[row];
    let object = objectOf.get(row);
    if (object === undefined) {
      object = this.#objects.addObject({ sequence, mapping });
      objectOf.set(row, object);
    }
    return this.#objects.create(object, this.#sorted[position], mapping.use);
  }

  /** What the mapping at `position` says its page is. */
  #firstEntry(space: AddressSpace, position: number): number {
    const mapping = this.#fingerprint.mappings[space.regions.rowAt(position)];
    const { backing, use } = mapping;
    if (backing.kind === 'anonymous') return (this.#createAt(space, position) << 1) | WRITABLE;
    const pageInMap = this.#sorted[position] - mapping.address / this.#pageSize;
    const index = backing.offset / this.#pageSize + pageInMap;
    const page = this.#objects.pageIn(this.#objects.storeOf(backing), index, use);
    const isPrivate = backing.kind === 'file' && !backing.shared;
    return (page << 1) | (isPrivate ? 0 : WRITABLE);
  }

  /** The leaf at `slot`, made or copied if it is not this address space's alone. */
  #ownLeaf({ directory }: AddressSpace, slot: number): number {
    const shared = directory[slot];
    if (this.#leaves.users[shared] === 1) return shared;
    const own = this.#leaves.take();
    directory[slot] = own;
    if (shared === EMPTY_LEAF) return own;
    const { entries, users } = this.#leaves;
    users[shared]--;
    for (let i = 0; i < LEAF_LENGTH; i++) {
      const at = shared * LEAF_LENGTH + i;
      if (entries[at] === NOTHING) continue;
      const page = entries[at] >> 1;
      if (this.#objects.isCounted(page)) {
        this.#objects.hold(page);
        entries[at] &= ~WRITABLE;
      }
      entries[own * LEAF_LENGTH + i] = entries[at];
    }
    return own;
  }

  /** An exit, a fork, a map, an unmap. */
  #change(sequence: Sequence, space: AddressSpace, action: number, operand: number): void {
    const { mappings, ranges } = this.#fingerprint;
    switch (action) {
      case Action.Exit:
        this.#unmap(space, 0, space.directory.length * LEAF_LENGTH);
        this.#spaces[sequence] = undefined;
        break;
      case Action.Fork:
        this.#fork(space, operand);
        break;
      case Action.Map:
        this.#map(space, mappings[operand], operand);
        break;
      case Action.Unmap: {
        const [start, end] = positionsIn(this.#sorted, ranges[operand], this.#fingerprint);
        this.#unmap(space, start, end);
        break;
      }
    }
  }

  #fork({ regions, directory }: AddressSpace, child: Sequence): void {
    assert(this.#spaces[child] === undefined, 'a child starts at its fork');
    const { users } = this.#leaves;
    for (const leaf of directory) if (leaf !== EMPTY_LEAF) users[leaf]++;
    this.#spaces[child] = {
      sequence: child,
      regions: new Regions(regions),
      objectOf: new Map(),
      directory: directory.slice(),
    };
  }

  #map({ regions }: AddressSpace, mapping: Mapping, row: number): void {
    const [start, end] = positionsIn(this.#sorted, mapping, this.#fingerprint);
    if (start < end) regions.add(start, end, row);
  }

  /** Positions [start, end) are mapped no more; an exit unmaps all. */
  #unmap(space: AddressSpace, start: number, end: number): void {
    if (start === end) return;
    space.regions.remove(start, end);
    const { directory } = space;
    const gone: Page[] = [];
    for (let slot = start >>> LEAF_BITS; slot << LEAF_BITS < end; slot++) {
      if (directory[slot] === EMPTY_LEAF) continue;
      const first = Math.max(0, start - slot * LEAF_LENGTH);
      const last = Math.min(LEAF_LENGTH, end - slot * LEAF_LENGTH);
      const isWhole = first === 0 && last === LEAF_LENGTH;
      if (isWhole && this.#leaves.users[directory[slot]] > 1) {
        this.#leaves.users[directory[slot]]--;
        directory[slot] = EMPTY_LEAF;
        continue;
      }
      const leaf = this.#ownLeaf(space, slot);
      this.#empty(leaf, first, last, gone);
      if (!isWhole) continue;
      this.#leaves.giveBack(leaf);
      directory[slot] = EMPTY_LEAF;
    }
    if (gone.length === 0) return;
    gone.sort((a, b) => a - b);
    this.#sink.release(gone);
  }

  /** Empties entries of a leaf that has one user, and adds the pages nobody holds any more. */
  #empty(leaf: number, first: number, last: number, gone: Page[]): void {
    const { entries } = this.#leaves;
    const objects = this.#objects;
    for (let at = leaf * LEAF_LENGTH + first; at < leaf * LEAF_LENGTH + last; at++) {
      if (entries[at] === NOTHING) continue;
      const page = entries[at] >> 1;
      entries[at] = NOTHING;
      if (objects.isCounted(page) && objects.drop(page)) gone.push(page);
    }
  }

  /** That of a sequence nobody forked is empty at its start. */
  #spaceOf(sequence: Sequence): AddressSpace {
    let space = this.#spaces[sequence];
    if (space === undefined) {
      const slotCount = Math.ceil(this.#sorted.length / LEAF_LENGTH);
      const directory = new Uint32Array(slotCount);
      space = { sequence, regions: new Regions(), objectOf: new Map(), directory };
      this.#spaces[sequence] = space;
    }
    return space;
  }
}
