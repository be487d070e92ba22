/*
 * Page-ins at every memory size in one pass, for the stack algorithms LRU and MIN.
 *                                        (Mattson, Gecsei, Slutz, Traiger, IBM Systems J. 1970)
 *
 * What memories of 1, 2, 3 … frames hold are the prefixes of one stack. A reference to the page at
 * depth d faults in memories of fewer than d frames, so a histogram of depths is the whole curve.
 * A page released by an exit leaves a hole: a free frame, which the next page that sinks fills.
 *
 * A fault is a page-in only when the page's content is on disk: a file page, or an anonymous one
 * that has been written. First loads of file pages are page-ins at every size.
 */
import { computeNextUse } from '../engine/nextUse.ts';
import { type Page, PageKind, type ReferenceString } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { PositionSet } from '../support/positionSet.ts';

export interface FaultCurve {
  /** 1 … the number of distinct pages. */
  readonly frames: readonly number[];
  /** Page-ins with so many frames; never rising. */
  readonly pageIns: readonly number[];
}

/** 90 ns a reference with 2, 97 with 4, 110 with 8: 1 to 4 M Zipf references, 100,000 pages. */
const PLACES_A_PAGE = 2;

/** The stack of one policy. */
interface Stack {
  /**
   * Brings `page` to the top; returns the depth it was at (1 = top), 0 when it was not in the
   * stack. `isBlank`: an anonymous page not written so far, this reference included.
   */
  reference(page: Page, tick: number, isBlank: boolean): number;
  /** Leaves a hole where the page was. */
  release(page: Page): void;
}

/** LRU by counting marks: the logarithm of the pages a reference, 21 bytes a page. */
export function lruFaultCurve(references: ReferenceString): FaultCurve {
  return faultCurve(references, new LruStack(references));
}

/**
 * MIN by sinking through the stack: a reference costs the depth of its page; 8 bytes a reference.
 */
export function minFaultCurve(references: ReferenceString): FaultCurve {
  return faultCurve(references, new MinStack(references));
}

function faultCurve(references: ReferenceString, stack: Stack): FaultCurve {
  const { pages, writes, pageCount, kinds, releases } = references;
  const hasContent = Uint8Array.from(kinds, (kind) => (kind === PageKind.File ? 1 : 0));
  /** Re-references by depth of pages whose content a fault must read. */
  const depths = new Float64Array(pageCount + 2);
  let firstLoads = 0;
  let row = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    while (releases !== undefined && row < releases.ticks.length && releases.ticks[row] === tick) {
      const last = releases.firstPage[row + 1];
      for (let i = releases.firstPage[row]; i < last; i++) stack.release(releases.pages[i]);
      row++;
    }
    const page = pages[tick];
    const mustRead = hasContent[page] === 1;
    if (writes[tick] === 1) hasContent[page] = 1;
    const depth = stack.reference(page, tick, hasContent[page] === 0);
    if (mustRead) {
      if (depth === 0) firstLoads++;
      else depths[depth]++;
    }
  }
  const frames: number[] = [];
  const pageIns: number[] = [];
  let deeper = depths.reduce((sum, count) => sum + count, 0);
  for (let frameCount = 1; frameCount <= pageCount; frameCount++) {
    deeper -= depths[frameCount];
    frames.push(frameCount);
    pageIns.push(firstLoads + deeper);
  }
  return { frames, pageIns };
}

/*
 * A row of places, one a reference; the stack entries are those that are marked, the top last. The
 * depth of a page is the number of marks from its own on, by a Fenwick tree.
 *
 *   places   [ . 3 . . 1 o . 2 . . . . . ]     o: the mark of a hole      at the end of the row the
 *                            └─ depth 1        1: the page, at depth 3    marks move to its begin
 *
 * The row is twice as long as the stack can be, so moving costs a reference little, and the
 * tree stays in the processor's caches however long the string.
 */
class LruStack implements Stack {
  static readonly #HOLE = -1;
  static readonly #FREE = -2;
  /** The page whose mark is there. */
  readonly #owners: Int32Array;
  /** Of marks, from 1. */
  readonly #tree: Int32Array;
  readonly #placeOf: Int32Array;
  readonly #holes: PositionSet;
  #end = 0;
  #markCount = 0;

  constructor({ pages, pageCount }: ReferenceString) {
    const length = Math.max(1, Math.min(pages.length, PLACES_A_PAGE * pageCount));
    this.#owners = new Int32Array(length).fill(LruStack.#FREE);
    this.#tree = new Int32Array(length + 1);
    this.#placeOf = new Int32Array(pageCount).fill(-1);
    this.#holes = new PositionSet(length);
  }

