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

/** LRU by counting marks: O(log n) a reference, 12 bytes a reference. */
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
 * One mark a stack entry, at the tick of its last use; a hole keeps its mark. The depth of a page
 * is the number of marks not older than its own, by a Fenwick tree over ticks.
 */
class LruStack implements Stack {
  readonly #marks: Int32Array;
  readonly #lastUse: Int32Array;
  readonly #holes: PositionSet;
  #markCount = 0;

  constructor(references: ReferenceString) {
    const n = references.pages.length;
    this.#marks = new Int32Array(n + 1);
    this.#lastUse = new Int32Array(references.pageCount).fill(-1);
    this.#holes = new PositionSet(Math.max(1, n));
  }

  reference(page: Page, tick: number): number {
    const last = this.#lastUse[page];
    const depth = last < 0 ? 0 : this.#markCount - this.#marksBefore(last);
    const hole = this.#holes.max();
    // The pages above sink by one, down to the first hole; else down to where this page was.
    if (hole > last) {
      this.#holes.remove(hole);
      this.#mark(hole, -1);
      if (last >= 0) this.#holes.insert(last);
    } else if (last >= 0) this.#mark(last, -1);
    this.#mark(tick, 1);
    this.#lastUse[page] = tick;
    return depth;
  }

  release(page: Page): void {
    const last = this.#lastUse[page];
    if (last < 0) return;
    this.#holes.insert(last);
    this.#lastUse[page] = -1;
  }

  #mark(tick: number, change: number): void {
    const marks = this.#marks;
    this.#markCount += change;
    for (let i = tick + 1; i < marks.length; i += i & -i) marks[i] += change;
  }

  #marksBefore(tick: number): number {
    const marks = this.#marks;
    let sum = 0;
    for (let i = tick; i > 0; i -= i & -i) sum += marks[i];
    return sum;
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
