import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definePolicy, type PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { lruFaultCurve, minFaultCurve } from '../../src/optimal/faultCurve.ts';
import { min } from '../../src/optimal/min.ts';
import { references, stringOf } from '../support/references.ts';

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

const strings = fc
  .array(fc.record({ page: fc.nat(9), write: fc.nat(1) }), { minLength: 1, maxLength: 60 })
  .chain((touches) =>
    fc.record({
      touches: fc.constant(touches),
      anonymous: fc.uniqueArray(fc.nat(9)),
      // A page may be released after its last use only: an exit takes what only its sequence used.
      released: fc.uniqueArray(fc.nat(9), { maxLength: 4 }),
    }),
  )
  .map(({ touches, anonymous, released }) => {
    const pages = touches.map(({ page }) => page);
    const writes = touches.map(({ write }) => write);
    const rows = released
      .filter((page) => pages.includes(page))
      .map((page): [number, number] => [pages.lastIndexOf(page) + 1, page])
      .sort(([a], [b]) => a - b);
    return stringOf(pages, writes, { anonymous, released: rows });
  });

describe('the fault curve in one pass', () => {
  it('equals a replay at each size: LRU and MIN, mixed kinds, writes and exits', () => {
    fc.assert(
      fc.property(strings, (string) => {
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
