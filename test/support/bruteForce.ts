/*
 * The optimum by trying every victim: a dynamic programme over what can be in memory, what of it is
 * dirty and what has content on disk. For strings of a few pages; an oracle, not an algorithm.
 * It knows nothing of gaps, next uses or rules: only what a reference does and what leaving costs.
 */
import type { Prices } from '../../src/engine/machine.ts';
import { PageKind, type ReferenceString } from '../../src/fingerprint/fingerprint.ts';

/** The least cost over all schedules that evict only when no frame is free. */
export function bruteForceOptimum(
  references: ReferenceString,
  frameCount: number,
  prices: Prices,
): number {
  const { pages, writes, kinds, releases } = references;
  // State: resident | dirty << 8 | content << 16, a bit a page; at most 8 pages.
  let content = 0;
  kinds.forEach((kind, page) => {
    if (kind === PageKind.File) content |= 1 << page;
  });
  let states = new Map<number, number>([[content << 16, 0]]);
  const keep = (next: Map<number, number>, state: number, cost: number): void => {
    const known = next.get(state);
    if (known === undefined || cost < known) next.set(state, cost);
  };
  let row = 0;
  for (let tick = 0; tick <= pages.length; tick++) {
    while (releases !== undefined && row < releases.ticks.length && releases.ticks[row] === tick) {
      let gone = 0;
      for (let i = releases.firstPage[row]; i < releases.firstPage[row + 1]; i++) {
        gone |= 1 << releases.pages[i];
      }
      const next = new Map<number, number>();
      for (const [state, cost] of states) keep(next, state & ~(gone | (gone << 8)), cost);
      states = next;
      row++;
    }
    if (tick === pages.length) break;
    const bit = 1 << pages[tick];
    const next = new Map<number, number>();
    for (const [state, cost] of states) {
      const used = writes[tick] === 1 ? (bit << 8) | (bit << 16) : 0;
      if ((state & bit) !== 0) {
        keep(next, state | used, cost);
        continue;
      }
      const pageIn = ((state >>> 16) & bit) !== 0 ? prices.pageInCost : 0;
      if (countBits(state & 0xff) < frameCount) {
        keep(next, state | bit | used, cost + pageIn);
        continue;
      }
      for (let victim = 1; victim < 256; victim <<= 1) {
        if ((state & victim) === 0) continue;
        const pageOut = ((state >>> 8) & victim) !== 0 ? prices.pageOutCost : 0;
        const without = state & ~(victim | (victim << 8));
        keep(next, without | bit | used, cost + pageIn + pageOut);
      }
    }
    states = next;
  }
  let best = Number.POSITIVE_INFINITY;
  for (const [state, cost] of states) {
    const left = prices.chargeFinal ? prices.pageOutCost * countBits((state >>> 8) & 0xff) : 0;
    best = Math.min(best, cost + left);
  }
  return best;
}

function countBits(word: number): number {
  let count = 0;
  for (; word !== 0; word &= word - 1) count++;
  return count;
}

/** Every string of `length` over at most `pageCount` pages, numbered by first use (renaming aside). */
export function* canonicalStrings(length: number, pageCount: number): Generator<number[]> {
  const string: number[] = [];
  function* extend(used: number): Generator<number[]> {
    if (string.length === length) {
      yield [...string];
      return;
    }
    for (let page = 0; page < Math.min(pageCount, used + 1); page++) {
      string.push(page);
      yield* extend(Math.max(used, page + 1));
      string.pop();
    }
  }
  yield* extend(0);
}
