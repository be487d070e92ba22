import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  binSeries,
  percentilesOf,
  usualWindows,
  workingSetSizes,
} from '../../src/evaluation/workingSet.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { references } from '../support/references.ts';

it('counts the distinct pages of the window at every reference, as a set of a slice does', () => {
  fc.assert(
    fc.property(
      randomStrings({ pages: 8, maxLength: 60, maxReleases: 0 }),
      fc.integer({ min: 1, max: 70 }),
      (string, window) => {
        const naive = [...string.pages].map(
          (_, tick) => new Set(string.pages.slice(Math.max(0, tick - window + 1), tick + 1)).size,
        );
        expect([...workingSetSizes(string, window)]).toEqual(naive);
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

it('gives the sizes of a small string', () => {
  expect([...workingSetSizes(references('0 1 0 2 2 2 1'), 3)]).toEqual([1, 2, 2, 3, 2, 1, 2]);
});

it('covers every reference once with bins that hold least, mean and most', () => {
  const values = fc.array(fc.nat(20), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 60 }), (list, count) => {
      const bins = binSeries(Int32Array.from(list), count);
      expect(bins.start).toHaveLength(Math.min(count, list.length));
      for (const [i, from] of bins.start.entries()) {
        const own = list.slice(from, bins.start[i + 1] ?? list.length);
        expect(bins.least[i]).toBe(Math.min(...own));
        expect(bins.most[i]).toBe(Math.max(...own));
        expect(bins.mean[i]).toBeCloseTo(own.reduce((a, b) => a + b) / own.length, 9);
      }
    }),
    { seed: 3, numRuns: 300 },
  );
});

it('takes percentiles by nearest rank, as sorting does', () => {
  const values = fc.array(fc.nat(30), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (list, percent) => {
      const sorted = [...list].sort((a, b) => a - b);
      const naive = sorted[Math.ceil((percent * list.length) / 100) - 1];
      expect(percentilesOf(Int32Array.from(list), [0, percent])).toEqual([sorted[0], naive]);
    }),
    { seed: 3, numRuns: 300 },
  );
});

it('looks through three windows of a long string and through one reference of the shortest', () => {
  expect(usualWindows(1_000_000)).toEqual([1024, 8192, 131072]);
  expect(usualWindows(1)).toEqual([1]);
});
