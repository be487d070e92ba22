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
  return faultCurve(references, new LruStack(references.pageCount));
}

/**
 * MIN by sinking through the stack: a reference costs the depth of its page; 8 bytes a reference.
 */
export function minFaultCurve(references: ReferenceString): FaultCurve {
  return faultCurve(
    references,
    new MinStack(references.pageCount, computeNextUse(references).next),
  );
}

/** The curves of a part of the pages, as if there were no others, and of groups within it. */
export interface PartCurves {
  readonly part: FaultCurve;
  readonly groups: readonly FaultCurve[];
}

/** The group of a page that is in no group. */
export const LEFT_OUT = 255;

/** By the group of each page, of `groupCount`, or LEFT_OUT. */
export type CurvesOfParts = (
  references: ReferenceString,
  groupOf: Uint8Array,
  groupCount: number,
) => PartCurves;

/** In one pass that copies nothing: 42 bytes a page of the part and 5 of each, however long. */
export const lruPartCurves: CurvesOfParts = (references, groupOf, groupCount) =>
  partCurves(references, groupOf, groupCount, (pageCount) => new LruStack(pageCount));

/** 9 bytes a reference to pages of the part: their next uses must be known. */
export const minPartCurves: CurvesOfParts = (references, groupOf, groupCount) => {
  const part = partOf(references, groupOf);
  const { next } = computeNextUse(part);
  const groupInPart = groupOf.filter((group) => group !== LEFT_OUT);
  return partCurves(part, groupInPart, groupCount, (pageCount) => new MinStack(pageCount, next));
};

function faultCurve(references: ReferenceString, stack: Stack): FaultCurve {
  const { pages, writes, kinds } = references;
  const counter = new CurveCounter(kinds, stack);
  for (const { first, end, released } of stretchesOf(references)) {
    for (const page of released) counter.release(page);
    for (let tick = first; tick < end; tick++) {
      counter.reference(pages[tick], tick, writes[tick] === 1);
    }
  }
  return counter.curve();
}

function partCurves(
  references: ReferenceString,
  groupOf: Uint8Array,
  groupCount: number,
  stackOf: (pageCount: number) => Stack,
): PartCurves {
  const { pages, writes, pageCount, kinds } = references;
  // Pages are numbered anew, in the part and once more in their group.
  const inPart = new Int32Array(pageCount);
  const inGroup = new Int32Array(groupOf.reduce((n, group) => n + (group === LEFT_OUT ? 0 : 1), 0));
  const kindsInGroups = Array.from({ length: groupCount }, (): number[] => []);
  let partCount = 0;
  for (let page = 0; page < pageCount; page++) {
    if (groupOf[page] === LEFT_OUT) continue;
    inPart[page] = partCount;
    inGroup[partCount++] = kindsInGroups[groupOf[page]].push(kinds[page]) - 1;
  }
  const kindsInPart = kinds.filter((_, page) => groupOf[page] !== LEFT_OUT);
  const part = new CurveCounter(kindsInPart, stackOf(partCount));
  const groups = kindsInGroups.map((own) => new CurveCounter(own, stackOf(own.length)));
  for (const { first, end, released } of stretchesOf(references)) {
    for (const page of released) {
      if (groupOf[page] === LEFT_OUT) continue;
      part.release(inPart[page]);
      groups[groupOf[page]].release(inGroup[inPart[page]]);
    }
    for (let tick = first; tick < end; tick++) {
      const group = groupOf[pages[tick]];
      if (group === LEFT_OUT) continue;
      const page = inPart[pages[tick]];
      const isWrite = writes[tick] === 1;
      part.reference(page, tick, isWrite);
      groups[group].reference(inGroup[page], tick, isWrite);
    }
  }
  return { part: part.curve(), groups: groups.map((counter) => counter.curve()) };
}

/** Page-ins by the depth of the page, counted reference by reference. */
class CurveCounter {
  readonly #stack: Stack;
  readonly #hasContent: Uint8Array;
  /** Re-references by depth of pages whose content a fault must read. */
  readonly #depths: Float64Array;
  #firstLoads = 0;

