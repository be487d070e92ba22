/*
 * The best possible cost of a reference string on a number of frames, and how sure we are of it.
 *
 * Page-ins alone (page-outs free): MIN, exact. With page-outs priced the problem is NP-hard, so the
 * answer is a bracket: a schedule that exists (the better of MIN and devik's rule) and a bound that
 * no schedule can beat. `exact` when the two meet.
 *
 * The lower bound of today adds two facts that hold for every schedule at once:
 *   · it has at least MIN's page-ins;
 *   · every page that is ever written must be written out, unless an exit drops it or it is among
 *     the dirty pages still resident at the end, of which there are no more than frames.
 */
import { costOf, type Prices } from '../engine/machine.ts';
import type { FaultCounts } from '../engine/memory.ts';
import { computeNextUse, type NextUse } from '../engine/nextUse.ts';
import { replay } from '../engine/replay.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { devik } from './devik.ts';
import { min } from './min.ts';

export interface Optimum {
  readonly frameCount: number;
  readonly prices: Prices;
  /** No schedule costs less. */
  readonly lowerBound: number;
  /** A schedule with this cost exists: `schedule` counts it, `method` names it. */
  readonly upperBound: number;
  /** The two bounds meet. */
  readonly exact: boolean;
  readonly schedule: FaultCounts;
  /** Id of the policy whose schedule is the upper bound. */
  readonly method: string;
  /** The fewest page-ins any schedule can have; exact (MIN). */
  readonly minPageIns: number;
}

export interface OptimumOptions {
  readonly frameCount: number;
  readonly prices: Prices;
  /** Shared between calls over the same string; computed when absent. */
  readonly nextUse?: NextUse;
}

export function computeOptimum(references: ReferenceString, options: OptimumOptions): Optimum {
  const { frameCount, prices } = options;
  const { pageInCost, pageOutCost } = prices;
  assert(pageInCost >= 0 && pageOutCost >= 0, 'prices are not negative');
  const nextUse = options.nextUse ?? computeNextUse(references);

  // Neither rule draws random numbers: any seed will do.
  const run = { frameCount, nextUse, seed: 0 };
  const minCounts = replay(references, { ...run, policy: min });
  const minPageIns = minCounts.pageIns;
  const atLeastOut = mustBeWritten(references, frameCount, prices.chargeFinal);
  const lowerBound = pageInCost * minPageIns + pageOutCost * atLeastOut;

  let schedule = minCounts;
  let method = min.id;
  if (costOf(minCounts, prices) > lowerBound) {
    const weight = pageInCost > 0 ? pageOutCost / pageInCost : 1;
    const byRule = replay(references, { ...run, policy: devik, options: { weight } });
    if (costOf(byRule, prices) < costOf(minCounts, prices)) {
      schedule = byRule;
      method = devik.id;
    }
  }
  const upperBound = costOf(schedule, prices);
  assert(lowerBound <= upperBound, 'the lower bound is below a schedule that exists');
  const exact = lowerBound === upperBound;
  return { frameCount, prices, lowerBound, upperBound, exact, schedule, method, minPageIns };
}

/** Pages that every schedule writes out at least once (with `chargeFinal`: or pays for at the end). */
function mustBeWritten(
  references: ReferenceString,
  frameCount: number,
  chargeFinal: boolean,
): number {
  const { pages, writes, pageCount, releases } = references;
  const isWritten = new Uint8Array(pageCount);
  for (let tick = 0; tick < pages.length; tick++) isWritten[pages[tick]] |= writes[tick];
  if (releases !== undefined) for (const page of releases.pages) isWritten[page] = 0;
  const writtenPages = isWritten.reduce((sum, bit) => sum + bit, 0);
  return chargeFinal ? writtenPages : Math.max(0, writtenPages - frameCount);
}