  reference(page: Page): number {
    if (this.#end === this.#owners.length) this.#moveToBegin();
    const place = this.#placeOf[page];
    const depth = place < 0 ? 0 : this.#markCount - this.#marksBefore(place);
    const hole = this.#holes.max();
    // The pages above sink by one, down to the first hole; else down to where this page was.
    if (hole > place) {
      this.#holes.remove(hole);
      this.#mark(hole, LruStack.#FREE, -1);
      if (place >= 0) this.#leaveHole(place);
    } else if (place >= 0) this.#mark(place, LruStack.#FREE, -1);
    this.#placeOf[page] = this.#end;
    this.#mark(this.#end++, page, 1);
    return depth;
  }

  release(page: Page): void {
    const place = this.#placeOf[page];
    if (place < 0) return;
    this.#leaveHole(place);
    this.#placeOf[page] = -1;
  }

  #leaveHole(place: number): void {
    this.#holes.insert(place);
    this.#owners[place] = LruStack.#HOLE;
  }

  #mark(place: number, owner: Page, change: number): void {
    const tree = this.#tree;
    this.#owners[place] = owner;
    this.#markCount += change;
    for (let i = place + 1; i < tree.length; i += i & -i) tree[i] += change;
  }

  #marksBefore(place: number): number {
    const tree = this.#tree;
    let sum = 0;
    for (let i = place; i > 0; i -= i & -i) sum += tree[i];
    return sum;
  }

  /** Marks, in their order, to the first places. */
  #moveToBegin(): void {
    const owners = this.#owners;
    const tree = this.#tree;
    let end = 0;
    for (let place = 0; place < owners.length; place++) {
      const owner = owners[place];
      if (owner === LruStack.#FREE) continue;
      if (owner === LruStack.#HOLE) {
        this.#holes.remove(place);
        this.#holes.insert(end);
      } else this.#placeOf[owner] = end;
      owners[end++] = owner;
    }
    assert(end === this.#markCount, 'every mark has one owner');
    owners.fill(LruStack.#FREE, end);
    this.#end = end;
    // Each node passes what it holds to the next one above it: the tree in one sweep.
    for (let i = 1; i < tree.length; i++) tree[i] = i <= end ? 1 : 0;
    for (let i = 1; i < tree.length; i++) {
      const above = i + (i & -i);
      if (above < tree.length) tree[above] += tree[i];
    }
  }
}

/*
 * The stack as an array of pages. The page on top sinks until it meets one with a farther next use,
 * which sinks in its place, and so on to the depth the page wanted came from, or to a hole.
 */
class MinStack implements Stack {
  static readonly #HOLE = -1;
  readonly #pages: Int32Array;
  readonly #next: Int32Array;
  readonly #nextUseOf: Float64Array;
  readonly #isInStack: Uint8Array;
  #size = 0;

  constructor(references: ReferenceString) {
    this.#pages = new Int32Array(references.pageCount);
    this.#next = computeNextUse(references).next;
    this.#nextUseOf = new Float64Array(references.pageCount);
    this.#isInStack = new Uint8Array(references.pageCount);
  }

  reference(page: Page, tick: number, isBlank: boolean): number {
    const pages = this.#pages;
    const nextUseOf = this.#nextUseOf;
    // A blank page costs nothing to lose, so it sinks like one never used again.
    nextUseOf[page] = isBlank ? Number.POSITIVE_INFINITY : this.#next[tick];
    const isInStack = this.#isInStack[page] === 1;
    this.#isInStack[page] = 1;
    if (this.#size > 0 && pages[0] === page) return 1;
    let sinking = page;
    let holeFilled = false;
    for (let i = 0; i < this.#size; i++) {
      const there = pages[i];
      if (there === page) {
        pages[i] = holeFilled ? MinStack.#HOLE : sinking;
        return i + 1;
      }
      if (holeFilled) continue;
      if (there === MinStack.#HOLE) {
        pages[i] = sinking;
        holeFilled = true;
        if (!isInStack) return 0;
      } else if (i === 0 || nextUseOf[there] > nextUseOf[sinking]) {
        pages[i] = sinking;
        sinking = there;
      }
    }
    assert(!isInStack, 'a page in the stack is found in it');
    if (!holeFilled) pages[this.#size++] = sinking;
    return 0;
  }

  release(page: Page): void {
    if (this.#isInStack[page] === 0) return;
    this.#isInStack[page] = 0;
    this.#pages[this.#pages.indexOf(page)] = MinStack.#HOLE;
  }
}
