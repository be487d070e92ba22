/*
 * devik's rule once more, as it is written: at each eviction every resident page is looked at, and
 * the least (dirty + 1) / time to its next use leaves, of equals the one in the lowest frame. All
 * pages are of files.
 */
import type { NextUse } from '../../../src/engine/nextUse.ts';
import type { ReferenceString } from '../../../src/fingerprint/fingerprint.ts';

export function naiveDevik(
  { pages, writes }: ReferenceString,
  { next, referenceCount }: NextUse,
  frameCount: number,
): { pageIns: number; pageOuts: number } {
  const frames: { page: number; dirty: number; nextUse: number }[] = [];
  let pageIns = 0;
  let pageOuts = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    let held = frames.find((frame) => frame.page === pages[tick]);
    if (held === undefined) {
      pageIns++;
      held = { page: pages[tick], dirty: 0, nextUse: 0 };
      if (frames.length < frameCount) frames.push(held);
      else {
        let victim = 0;
        let least = Number.POSITIVE_INFINITY;
        for (let index = 0; index < frameCount; index++) {
          const { dirty, nextUse } = frames[index];
          const io = nextUse === referenceCount ? 0 : (dirty + 1) / (nextUse - tick);
          // Never used again, the clean one leaves first: it costs nothing.
          const isTieWon = io === least && io === 0 && dirty < frames[victim].dirty;
          if (io < least || isTieWon) {
            victim = index;
            least = io;
          }
        }
        pageOuts += frames[victim].dirty;
        frames[victim] = held;
      }
    }
    held.nextUse = next[tick];
    if (writes[tick] === 1) held.dirty = 1;
  }
  return { pageIns, pageOuts };
}
