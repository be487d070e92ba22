/** LRU reuse distances of a reference string, one a reference. */
import type { ReferenceString } from '../fingerprint/fingerprint.ts';

/**
 * The number of distinct pages referenced since the page's last use, itself included (1: used twice
 * in a row): LRU keeps the page in memories of so many frames. 0 at a first use. O(log n) each, by
 * a Fenwick tree of the last uses. Releases are not looked at.
 */
export function reuseDistances(references: ReferenceString): Int32Array {
  const { pages, pageCount } = references;
  const n = pages.length;
  const distances = new Int32Array(n);
  const marks = new Int32Array(n + 1);
  const lastUse = new Int32Array(pageCount).fill(-1);
  let pagesSeen = 0;
  for (let tick = 0; tick < n; tick++) {
    const page = pages[tick];
    const last = lastUse[page];
    if (last >= 0) {
      let older = 0;
      for (let i = last; i > 0; i -= i & -i) older += marks[i];
      distances[tick] = pagesSeen - older;
      for (let i = last + 1; i <= n; i += i & -i) marks[i]--;
    } else pagesSeen++;
    for (let i = tick + 1; i <= n; i += i & -i) marks[i]++;
    lastUse[page] = tick;
  }
  return distances;
}
