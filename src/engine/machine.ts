/** The machine: what its I/O costs, and for elastic runs how long things take. */
import type { DeviceTiming } from './device.ts';
import type { FaultCounts } from './memory.ts';
import type { Processors } from './scheduler.ts';

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

export interface ElasticMachine extends DeviceTiming, Processors {}

/** A processor for everyone; a solid-state disk: 0.1 ms a page, 32 requests at a time. */
export const DEFAULT_MACHINE: ElasticMachine = {
  cpus: Number.POSITIVE_INFINITY,
  quantumNs: 10_000_000,
  readNs: 100_000,
  writeNs: 100_000,
  queueDepth: 32,
};
