import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Regions } from '../../src/fingerprint/regions.ts';
import { SEED } from './arbitraries.ts';

const change = fc.record({
  add: fc.boolean(),
  start: fc.nat(20),
  length: fc.integer({ min: 1, max: 8 }),
});

/** Which row holds each of 30 positions; undefined where none is mapped. */
function rowsOf(regions: Regions): (number | undefined)[] {
  return Array.from({ length: 30 }, (_, position) => {
    try {
      return regions.rowAt(position);
    } catch {
      return undefined;
    }
  });
}

it('answers as a column of rows does, and leaves copies alone', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const regions = new Regions();
      const column = new Array<number | undefined>(30).fill(undefined);
      changes.forEach(({ add, start, length }, row) => {
        const end = start + length;
        if (add && column.slice(start, end).some((held) => held !== undefined)) {
          expect(() => regions.add(start, end, row)).toThrow('a map');
        } else {
          const copy = new Regions(regions);
          if (add) regions.add(start, end, row);
          else regions.remove(start, end);
          expect(rowsOf(copy)).toEqual(column);
          column.fill(add ? row : undefined, start, end);
        }
        expect(rowsOf(regions)).toEqual(column);
      });
    }),
    { seed: SEED, numRuns: 100 },
  );
});
