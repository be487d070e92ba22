import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reuseHistogram } from '../../src/evaluation/reuseHistogram.ts';
import { randomStrings } from '../support/randomStrings.ts';

it('puts each reference into the bin of its distance, as a stack that is searched does', () => {
  fc.assert(
    fc.property(randomStrings({ pages: 12, maxLength: 80, maxReleases: 0 }), (string) => {
      const stack: number[] = [];
      const distances: number[] = [];
      let firstUses = 0;
      for (const page of string.pages) {
        const depth = stack.indexOf(page);
        if (depth < 0) firstUses++;
        else distances.push(stack.splice(depth, 1).length && depth + 1);
        stack.unshift(page);
      }
      const histogram = reuseHistogram(string);
      expect(histogram.firstUses).toBe(firstUses);
      const total = histogram.references.reduce((a, b) => a + b, 0);
      expect(total).toBe(distances.length);
      histogram.from.forEach((from, bin) => {
        const inBin = distances.filter((distance) => distance >= from && distance < 2 * from);
        expect([from, histogram.references[bin]]).toEqual([2 ** bin, inBin.length]);
      });
    }),
    { seed: 5, numRuns: 300 },
  );
});
