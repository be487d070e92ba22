/*
 * Linux's readahead from swap on devices that do not rotate: the neighbours by virtual address.
 *                    (Huang Ying, "mm, swap: VMA based swap readahead", Linux 4.14; 6.12 described)
 *
 *   last      wanted page is          read, window of 8
 *   ● ▸       just behind it          ▸ ○ ○ ○ ○ ○ ○ ○
 *       ▸ ●   just before it          ○ ○ ○ ○ ○ ○ ○ ▸
 *   ●     ▸   elsewhere               ○ ○ ○ ▸ ○ ○ ○ ○
 *
 * Each map keeps where it was used last, how large its window was and how many pages read ahead
 * have been used since (swapWindow.ts); the first use of such a page counts as a place where it was
 * used. A new map is given 4 uses on trust. The window ends where 2 MiB of addresses end (one page
 * of page-table entries, of 4 KiB pages) and holds only anonymous pages that are in swap.
 *
 * Off the path of hits; state: three numbers a map. Differs from the source: a map is an object of
 * `PagePlaces`, so fingerprints without maps have a single one.
 */
import { NONE } from '../engine/frameTable.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import { definePrefetcher, type PrefetchContext, type Prefetcher } from '../engine/prefetcher.ts';
import { type Page, PageKind } from '../fingerprint/fingerprint.ts';
import { swapWindow } from './linux/swapWindow.ts';

export const prefetcher = definePrefetcher({
  id: 'linux-vma-swap',
  title: "Linux's readahead from swap, by virtual address",
  source: 'Linux 6.12, mm/swap_state.c; Huang Ying 2017',
  defaults: { pageCluster: 3 },
  create: (context, { pageCluster }) =>
    new VmaSwap(context, 2 ** wholeOption('pageCluster', pageCluster, 0, 5)),
});

const FIRST_HITS = 4;
/** Entries of one page of the page table. */
const TABLE_PAGES = 512;

interface MapState {
  index: number;
  pages: number;
  hits: number;
}

class VmaSwap implements Prefetcher {
  readonly #context: PrefetchContext;
  readonly #most: number;
  readonly #maps = new Map<number, MapState>();

  constructor(context: PrefetchContext, most: number) {
    this.#context = context;
    this.#most = most;
  }

  onPageIn(page: Page): void {
    const { places, pages, ask } = this.#context;
    if (pages.kinds[page] !== PageKind.Anonymous) return;
    const index = places.indexOf(page);
    const map = this.#mapOf(page);
    const { index: lastIndex, pages: lastPages, hits } = map;
    const window = swapWindow({ index, lastIndex, hits, lastPages }, this.#most);
    map.index = index;
    map.pages = window;
    map.hits = 0;
    if (window === 1) return;
    let first = index - Math.floor((window - 1) / 2);
    if (index === lastIndex + 1) first = index;
    else if (index === lastIndex - 1) first = index - window + 1;
    const table = index - (index % TABLE_PAGES);
    const last = Math.min(first + window, table + TABLE_PAGES) - 1;
    // By distance: beyond 2^53 an index has no successor.
    for (let distance = Math.max(first, table) - index; distance <= last - index; distance++) {
      if (distance === 0) continue;
      const found = places.beside(page, distance);
      if (found !== NONE && pages.kinds[found] === PageKind.Anonymous) ask(found);
    }
  }

  onFirstUse(page: Page): void {
    if (this.#context.pages.kinds[page] !== PageKind.Anonymous) return;
    const map = this.#mapOf(page);
    map.index = this.#context.places.indexOf(page);
    map.hits++;
  }

  #mapOf(page: Page): MapState {
    const object = this.#context.places.objectOf(page);
    let map = this.#maps.get(object);
    if (map === undefined) {
      map = { index: 0, pages: 0, hits: FIRST_HITS };
      this.#maps.set(object, map);
    }
    return map;
  }
}
