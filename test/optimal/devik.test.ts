import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { devik } from '../../src/optimal/devik.ts';
import { naiveDevik } from '../policies/naive/naiveDevik.ts';
import { references, stringOf } from '../support/references.ts';

describe("devik's rule", () => {
  it('costs what the rule costs as it is written, looking at every page', () => {
    const touches = fc.array(fc.record({ page: fc.nat(11), write: fc.nat(1) }), {
      minLength: 1,
      maxLength: 120,
    });
    fc.assert(
      fc.property(touches, fc.integer({ min: 1, max: 8 }), (list, frameCount) => {
        const string = stringOf(
          list.map(({ page }) => page),
          list.map(({ write }) => write),
        );
        const counts = replayVerified(string, { frameCount, policy: devik, seed: 1 });
        const { pageIns, pageOuts } = naiveDevik(string, computeNextUse(string), frameCount);
        expect([counts.pageIns, counts.pageOuts]).toEqual([pageIns, pageOuts]);
      }),
      { seed: 3, numRuns: 3000 },
    );
  });

  it('is not optimal: on a b! c a d b with two frames it costs 6, and 5 is possible', () => {
    const string = references('0 1w 2 0 3 1');
    const counts = replayVerified(string, { frameCount: 2, policy: devik, seed: 1 });
    expect(counts.pageIns + counts.pageOuts).toBe(6);
  });
});
