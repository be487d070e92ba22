import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/support/text.ts';

const SEED = 5;

/** The definition, letter by letter, without a table. */
function naiveDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  return Math.min(
    naiveDistance(a.slice(1), b) + 1,
    naiveDistance(a, b.slice(1)) + 1,
    naiveDistance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
  );
}

it('counts the same edits as the definition', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
  fc.assert(
    fc.property(word, word, (a, b) => editDistance(a, b) === naiveDistance(a, b)),
    { seed: SEED, numRuns: 300 },
  );
});

it('finds the name that was meant', () => {
  expect(nearest('clok', ['lru', 'clock', 'sieve'])).toBe('clock');
  expect(nearest('clock-por', ['clock', 'clock-pro', 'arc'])).toBe('clock-pro');
});

it('finds none when every letter would have to change', () => {
  expect(nearest('xyz', ['lru', 'clock'])).toBeUndefined();
  expect(nearest('ab', ['cd'])).toBeUndefined();
});
