/** The machine a reference string is replayed on, and what its I/O costs. */
import type { FaultCounts } from './memory.ts';

/** What one page moved between memory and disk costs; any unit, as long as it is one. */
export interface Prices {
  readonly pageInCost: number;
  readonly pageOutCost: number;
  /** Also charge the dirty pages still resident at the end. */
  readonly chargeFinal: boolean;
}

/** A page read costs what a page written costs; the end is free. */
export const UNIT_PRICES: Prices = { pageInCost: 1, pageOutCost: 1, chargeFinal: false };

/** pageInCost · pageIns + pageOutCost · pageOuts, dirty leftovers included when so priced. */
export function costOf(counts: FaultCounts, prices: Prices): number {
  const pageOuts = counts.pageOuts + (prices.chargeFinal ? counts.dirtyAtEnd : 0);
  return prices.pageInCost * counts.pageIns + prices.pageOutCost * pageOuts;
}
