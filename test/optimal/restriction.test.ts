import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { certifiedLowerBound } from '../../src/optimal/certificate.ts';
import { deriveGaps } from '../../src/optimal/gaps.ts';
import { Decision, packGaps } from '../../src/optimal/packing.ts';
import { decideClear, toCertificate } from '../../src/optimal/restriction.ts';
import { roundToSchedule } from '../../src/optimal/rounding.ts';
import { bruteForceOptimum } from '../support/bruteForce.ts';
import { randomStrings } from '../support/randomStrings.ts';

const prices = { pageInCost: 1, pageOutCost: 1, chargeFinal: false };
const strings = randomStrings({ pages: 6, maxLength: 40 });
const frames = fc.integer({ min: 1, max: 5 });

describe('deciding what is clear', () => {
  it('keeps no more than fits, even if every share says keep', () => {
    let keptSome = 0;
    fc.assert(
      fc.property(strings, frames, (string, frameCount) => {
        const gaps = deriveGaps(string, computeNextUse(string), prices);
        const decisions = new Uint8Array(gaps.gapCount);
        const n = string.pages.length;
        const packing = packGaps(gaps, decisions, n, frameCount, prices);
        const shares = new Float64Array(packing.gapCount).fill(1);
        const keeps = roundToSchedule(packing, shares);
        const free = new Float64Array(packing.segmentCount);
        decideClear(gaps, decisions, packing, free, shares, keeps, prices);
        keptSome += decisions.filter((decision) => decision === Decision.Kept).length;
        // Asserts that what is kept fits.
        packGaps(gaps, decisions, n, frameCount, prices);
      }),
      { seed: 5, numRuns: 2000 },
    );
    expect(keptSome).toBeGreaterThan(300);
  });
});

describe('a certificate from prices', () => {
  it('is valid at any grain, and the finest one keeps every rent within half a unit', () => {
    const grains = fc.constantFrom(1, 2 ** 10, 2 ** 16, 2 ** 20);
    const rents = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 40 });
    fc.assert(
      fc.property(strings, frames, grains, rents, (string, frameCount, grain, list) => {
        const gaps = deriveGaps(string, computeNextUse(string), prices);
        const n = string.pages.length;
        const packing = packGaps(gaps, new Uint8Array(gaps.gapCount), n, frameCount, prices);
        const segmentPrices = Float64Array.from(list.slice(0, packing.segmentCount));
        const certificate = toCertificate(packing, segmentPrices, grain);
        const bound = certifiedLowerBound(string, frameCount, prices, certificate);
        expect(bound).toBeLessThanOrEqual(bruteForceOptimum(string, frameCount, prices));
        const sum = segmentPrices.reduce((total, price) => total + price, 0) * 2 ** 20;
        const rounded = certificate.prices.reduce((total, price) => total + price, 0);
        expect(Math.abs(rounded - sum)).toBeLessThanOrEqual(grain / 2 + 1e-3);
      }),
      { seed: 6, numRuns: 1000 },
    );
  });
});
