/*
 * Readahead from swap as Linux 2.4 did it: always the whole aligned cluster of slots, never less.
 *                                          (Linux 2.4.17, mm/memory.c, mm/swapfile.c, described)
 *
 *   slots     … │16 17 18 19 20 21 22 23│24 …       wanted: slot 21, clusters of 8
 *                ○  ○  ○  ·  ·  ▸  ·  ·             19 is free: nothing behind it is looked at
 *
 * Nothing is learned and nothing kept. pageCluster 3 is the kernel's for 16 MB of memory and more,
 * 2 for less. Needs someone who keeps slots: a run without them is an InputError.
 */
import { NONE } from '../engine/frameTable.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import { definePrefetcher } from '../engine/prefetcher.ts';
import { requireSlots } from './linux/requireSlots.ts';

export const prefetcher = definePrefetcher({
  id: 'linux-2.4-swap',
  title: "Linux 2.4's readahead from swap, by slot",
  source: 'Linux 2.4.17, mm/memory.c, mm/swapfile.c',
  defaults: { pageCluster: 3 },
  create(context, options) {
    const slots = requireSlots(context, 'linux-2.4-swap');
    const width = 2 ** wholeOption('pageCluster', options.pageCluster, 0, 5);
    return {
      onPageIn(page) {
        const index = slots.indexOf(page);
        // A page of a file, for instance, has no slot.
        if (!(index >= 0)) return;
        const first = index - (index % width);
        for (let slot = first; slot < first + width; slot++) {
          if (slot === index) continue;
          const found = slots.beside(page, slot - index);
          if (found === NONE) return;
          context.ask(found);
        }
      },
      onFirstUse() {},
    };
  },
});
