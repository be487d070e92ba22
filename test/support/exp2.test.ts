import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp2 } from '../../src/support/exp2.ts';

describe('exp2', () => {
  it('is 2 to the power x, to 13 digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -900, max: 900, noNaN: true }), (x) => {
        expect(Math.abs(exp2(x) / 2 ** x - 1)).toBeLessThan(1e-13);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('is exact for whole numbers, and stays within the finite', () => {
    for (const n of [-1000, -999, -3, -1, 0, 1, 2, 10, 999]) {
      expect(exp2(n)).toBe(n === -1000 ? 0 : 2 ** n);
    }
    expect(exp2(-1e9)).toBe(0);
    expect(exp2(1e9)).toBe(2 ** 1000);
  });

  it('never falls', () => {
    const steps = Array.from({ length: 20_000 }, (_, i) => exp2(i / 5000 - 2));
    expect(steps.every((value, i) => i === 0 || value > steps[i - 1])).toBe(true);
  });
});
