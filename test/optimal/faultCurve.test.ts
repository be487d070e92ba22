import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definePolicy, type PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import {
  LEFT_OUT,
  lruFaultCurve,
  lruPartCurves,
  minFaultCurve,
  minPartCurves,
} from '../../src/optimal/faultCurve.ts';
import { min } from '../../src/optimal/min.ts';
import { randomStrings } from '../support/randomStrings.ts';
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

/** The references to some pages, which are numbered anew. */
function onlyPages(string: ReferenceString, isKept: (page: number) => boolean): ReferenceString {
  const all = [...Array(string.pageCount).keys()];
  const kept = all.filter(isKept);
  const ticks = [...string.pages.keys()].filter((tick) => isKept(string.pages[tick]));
  const { releases } = string;
  const released = [...(releases?.ticks ?? [])].flatMap((at, row) =>
    [...releases!.pages.subarray(releases!.firstPage[row], releases!.firstPage[row + 1])]
      .filter(isKept)
      .map((page): [number, number] => [
        ticks.filter((tick) => tick < at).length,
        kept.indexOf(page),
      ]),
  );
  const only = stringOf(
    ticks.map((tick) => kept.indexOf(string.pages[tick])),
    ticks.map((tick) => string.writes[tick]),
    {
      anonymous: all.filter((page) => string.kinds[page] === 0).map((page) => kept.indexOf(page)),
      released,
    },
  );
  // Pages that are never used count as well.
  return { ...only, pageCount: kept.length, kinds: string.kinds.filter((_, page) => isKept(page)) };
}

describe('the fault curves of parts', () => {
  it('are those of strings that have no other pages', () => {
    const groups = fc.array(fc.constantFrom(0, 1, 2, LEFT_OUT), { minLength: 10, maxLength: 10 });
    const strings = randomStrings({ pages: 10, maxLength: 60, maxReleases: 4 });
    fc.assert(
      fc.property(strings, groups, (string, groupOfPage) => {
        const groupOf = Uint8Array.from(groupOfPage.slice(0, string.pageCount));
        const isIn = (page: number): boolean => groupOf[page] !== LEFT_OUT;
        for (const [curve, ofParts] of [
          [lruFaultCurve, lruPartCurves],
          [minFaultCurve, minPartCurves],
        ] as const) {
          const { part, groups } = ofParts(string, groupOf, 3);
          expect(part).toEqual(curve(onlyPages(string, isIn)));
          for (const [g, group] of groups.entries()) {
            expect(group).toEqual(curve(onlyPages(string, (page) => groupOf[page] === g)));
          }
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
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
