/** The loop over many references is the step for one, repeated. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replayThrough } from '../../src/engine/replay.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { randomStrings } from '../support/randomStrings.ts';

const policies = await loadPolicies();

it.each([...policies])('%s: all at once costs what one after the other costs', (_id, policy) => {
  fc.assert(
    fc.property(
      randomStrings({ pages: 12, maxLength: 90 }),
      fc.integer({ min: 1, max: 8 }),
      (references, frameCount) => {
        const run = { policy, frameCount, seed: 1 };
        const count = references.pages.length;
        const together = replayThrough(references, run);
        const apart = replayThrough(references, run, (memory) => ({
          start: () => {},
          touch: (page, write, tick) => memory.touch(page, write, tick),
        }));
        expect(together.counts(count)).toEqual(apart.counts(count));
        expect(together.frames.pageOf).toEqual(apart.frames.pageOf);
        expect(together.frames.dirty).toEqual(apart.frames.dirty);
      },
    ),
    { seed: 1, numRuns: 40 },
  );
});
