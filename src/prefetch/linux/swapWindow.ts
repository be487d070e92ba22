/*
 * How many pages Linux reads at a page-in from swap: the more of those read ahead last time were
 * used, the more.                                          (Linux 4.14 to 6.12, mm/swap_state.c)
 *
 *   used since the last page-in    0        0, beside the last one     1 … 2    3 … 6    more
 *   pages, the wanted one too      1        2                          4        8        16 …
 *
 * At least half of the last time's, so that the window closes by steps; at most `most`.
 */

export interface SwapFault {
  /** The place of the page, and of the one before it. */
  readonly index: number;
  readonly lastIndex: number;
  /** Pages read ahead that were used in between. */
  readonly hits: number;
  readonly lastPages: number;
}

export function swapWindow({ index, lastIndex, hits, lastPages }: SwapFault, most: number): number {
  let pages = 1;
  if (hits > 0) {
    pages = 4;
    while (pages < hits + 2) pages *= 2;
  } else if (Math.abs(index - lastIndex) === 1) {
    pages = 2;
  }
  return Math.max(Math.min(pages, most), Math.min(Math.floor(lastPages / 2), most));
}
