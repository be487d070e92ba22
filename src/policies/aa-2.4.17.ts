/*
 * The "AA VM" that Linux took in 2.4.10, as of 2.4.17: two lists, and a walk along the page tables
 * that is called in when too many of the pages at the tail are mapped. kernels/aaVm.ts has the
 * picture.                                                    (Andrea Arcangeli 2001)
 *
 *   priority   6    5    4    3    2    1      until 32 frames are free
 *   scanned   1/6  1/5  1/4  1/3  1/2   all    of the inactive list, from its tail
 *
 * Before each of these the active list is brought towards two thirds of all pages. Mapped pages
 * met beyond a tenth of what is to be scanned call the walk, which unmaps 32 pages not used since
 * it last came by, in address order; and the scan of this priority is over. A page that is unmapped
 * leaves at its next visit to the tail, used or not, by which time it must have been written.
 *
 * Per reference: a bit, set by hardware. Per eviction: some pages looked at. Metadata: as below.
 * Differs from the source: writes end at once; all memory is one zone; what other kernel memory
 * gives is not counted; an empty inactive list is always given a page. The frames it keeps free, a
 * 64th to a 43rd, are limited in a memory of less than 640 frames, see kernels/watermarks.ts.
 */
import { definePolicy, type PolicyContext } from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import { AA_COST, AA_DEFAULTS, AaVm } from './kernels/aaVm.ts';

const DEFAULTS = {
  ...AA_DEFAULTS,
  /** The weakest of the passes: a part of so many is scanned. */
  priority: 6,
  /** The active list is to be this many times the inactive one. */
  activeRatio: 2,
  /** The walk is called when of so many pages to be scanned more than one is mapped. */
  mappedShare: 10,
};

export const policy = definePolicy({
  id: 'aa-2.4.17',
  title: 'Linux 2.4.17, the AA VM',
  source: 'Arcangeli, Linux 2.4.17 mm/vmscan.c and mm/swap.c',
  observes: 'reference-bits',
  usesPager: true,
  cost: AA_COST,
  defaults: DEFAULTS,
  create: (context, options) => new Aa2417(context, options),
});

class Aa2417 extends AaVm {
  readonly #priorityMax: number;
  readonly #activeRatio: number;
  readonly #mappedShare: number;

  constructor(context: PolicyContext, options: Readonly<typeof DEFAULTS>) {
    super(context, options);
    this.#priorityMax = wholeOption('priority', options.priority, 1, 20);
    this.#activeRatio = wholeOption('activeRatio', options.activeRatio, 1, 1000);
    this.#mappedShare = wholeOption('mappedShare', options.mappedShare, 2, 1000);
  }

  protected override reclaim(tick: Tick): void {
    const { active, inactive } = this;
    let left = this.cluster;
    for (let priority = this.#priorityMax; priority >= 1 && left > 0; priority--) {
      const wanted = (inactive.length + 1) * this.#activeRatio;
      const visits = Math.floor((left * active.length) / wanted);
      this.refill(inactive.length === 0 ? Math.max(1, visits) : visits, true);
      left -= this.#shrink(left, priority, tick);
    }
  }

  /** Scans the inactive list from its tail; returns how many pages left, `most` at most. */
  #shrink(most: number, priority: number, tick: Tick): number {
    const { inactive } = this;
    const scanCount = Math.floor(inactive.length / priority);
    let mappedLeft = Math.min(
      Math.floor(most * 2 ** (10 - priority)),
      Math.floor(scanCount / this.#mappedShare),
    );
    let leftCount = 0;
    for (let scanned = 0; leftCount < most; scanned++) {
      const passed = inactive.pass(Math.min(mappedLeft, scanCount - scanned));
      mappedLeft -= passed;
      scanned += passed;
      if (scanned === scanCount) break;
      const frame = inactive.turn();
      if (!this.order.isMapped(frame)) {
        if (this.launder(frame, tick)) leftCount++;
      } else {
        this.swapOut(tick);
        break;
      }
    }
    return leftCount;
  }
}
