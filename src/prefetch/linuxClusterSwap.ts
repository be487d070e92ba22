/*
 * Linux's readahead from swap on rotating disks: the neighbours in swap.
 *                                         (Linux 2.4 to 6.12, mm/swap_state.c; adaptive since 3.14)
 *
 *   slots     … │16 17 18 19 20 21 22 23│24 …       wanted: slot 21, window of 8
 *                ○  ○  ○  ○  ○  ▸  ○  ○             the aligned window it lies in
 *
 * The window (swapWindow.ts) is a power of two, one state for the whole machine. Pages evicted
 * together lie together in swap, so what is read ahead is what left at the same time.
 *
 * Needs someone who keeps slots: a run without them is an InputError.
 */
import { NONE } from '../engine/frameTable.ts';
import type { Neighbourhood } from '../engine/neighbourhood.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import { definePrefetcher, type PrefetchContext, type Prefetcher } from '../engine/prefetcher.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { requireSlots } from './linux/requireSlots.ts';
import { swapWindow } from './linux/swapWindow.ts';

export const prefetcher = definePrefetcher({
  id: 'linux-cluster-swap',
  title: "Linux's readahead from swap, by slot",
  source: 'Linux 6.12, mm/swap_state.c',
  defaults: { pageCluster: 3 },
  create: (context, { pageCluster }) =>
    new ClusterSwap(context, 2 ** wholeOption('pageCluster', pageCluster, 0, 5)),
});

class ClusterSwap implements Prefetcher {
  readonly #slots: Neighbourhood;
  readonly #ask: PrefetchContext['ask'];
  readonly #most: number;
  #lastIndex = 0;
  #lastPages = 0;
  /** On trust at first. */
  #hits = 4;

  constructor(context: PrefetchContext, most: number) {
    this.#slots = requireSlots(context, 'linux-cluster-swap');
    this.#ask = context.ask;
    this.#most = most;
  }

  onPageIn(page: Page): void {
    const slots = this.#slots;
    const index = slots.indexOf(page);
    // A page of a file, for instance, has no slot.
    if (!(index >= 0)) return;
    const fault = { index, lastIndex: this.#lastIndex, hits: this.#hits };
    const window = swapWindow({ ...fault, lastPages: this.#lastPages }, this.#most);
    if (this.#hits === 0) this.#lastIndex = index;
    this.#lastPages = window;
    this.#hits = 0;
    const first = index - (index % window);
    for (let slot = first; slot < first + window; slot++) {
      if (slot === index) continue;
      const found = slots.beside(page, slot - index);
      if (found !== NONE) this.#ask(found);
    }
  }

  onFirstUse(page: Page): void {
    if (this.#slots.indexOf(page) >= 0) this.#hits++;
  }
}
