import { describe, expect, it } from 'vitest';
import { costOf, type Prices } from '../../src/engine/machine.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { min } from '../../src/optimal/min.ts';
import { optimumByRules } from '../../src/optimal/optimum.ts';
import { bruteForceOptimum, canonicalStrings } from '../support/bruteForce.ts';
import { references, stringOf } from '../support/references.ts';

const READS_ONLY: Prices = { pageInCost: 1, pageOutCost: 0, chargeFinal: false };
/** The lowest `length` bits of a mask. */
const bits = (mask: number, length: number): number[] =>
  Array.from({ length }, (_, i) => (mask >> i) & 1);

describe('MIN', () => {
  it('costs 9 page-ins on the textbook string with 3 frames', () => {
    const string = references('7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1');
    expect(replayVerified(string, { frameCount: 3, policy: min, seed: 1 }).pageIns).toBe(9);
  });

  it('costs 7 page-ins with 3 frames and 6 with 4 where FIFO shows its anomaly', () => {
    const string = references('1 2 3 4 1 2 5 1 2 3 4 5');
    expect(replayVerified(string, { frameCount: 3, policy: min, seed: 1 }).pageIns).toBe(7);
    expect(replayVerified(string, { frameCount: 4, policy: min, seed: 1 }).pageIns).toBe(6);
  });

  it('brings in the page wanted even when it is used least: A B C A B with room for two', () => {
    const counts = replayVerified(references('0 1 2 0 1'), { frameCount: 2, policy: min, seed: 1 });
    expect(counts.pageIns).toBe(4);
  });

  it('has the page-ins of a brute force over all victims, on every string of up to 7 references to 4 pages with 1 to 3 frames', () => {
    let compared = 0;
    for (let length = 1; length <= 7; length++) {
      for (let code = 0; code < 4 ** length; code++) {
        const pages = Array.from({ length }, (_, i) => (code >> (2 * i)) & 3);
        const string = stringOf(pages, bits(0, length));
        for (let frameCount = 1; frameCount <= 3; frameCount++) {
          const counts = replayVerified(string, { frameCount, policy: min, seed: 1 });
          const best = bruteForceOptimum(string, frameCount, READS_ONLY);
          if (counts.pageIns !== best) expect.fail(`${pages} @${frameCount}: ${counts.pageIns}`);
          compared++;
        }
      }
    }
    expect(compared).toBe(3 * 21844);
  });

  it('has the fewest page-ins on anonymous and mixed pages with every pattern of writes', () => {
    for (const pages of canonicalStrings(6, 4)) {
      for (let mask = 0; mask < 64; mask++) {
        for (const anonymous of [true, [0, 2]]) {
          const string = stringOf(pages, bits(mask, 6), { anonymous });
          for (let frameCount = 1; frameCount <= 3; frameCount++) {
            const counts = replayVerified(string, { frameCount, policy: min, seed: 1 });
            const best = bruteForceOptimum(string, frameCount, READS_ONLY);
            if (counts.pageIns !== best)
              expect.fail(`${pages} ${mask} ${anonymous} @${frameCount}`);
          }
        }
      }
    }
  });
});

describe('the bracket of the rules', () => {
  it('contains the brute-force optimum for every pattern of writes, price, end and kind', () => {
    let exact = 0;
    let compared = 0;
    for (const pages of canonicalStrings(6, 4)) {
      for (let mask = 0; mask < 64; mask++) {
        for (const anonymous of [false, true, [1]]) {
          const string = stringOf(pages, bits(mask, 6), { anonymous });
          for (let frameCount = 1; frameCount <= 3; frameCount++) {
            for (const pageOutCost of [0, 0.5, 1, 3]) {
              for (const chargeFinal of [false, true]) {
                const prices = { pageInCost: 1, pageOutCost, chargeFinal };
                const optimum = optimumByRules(string, { frameCount, prices });
                const best = bruteForceOptimum(string, frameCount, prices);
                const { lowerBound, upperBound } = optimum;
                if (!(lowerBound <= best && best <= upperBound)) {
                  expect.fail(`${pages} ${mask} ${anonymous} @${frameCount} ${pageOutCost}`);
                }
                if (costOf(optimum.schedule, prices) !== upperBound) expect.fail('not its cost');
                if (optimum.exact) exact++;
                compared++;
              }
            }
          }
        }
      }
    }
    expect(compared).toBe(187 * 64 * 3 * 3 * 4 * 2);
    expect(exact).toBeGreaterThan(compared / 2);
  });

  it('holds when exits release pages', () => {
    const prices = { pageInCost: 1, pageOutCost: 1, chargeFinal: true };
    for (let mask = 0; mask < 128; mask++) {
      const string = stringOf([0, 1, 2, 0, 1, 2, 3], bits(mask, 7), {
        anonymous: [0, 3],
        released: [
          [4, 0],
          [7, 3],
        ],
      });
      for (let frameCount = 1; frameCount <= 3; frameCount++) {
        const { lowerBound, upperBound } = optimumByRules(string, { frameCount, prices });
        const best = bruteForceOptimum(string, frameCount, prices);
        expect(lowerBound).toBeLessThanOrEqual(best);
        expect(upperBound).toBeGreaterThanOrEqual(best);
      }
    }
  });
});
