/*
 * Replay: most programs use the same pages each time. What was resident when a run ended is saved,
 * and read before the next one begins, in the order in which it lies on disk.
 *                                    (Kleen, "Predictive bitmaps for ELF executables", LKML 2008)
 *
 *   run 1   ──► resident at its end ──► profile, sorted ──► free frames of run 2, at its start
 *
 * Only free frames are filled: nothing has shown yet what it would push out. What was anonymous
 * then has nothing on disk at the start and is not read. Differs from the source, which knows the
 * pages of one executable: the whole memory is saved, pages by object and index there; so a profile
 * fits another fingerprint as far as that has the same objects in the same order.
 */
import { definePrefetcher } from '../engine/prefetcher.ts';
import { assert } from '../support/assert.ts';

export const prefetcher = definePrefetcher({
  id: 'replay',
  title: 'At the start, what was resident when an earlier run ended',
  source: 'Kleen, LKML 2008',
  needsProfile: true,
  defaults: {},
  create({ places, profile, ask }) {
    assert(profile !== undefined, 'whoever needs a profile is given one');
    const { objects, indices } = profile;
    return {
      onStart() {
        for (let row = 0; row < objects.length; row++) {
          ask(places.find(objects[row], indices[row], 0));
        }
      },
      onPageIn() {},
      onFirstUse() {},
    };
  },
});
