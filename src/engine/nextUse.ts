/** The future of a reference string, by one backward pass. */
import type { Page, ReferenceString, Tick } from '../fingerprint/fingerprint.ts';

export interface NextUse {
  /** The string itself: the page referenced at each tick. */
  readonly pages: Uint32Array;
  /** For each tick, the tick of the next reference to the same page; `referenceCount` if none. */
  readonly next: Int32Array;
  readonly referenceCount: number;
  /**
   * Only where the order moves (an elastic run): the place of each reference so far in the order
   * foreseen. `pages` has the page at each place that is some page's next use, `next` holds places,
   * and a next use may be overdue: at or before the tick.
   */
  readonly positions?: Int32Array;
  /** Only there: the next use of a page that is read ahead, for which no reference tells it. */
  readonly ofPage?: (page: Page) => number;
}

/** 4 bytes a reference; one pass from the end. */
export function computeNextUse(references: ReferenceString): NextUse {
  const { pages, pageCount } = references;
  const referenceCount = pages.length;
  const next = new Int32Array(referenceCount);
  const seen = new Int32Array(pageCount).fill(referenceCount);
  for (let tick: Tick = referenceCount - 1; tick >= 0; tick--) {
    const page = pages[tick];
    next[tick] = seen[page];
    seen[page] = tick;
  }
  return { pages, next, referenceCount };
}
