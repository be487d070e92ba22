/*
 * How many pages Linux reads ahead of a read() that goes through a file in order: a few at first,
 * and more with every window.                               (Linux 6.12, mm/readahead.c, described)
 *
 *   most 32    4    8    16    32    32 …        asked for a page at a time
 */

/** The first window, of who asks for one page. */
export function firstWindow(most: number): number {
  if (most >= 32) return 4;
  return most >= 4 ? 2 : most;
}

/** The window behind one of `size` pages. */
export function nextWindow(size: number, most: number): number {
  if (size < most / 16) return 4 * size;
  return size <= most / 2 ? 2 * size : most;
}
