import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Action } from '../../src/fingerprint/action.ts';
import { countReferences, nextStep } from '../../src/fingerprint/nextStep.ts';

/** Long runs of references with a step here and there, begun at any byte of their buffer. */
const columns = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 2, max: Action.Unmap })), {
      maxLength: 6,
    }),
    fc.integer({ min: 0, max: 50 }),
    fc.integer({ min: 0, max: 5 }),
  )
  .map(([runs, last, shift]) => {
    const actions = runs.flatMap(([run, step]) => [...references(run), step]);
    return Uint8Array.from([...references(shift), ...actions, ...references(last)]).subarray(shift);
  });

function references(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i % 2);
}

describe('nextStep', () => {
  it('finds from every row what a look at each action finds', () => {
    fc.assert(
      fc.property(columns, (actions) => {
        for (let from = 0; from <= actions.length; from++) {
          const found = actions.findIndex((action, row) => row >= from && action > Action.Write);
          expect(nextStep(actions, from)).toBe(found < 0 ? actions.length : found);
        }
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  it('leaves the steps out when references are counted', () => {
    fc.assert(
      fc.property(columns, (actions) => {
        const count = actions.filter((action) => action <= Action.Write).length;
        expect(countReferences(actions)).toBe(count);
      }),
      { seed: 9, numRuns: 200 },
    );
  });
});
