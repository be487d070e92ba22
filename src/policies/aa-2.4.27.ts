/*
 * The AA VM as Linux 2.4 ended with it: the passes do not grow, and mapped pages stop no scan.
 * kernels/aaVm.ts has the picture, aa-2.4.17.ts what it grew from.
 *                                                             (Andrea Arcangeli 2001-2004)
 *
 *   each of 60 passes scans a sixth of all pages from the tail of the inactive list, until 32
 *   frames are free; 100 mapped pages met for each frame still wanted call the walk, after which
 *   the inactive list is refilled and the scan goes on; a pass that is not enough calls the walk
 *
 * Once the walk could not unmap 32 pages it is not called again in these passes. Moving pages to
 * the inactive list counts only those moved, not those pardoned.
 *
 * Per reference: a bit, set by hardware. Per eviction: some pages looked at. Metadata: as below.
 * Differs from the source: as aa-2.4.17; a pass scans at least one page.
 */
import { definePolicy, type PolicyContext } from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import { AA_COST, AA_DEFAULTS, AaVm } from './kernels/aaVm.ts';

const DEFAULTS = {
  ...AA_DEFAULTS,
  /** vm_passes. */
  passes: 60,
  /** vm_cache_scan_ratio: a pass scans one of so many pages. */
  scanRatio: 6,
  /** vm_mapped_ratio: mapped pages met for each frame wanted. */
  mappedRatio: 100,
  /** vm_lru_balance_ratio: the active list is to be this many times the inactive one. */
  activeRatio: 2,
};

export const policy = definePolicy({
  id: 'aa-2.4.27',
  title: 'Linux 2.4.27, the late AA VM',
  source: 'Arcangeli, Linux 2.4.27 mm/vmscan.c and mm/swap.c',
  observes: 'reference-bits',
  usesPager: true,
  cost: AA_COST,
  defaults: DEFAULTS,
  create: (context, options) => new Aa2427(context, options),
});

class Aa2427 extends AaVm {
  readonly #passes: number;
  readonly #scanRatio: number;
  readonly #mappedRatio: number;
  readonly #activeRatio: number;
  #walkHasFailed = false;

  constructor(context: PolicyContext, options: Readonly<typeof DEFAULTS>) {
    super(context, options);
    this.#passes = wholeOption('passes', options.passes, 1, 1000);
    this.#scanRatio = wholeOption('scanRatio', options.scanRatio, 1, 1000);
    this.#mappedRatio = wholeOption('mappedRatio', options.mappedRatio, 1, 2 ** 20);
    this.#activeRatio = wholeOption('activeRatio', options.activeRatio, 1, 1000);
  }

  protected override reclaim(tick: Tick): void {
    let left = this.cluster;
    this.#walkHasFailed = false;
    for (let pass = 0; pass < this.#passes; pass++) {
      this.#refillFor(left);
      left -= this.#shrink(left, tick);
      if (left <= 0) return;
      this.#walk(tick);
    }
  }

  #refillFor(count: number): void {
    const wanted = this.inactive.length * this.#activeRatio + 1;
    this.refill(Math.floor((count * this.active.length) / wanted), false);
  }

  #walk(tick: Tick): void {
    if (!this.#walkHasFailed) this.#walkHasFailed = !this.swapOut(tick);
  }

  /** Scans the inactive list from its tail; returns how many pages left, `most` at most. */
  #shrink(most: number, tick: Tick): number {
    const { inactive } = this;
    const pageCount = this.active.length + inactive.length;
    const scanCount = Math.max(1, Math.floor(pageCount / this.#scanRatio));
    let left = most;
    let mappedLeft = this.#mappedRatio * left;
    for (let scanned = 0; left > 0; scanned++) {
      const passed = inactive.pass(Math.min(mappedLeft, scanCount - scanned));
      mappedLeft -= passed;
      scanned += passed;
      if (scanned === scanCount || inactive.length === 0) break;
      const frame = inactive.turn();
      if (!this.order.isMapped(frame)) {
        if (this.launder(frame, tick)) left--;
      } else {
        this.#walk(tick);
        mappedLeft = this.#mappedRatio * left;
        this.#refillFor(left);
      }
    }
    return most - left;
  }
}
