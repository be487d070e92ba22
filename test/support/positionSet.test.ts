import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PositionSet } from '../../src/support/positionSet.ts';

describe('a position set', () => {
  it('finds the same greatest and next position as a search of all', () => {
    const change = fc.record({ at: fc.nat(39_999), isInsertion: fc.boolean() });
    fc.assert(
      fc.property(
        // One, two, three and four levels.
        fc.constantFrom(20, 32, 1000, 1024, 1025, 40_000),
        fc.array(change, { maxLength: 60 }),
        fc.array(fc.nat(39_999), { maxLength: 20 }),
        (size, changes, questions) => {
          const set = new PositionSet(size);
          const naive = new Set<number>();
          for (const { at, isInsertion } of changes) {
            const position = at % size;
            if (isInsertion) {
              set.insert(position);
              naive.add(position);
            } else {
              set.remove(position);
              naive.delete(position);
            }
          }
          expect(set.max()).toBe(Math.max(-1, ...naive));
          for (const from of [...questions.map((at) => at % size), ...naive, 0, size - 1]) {
            const above = [...naive].filter((position) => position >= from);
            expect(set.next(from)).toBe(above.length === 0 ? -1 : Math.min(...above));
            expect(set.has(from)).toBe(naive.has(from));
          }
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
