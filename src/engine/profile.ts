/** What a run leaves in memory, for the next run to begin with. */

import type { PageFacts } from '../fingerprint/fingerprint.ts';
import { NONE } from './frameTable.ts';
import type { Memory } from './memory.ts';
import { PlacesOfPages } from './neighbourhood.ts';
import type { PrefetchProfile } from './prefetcher.ts';

/** The places of the resident pages, sorted as they lie: by object and index. */
export function profileOf({ frames }: Memory, pages: PageFacts): PrefetchProfile {
  const places = new PlacesOfPages(pages);
  const rows = Array.from(frames.pageOf)
    .filter((page) => page !== NONE)
    .map((page) => ({ object: places.objectOf(page), index: places.indexOf(page) }))
    .sort((a, b) => a.object - b.object || a.index - b.index);
  return {
    objects: Uint32Array.from(rows, ({ object }) => object),
    indices: Float64Array.from(rows, ({ index }) => index),
  };
}
