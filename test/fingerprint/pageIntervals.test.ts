import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PageIntervals } from '../../src/fingerprint/pageIntervals.ts';
import { SEED } from './arbitraries.ts';

const change = fc.record({
  add: fc.boolean(),
  start: fc.nat(20),
  length: fc.integer({ min: 1, max: 8 }),
});

it('answers as a set of pages does, and leaves copies alone', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const intervals = new PageIntervals();
      const set = new Set<number>();
      for (const { add, start, length } of changes) {
        const pages = Array.from({ length }, (_, i) => start + i);
        const copy = new PageIntervals(intervals);
        const isAllowed = pages.every((page) => set.has(page) !== add);
        const from = BigInt(start);
        const to = BigInt(start + length);
        expect(add ? intervals.add(from, to) : intervals.remove(from, to)).toBe(isAllowed);
        for (let page = 0; page < 30; page++) expect(copy.has(BigInt(page))).toBe(set.has(page));
        if (isAllowed) for (const page of pages) add ? set.add(page) : set.delete(page);
        for (let page = 0; page < 30; page++) {
          expect(intervals.has(BigInt(page))).toBe(set.has(page));
        }
      }
    }),
    { seed: SEED, numRuns: 200 },
  );
});
