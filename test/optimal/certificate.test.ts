import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  certifiedLowerBound,
  EMPTY_CERTIFICATE,
  PRICE_SCALE,
  raiseToLattice,
} from '../../src/optimal/certificate.ts';
import { bruteForceOptimum } from '../support/bruteForce.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { references, stringOf } from '../support/references.ts';

const prices = fc.record({
  pageInCost: fc.constantFrom(1, 0.5, 2, 0),
  pageOutCost: fc.constantFrom(0, 0.5, 1, 3),
  chargeFinal: fc.boolean(),
});

describe('a certificate', () => {
  it('never exceeds the brute-force optimum, whatever its prices', () => {
    fc.assert(
      fc.property(
        randomStrings({ pages: 5, maxLength: 12 }),
        prices,
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(2 * PRICE_SCALE), { minLength: 12, maxLength: 12 }),
        fc.nat(7),
        (string, costs, frameCount, rent, scaleDown) => {
          const all = Array.from(string.pages, (_, tick) => tick);
          const ticks = all.filter((tick) => rent[tick] >> scaleDown > 0);
          const certificate = {
            ticks: Int32Array.from(ticks),
            prices: Float64Array.from(ticks, (tick) => rent[tick] >> scaleDown),
          };
          const bound = certifiedLowerBound(string, frameCount, costs, certificate);
          const best = bruteForceOptimum(string, frameCount, costs);
          expect(bound).toBeLessThanOrEqual(best);
          expect(raiseToLattice(bound, costs)).toBeLessThanOrEqual(best);
        },
      ),
      { seed: 11, numRuns: 20_000 },
    );
  });

  it('with the right prices proves the optimum of MIN on the textbook string', () => {
    // 0 1 2 0 1 with two frames: 4 page-ins; a frame is worth a page-in at tick 2.
    const string = references('0 1 2 0 1');
    const costs = { pageInCost: 1, pageOutCost: 1, chargeFinal: false };
    const certificate = { ticks: Int32Array.of(2), prices: Float64Array.of(PRICE_SCALE) };
    expect(certifiedLowerBound(string, 2, costs, certificate)).toBe(4);
  });

  it('without prices is the reads of first touches, and of the end what must be charged', () => {
    const string = stringOf([0, 1, 2, 0], [1, 0, 0, 0], { anonymous: [2] });
    const costs = { pageInCost: 1, pageOutCost: 3, chargeFinal: true };
    expect(certifiedLowerBound(string, 2, costs, EMPTY_CERTIFICATE)).toBe(2 + 3);
  });

  it('is refused when a price is negative, fractional, missing or out of order', () => {
    const string = references('0 1 2 0 1');
    const costs = { pageInCost: 1, pageOutCost: 1, chargeFinal: false };
    for (const [ticks, rents] of [
      [[1], [-5]],
      [[1], [0.5]],
      [[1], [Number.NaN]],
      [[1, 2], [1]],
      [
        [2, 1],
        [1, 1],
      ],
      [[5], [1]],
      [[-1], [1]],
    ]) {
      const certificate = { ticks: Int32Array.from(ticks), prices: Float64Array.from(rents) };
      expect(() => certifiedLowerBound(string, 2, costs, certificate)).toThrow('not a certificate');
    }
  });
});

describe('raising a bound to what a cost can be', () => {
  it('takes the greatest common measure of both prices', () => {
    const costs = (pageInCost: number, pageOutCost: number) => ({
      pageInCost,
      pageOutCost,
      chargeFinal: false,
    });
    expect(raiseToLattice(6.25, costs(1, 1))).toBe(7);
    expect(raiseToLattice(6.25, costs(1, 0.5))).toBe(6.5);
    expect(raiseToLattice(6.25, costs(2, 4))).toBe(8);
    expect(raiseToLattice(6, costs(2, 4))).toBe(6);
    expect(raiseToLattice(6.25, costs(0, 0))).toBe(0);
    expect(raiseToLattice(6.25, costs(Math.PI, 1))).toBe(6.25);
  });
});
