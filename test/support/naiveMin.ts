/** MIN by looking at every resident page and searching the future for each: an oracle. */
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';

/** The fewest page-ins any schedule has, all pages being of files and none released. */
export function naiveMinPageIns({ pages }: ReferenceString, frameCount: number): number {
  const resident: number[] = [];
  let pageIns = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    if (resident.includes(pages[tick])) continue;
    pageIns++;
    if (resident.length === frameCount) {
      const nextUses = resident.map((page) => {
        const next = pages.indexOf(page, tick);
        return next < 0 ? Number.POSITIVE_INFINITY : next;
      });
      resident.splice(nextUses.indexOf(Math.max(...nextUses)), 1);
    }
    resident.push(pages[tick]);
  }
  return pageIns;
}
