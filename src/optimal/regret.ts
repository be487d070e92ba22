/*
 * What evicting one page instead of another costs, at the prices of a certificate.
 *
 *           last use i      eviction t          next use j
 *   page    ●───────────────┬───────────────────●─────────
 *                           ├── kept: rent Σλ over t … j − 1, and the page is at j as it is now
 *                           └── let go: W if dirty, R to read it back, and it is clean at j
 *
 * From j on the page goes its own way, whichever is cheaper at these prices; being dirty there
 * rather than clean costs Δ(j) more, 0 if j writes. One pass from the end gives every Δ:
 *
 *   Δ(i) = min(rent + Δ(j), W + R) − min(rent, R)       after the last use  min(rent, W)
 *
 * So the excess of letting go over keeping is known in O(1). It is never below −λ(t), for a page
 * that had better go may as well go at the next eviction. A candidate's regret is its excess less
 * the least of all. Where the prices prove the optimum and the run so far was optimal, no
 * candidate's true regret is smaller (the relaxation splits into pages, and the true optimum is one
 * of its solutions).
 *
 * Prices know what distances don't: that frames are worthless at times, that a page-out will be
 * paid for anyway, that a page never used again costs nothing until a frame does. 16 bytes a
 * reference.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import type { Prices } from '../engine/machine.ts';
import type { NextUse } from '../engine/nextUse.ts';
import type { Page, ReferenceString, Tick } from '../fingerprint/fingerprint.ts';
import { type Certificate, PRICE_SCALE } from './certificate.ts';

/**
 * For a memory that keeps `lastUsedAt`: under a policy that observes references, or an observer.
 */
export interface PriceRegrets {
  /**
   * Cost of evicting the page in `frame` at `tick` less that of keeping it, in the unit of the
   * prices; not below minus the price of the tick. The page is another than the one wanted.
   */
  excess(frames: FrameTable, frame: Frame, tick: Tick): number;
  /** The least excess of all frames, which are all occupied: subtract it for a regret. */
  least(frames: FrameTable, tick: Tick): number;
}

/** One pass over the string. Pages are released only after their last use. */
export function priceRegrets(
  references: ReferenceString,
  future: NextUse,
  prices: Prices,
  certificate: Certificate,
): PriceRegrets {
  const { writes } = references;
  const { next, referenceCount } = future;
  const pageIn = Math.floor(prices.pageInCost * PRICE_SCALE);
  const pageOut = Math.floor(prices.pageOutCost * PRICE_SCALE);
  const { until, isReleased } = lastTicks(references);
  const rentBefore = runningRent(certificate, referenceCount);
  /** With the end charged, a page dirty after its last use pays whether it stays or goes. */
  const isSunk = (page: Page): boolean => prices.chargeFinal && isReleased[page] === 0;
  const costOfDirt = dirtBackwards();

  /** Δ just before the use at `tick`. */
  function dirtAt(tick: Tick): number {
    return writes[tick] === 1 ? 0 : costOfDirt[tick];
  }

  function dirtBackwards(): Float64Array {
    const { pages } = references;
    const dirt = new Float64Array(referenceCount);
    for (let tick = referenceCount - 1; tick >= 0; tick--) {
      const nextUse = next[tick];
      if (nextUse < referenceCount) {
        const rent = rentBefore[nextUse] - rentBefore[tick + 1];
        const later = writes[nextUse] === 1 ? 0 : dirt[nextUse];
        dirt[tick] = Math.min(rent + later, pageOut + pageIn) - Math.min(rent, pageIn);
      } else {
        const page = pages[tick];
        const rent = rentBefore[until[page]] - rentBefore[tick + 1];
        dirt[tick] = isSunk(page) ? pageOut : Math.min(rent, pageOut);
      }
    }
    return dirt;
  }

  function excess(frames: FrameTable, frame: Frame, tick: Tick): number {
    const isDirty = frames.dirty[frame] === 1;
    const nextUse = next[frames.lastUsedAt[frame]];
    let units: number;
    if (nextUse < referenceCount) {
      units = rentBefore[tick] - rentBefore[nextUse];
      if (frames.blank[frame] === 0) units += pageIn;
      if (isDirty) units += pageOut - dirtAt(nextUse);
    } else {
      const page = frames.pageOf[frame];
      units = rentBefore[tick] - rentBefore[until[page]];
      if (isDirty && !isSunk(page)) units += pageOut;
    }
    return Math.max(units, rentBefore[tick] - rentBefore[tick + 1]) / PRICE_SCALE;
  }

  function least(frames: FrameTable, tick: Tick): number {
    let smallest = Number.POSITIVE_INFINITY;
    for (let frame = 0; frame < frames.frameCount; frame++) {
      smallest = Math.min(smallest, excess(frames, frame, tick));
    }
    return smallest;
  }

  return { excess, least };
}

/** Σλ before each tick and after the last, in units of 2⁻²⁰. */
function runningRent({ ticks, prices }: Certificate, referenceCount: number): Float64Array {
  const rentBefore = new Float64Array(referenceCount + 1);
  for (let i = 0; i < ticks.length; i++) rentBefore[ticks[i] + 1] = prices[i];
  for (let tick = 0; tick < referenceCount; tick++) rentBefore[tick + 1] += rentBefore[tick];
  return rentBefore;
}

/** How long each page may stay: until an exit gives it back, or to the end. */
function lastTicks({ pages, pageCount, releases }: ReferenceString) {
  const until = new Int32Array(pageCount).fill(pages.length);
  const isReleased = new Uint8Array(pageCount);
  if (releases === undefined) return { until, isReleased };
  for (let row = 0; row < releases.ticks.length; row++) {
    for (let i = releases.firstPage[row]; i < releases.firstPage[row + 1]; i++) {
      until[releases.pages[i]] = releases.ticks[row];
      isReleased[releases.pages[i]] = 1;
    }
  }
  return { until, isReleased };
}
