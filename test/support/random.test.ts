import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/support/random.ts';

/** Straight from the definition: draws beyond the last whole multiple of the bound are thrown away. */
function naiveBelow(random: Random, bound: number): number {
  const whole = 2n ** 32n - (2n ** 32n % BigInt(bound));
  let draw = BigInt(random.next());
  while (draw >= whole) draw = BigInt(random.next());
  return Number(draw % BigInt(bound));
}

describe('Random', () => {
  it('draws below a bound what the definition draws, and as many', () => {
    const bounds = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 32 }),
      // Where nearly half of all draws go.
      fc.integer({ min: 2 ** 31 - 1, max: 2 ** 31 + 1000 }),
      fc.constantFrom(1, 2, 10_000, 2 ** 32 - 1, 2 ** 32),
    );
    const check = fc.property(fc.integer(), fc.array(bounds, { maxLength: 50 }), (seed, list) => {
      const random = new Random(seed);
      const naive = new Random(seed);
      for (const bound of list) expect(random.below(bound)).toBe(naiveBelow(naive, bound));
      expect(random.next()).toBe(naive.next());
    });
    fc.assert(check, { seed: 1, numRuns: 300 });
  });
});

describe('a copy', () => {
  it('draws what the original would, and leaves it where it was', () => {
    const random = new Random(77);
    random.next();
    const copy = random.copy();
    const drawn = Array.from({ length: 9 }, () => copy.next());
    expect(Array.from({ length: 9 }, () => random.next())).toEqual(drawn);
    expect(copy.next()).toBe(random.next());
  });
});
