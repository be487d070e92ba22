import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definePolicy, type PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { lruFaultCurve, minFaultCurve } from '../../src/optimal/faultCurve.ts';
import { min } from '../../src/optimal/min.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { references } from '../support/references.ts';

/** LRU as a scan for the oldest use. */
const naiveLru: PolicySpec = definePolicy({
  id: 'naive-lru',
  title: '',
  source: '',
  observes: 'every-reference',
  defaults: {},
  create: ({ frames }) => ({
    onLoad: () => {},
    onReference: () => {},
    chooseVictim: () => frames.lastUsedAt.indexOf(Math.min(...frames.lastUsedAt)),
    onFree: () => {},
    onInterval: () => {},
  }),
});

describe('the fault curve in one pass', () => {
  it('equals a replay at each size: LRU and MIN, mixed kinds, writes and exits', () => {
    fc.assert(
      fc.property(randomStrings({ pages: 10, maxLength: 60, maxReleases: 4 }), (string) => {
        for (const [curve, policy] of [
          [lruFaultCurve(string), naiveLru],
          [minFaultCurve(string), min],
        ] as const) {
          for (const [i, frameCount] of curve.frames.entries()) {
            const { pageIns } = replayVerified(string, { frameCount, policy, seed: 1 });
            expect([policy.id, frameCount, curve.pageIns[i]]).toEqual([
              policy.id,
              frameCount,
              pageIns,
            ]);
          }
        }
      }),
      { seed: 7, numRuns: 1500 },
    );
  });

  it('gives the textbook counts', () => {
    const string = references('1 2 3 4 1 2 5 1 2 3 4 5');
    expect(lruFaultCurve(string).pageIns.slice(2, 4)).toEqual([10, 8]);
    expect(minFaultCurve(string).pageIns.slice(2, 4)).toEqual([7, 6]);
  });

  it('starts at one page-in a reference when no page is used twice in a row, and ends at one a page', () => {
    const { frames, pageIns } = lruFaultCurve(references('0 1 2 0 1 2'));
    expect(frames).toEqual([1, 2, 3]);
    expect(pageIns).toEqual([6, 6, 3]);
  });
});