  constructor(kinds: ArrayLike<number>, stack: Stack) {
    this.#stack = stack;
    this.#hasContent = Uint8Array.from(kinds, (kind) => (kind === PageKind.File ? 1 : 0));
    this.#depths = new Float64Array(kinds.length + 2);
  }

  reference(page: Page, tick: number, isWrite: boolean): void {
    const mustRead = this.#hasContent[page] === 1;
    if (isWrite) this.#hasContent[page] = 1;
    const depth = this.#stack.reference(page, tick, this.#hasContent[page] === 0);
    if (!mustRead) return;
    if (depth === 0) this.#firstLoads++;
    else this.#depths[depth]++;
  }

  release(page: Page): void {
    this.#stack.release(page);
  }

  curve(): FaultCurve {
    const frames: number[] = [];
    const pageIns: number[] = [];
    let deeper = this.#depths.reduce((sum, count) => sum + count, 0);
    for (let frameCount = 1; frameCount <= this.#hasContent.length; frameCount++) {
      deeper -= this.#depths[frameCount];
      frames.push(frameCount);
      pageIns.push(this.#firstLoads + deeper);
    }
    return { frames, pageIns };
  }
}

/** References with no release between them, and what is released right before the first. */
function* stretchesOf({ pages, releases }: ReferenceString) {
  let first = 0;
  let released: ArrayLike<Page> & Iterable<Page> = [];
  for (const [row, tick] of releases?.ticks.entries() ?? []) {
    yield { first, end: tick, released };
    first = tick;
    const { firstPage, pages: rows } = releases!;
    released = rows.subarray(firstPage[row], firstPage[row + 1]);
  }
  yield { first, end: pages.length, released };
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

  constructor(pageCount: number) {
    const length = Math.max(1, PLACES_A_PAGE * pageCount);
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

/** The references to the pages that are not left out, numbered anew. */
function partOf(references: ReferenceString, groupOf: Uint8Array): ReferenceString {
  const { pageCount, releases } = references;
  const kept = new Int32Array(pageCount).fill(-1);
  let keptCount = 0;
  for (let page = 0; page < pageCount; page++) {
    if (groupOf[page] !== LEFT_OUT) kept[page] = keptCount++;
  }
  let length = 0;
  for (let tick = 0; tick < references.pages.length; tick++) {
    if (kept[references.pages[tick]] >= 0) length++;
  }
  const pages = new Uint32Array(length);
  const writes = new Uint8Array(length);
  const releaseTicks: number[] = [];
  const firstPage: number[] = [];
  const released: Page[] = [];
  let end = 0;
  let row = 0;
  const release = (tick: number): void => {
    for (; releases !== undefined && releases.ticks[row] === tick; row++) {
      releaseTicks.push(end);
      firstPage.push(released.length);
      for (let i = releases.firstPage[row]; i < releases.firstPage[row + 1]; i++) {
        const page = kept[releases.pages[i]];
        if (page >= 0) released.push(page);
      }
    }
  };
  for (let tick = 0; tick < references.pages.length; tick++) {
    if (releases !== undefined && releases.ticks[row] === tick) release(tick);
    const page = kept[references.pages[tick]];
    if (page < 0) continue;
    pages[end] = page;
    writes[end++] = references.writes[tick];
  }
  return {
    pages,
    writes,
    pageCount: keptCount,
    kinds: references.kinds.filter((_, page) => kept[page] >= 0),
    releases:
      releases === undefined
        ? undefined
        : {
            ticks: Int32Array.from(releaseTicks),
            firstPage: Int32Array.from([...firstPage, released.length]),
            pages: Uint32Array.from(released),
          },
  };
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

  /** `next`: the tick of the next use of the page referenced at each tick. */
  constructor(pageCount: number, next: Int32Array) {
    this.#pages = new Int32Array(pageCount);
    this.#next = next;
    this.#nextUseOf = new Float64Array(pageCount);
    this.#isInStack = new Uint8Array(pageCount);
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
