import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, type Prices } from '../../src/engine/machine.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { readFingerprint } from '../../src/node/fingerprintFile.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import {
  type Certificate,
  certifiedLowerBound,
  PRICE_SCALE,
} from '../../src/optimal/certificate.ts';
import { deriveGaps } from '../../src/optimal/gaps.ts';
import { solvePacking } from '../../src/optimal/linearProgram.ts';
import { min } from '../../src/optimal/min.ts';
import { computeOptimum, type Optimum } from '../../src/optimal/optimum.ts';
import { packGaps } from '../../src/optimal/packing.ts';
import { planPolicy } from '../../src/optimal/plan.ts';
import { PrimalDual } from '../../src/optimal/primalDual.ts';
import { toCertificate } from '../../src/optimal/restriction.ts';
import { bruteForceOptimum, canonicalStrings } from '../support/bruteForce.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { stringOf } from '../support/references.ts';

const somePrices: fc.Arbitrary<Prices> = fc.record({
  pageInCost: fc.constantFrom(1, 2),
  pageOutCost: fc.constantFrom(0.5, 1, 3),
  chargeFinal: fc.boolean(),
});
/** Long enough that the rules seldom close the bracket; 12 pages. */
const strings = randomStrings({ pages: 12, minLength: 60, maxLength: 120 });
const frames = fc.integer({ min: 1, max: 6 });

/** Cost of a replay of the schedule found, whichever it is. */
function costOfSchedule(string: ReferenceString, optimum: Optimum): number {
  const { plan, frameCount, prices, schedule } = optimum;
  if (plan === undefined) return costOf(schedule, prices);
  const run = { frameCount, policy: planPolicy(plan, frameCount), seed: 1 };
  const counts = replayVerified(string, run);
  expect(counts).toEqual(schedule);
  return costOf(counts, prices);
}

/** Pages by other numbers. */
function renamed(string: ReferenceString, order: readonly number[]): ReferenceString {
  const { pages, kinds, releases, pageCount } = string;
  const numbers = order.filter((page) => page < pageCount);
  const newKinds = new Uint8Array(pageCount);
  kinds.forEach((kind, page) => {
    newKinds[numbers[page]] = kind;
  });
  return {
    ...string,
    pages: pages.map((page) => numbers[page]),
    kinds: newKinds,
    releases: releases && { ...releases, pages: releases.pages.map((page) => numbers[page]) },
  };
}

describe('the optimum with page-outs', () => {
  it('of page-outs that cost nothing is MIN, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(strings, frames, fc.boolean(), async (string, frameCount, chargeFinal) => {
        const prices = { pageInCost: 1, pageOutCost: 0, chargeFinal };
        const { lowerBound, upperBound, exact } = await computeOptimum(string, {
          frameCount,
          prices,
        });
        const { pageIns } = replayVerified(string, { frameCount, policy: min, seed: 1 });
        expect([lowerBound, upperBound, exact]).toEqual([pageIns, pageIns, true]);
      }),
      { seed: 21, numRuns: 300 },
    );
  });

  it('is never below its lower bound for any policy of the catalog or any random schedule', async () => {
    const policies = [...(await loadPolicies()).values()];
    const random = (await loadPolicies()).get('random')!;
    let met = 0;
    await fc.assert(
      fc.asyncProperty(strings, frames, somePrices, async (string, frameCount, prices) => {
        const optimum = await computeOptimum(string, { frameCount, prices });
        expect(optimum.lowerBound).toBeLessThanOrEqual(optimum.upperBound);
        expect(costOfSchedule(string, optimum)).toBe(optimum.upperBound);
        if (optimum.plan !== undefined) met++;
        const nextUse = computeNextUse(string);
        const costs = policies.map((policy) =>
          costOf(replayVerified(string, { frameCount, policy, nextUse, seed: 1 }), prices),
        );
        for (let seed = 0; seed < 20; seed++) {
          costs.push(costOf(replayVerified(string, { frameCount, policy: random, seed }), prices));
        }
        expect(Math.min(...costs)).toBeGreaterThanOrEqual(optimum.lowerBound);
      }),
      { seed: 22, numRuns: 150 },
    );
    expect(met).toBeGreaterThan(30);
  });

  it('never falls when a price rises or frames are taken away', async () => {
    const small = randomStrings({ pages: 8, minLength: 20, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(small, fc.boolean(), async (string, chargeFinal) => {
        const least = async (frameCount: number, pageOutCost: number): Promise<number> => {
          const prices = { pageInCost: 1, pageOutCost, chargeFinal };
          const optimum = await computeOptimum(string, { frameCount, prices, effort: 'exact' });
          expect(optimum.exact).toBe(true);
          return optimum.upperBound;
        };
        const grid: number[][] = [];
        for (const frameCount of [2, 3, 4]) {
          const row: number[] = [];
          for (const price of [0, 0.5, 1, 3]) row.push(await least(frameCount, price));
          grid.push(row);
        }
        for (let i = 0; i < grid.length; i++) {
          for (let j = 0; j < grid[i].length; j++) {
            if (i > 0) expect(grid[i][j]).toBeLessThanOrEqual(grid[i - 1][j]);
            if (j > 0) expect(grid[i][j]).toBeGreaterThanOrEqual(grid[i][j - 1]);
          }
        }
      }),
      { seed: 23, numRuns: 60 },
    );
  });

  it('does not change when pages are renamed, and scales with the prices', async () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 12 }, (_, page) => page),
      {
        minLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        randomStrings({ pages: 12, minLength: 40, maxLength: 80 }),
        order,
        frames,
        somePrices,
        async (string, numbers, frameCount, prices) => {
          const options = { frameCount, prices, effort: 'exact' } as const;
          const { upperBound, lowerBound } = await computeOptimum(string, options);
          const other = await computeOptimum(renamed(string, numbers), options);
          expect([other.lowerBound, other.upperBound]).toEqual([lowerBound, upperBound]);
          const tripled = {
            pageInCost: 3 * prices.pageInCost,
            pageOutCost: 3 * prices.pageOutCost,
            chargeFinal: prices.chargeFinal,
          };
          const scaled = await computeOptimum(string, { ...options, prices: tripled });
          expect([scaled.lowerBound, scaled.upperBound]).toEqual([3 * lowerBound, 3 * upperBound]);
        },
      ),
      { seed: 24, numRuns: 100 },
    );
  });

  it('contains brute force on every small world, and is exact on nearly all', async () => {
    // Strings of 5 to 4 pages, every pattern of writes; each with some of the frames, kinds and prices,
    // all of which come equally often.
    const cases: [number, boolean | number[], number, boolean][] = [];
    for (const frameCount of [1, 2, 3]) {
      for (const anonymous of [false, true, [1]]) {
        for (const pageOutCost of [0, 0.5, 1, 3]) {
          for (const chargeFinal of [false, true]) {
            cases.push([frameCount, anonymous, pageOutCost, chargeFinal]);
          }
        }
      }
    }
    let at = 0;
    let solved = 0;
    let exact = 0;
    for (const pages of canonicalStrings(5, 4)) {
      for (let mask = 0; mask < 32; mask++) {
        const writes = pages.map((_, i) => (mask >> i) & 1);
        for (let i = 0; i < 24; i++, at += 7) {
          const [frameCount, anonymous, pageOutCost, chargeFinal] = cases[at % cases.length];
          const string = stringOf(pages, writes, { anonymous });
          const prices = { pageInCost: 1, pageOutCost, chargeFinal };
          const found = await computeOptimum(string, { frameCount, prices });
          const best = bruteForceOptimum(string, frameCount, prices);
          if (found.lowerBound > best || found.upperBound < best) {
            expect.fail(`${pages} ${writes} ${anonymous} @${frameCount} ${pageOutCost}`);
          }
          if (found.exact) exact++;
          else {
            // Fractions are worth more than whole numbers here: HiGHS must be asked for those.
            const asked = { frameCount, prices, effort: 'exact' } as const;
            expect((await computeOptimum(string, asked)).exact).toBe(true);
          }
          if (found.upperMethod === 'plan' || found.lowerMethod === 'certificate') solved++;
        }
      }
    }
    expect(at / 7).toBe(51 * 32 * 24);
    expect(solved).toBeGreaterThan(1000);
    expect(exact / (at / 7)).toBeGreaterThan(0.99);
  });
});

describe('a certificate that was tampered with', () => {
  it('is refused, or proves no more than is true', async () => {
    let refused = 0;
    let weaker = 0;
    await fc.assert(
      fc.asyncProperty(
        randomStrings({ pages: 6, minLength: 15, maxLength: 30 }),
        fc.integer({ min: 2, max: 4 }),
        somePrices,
        fc.nat(),
        fc.constantFrom(-1, 0, 0.5, Number.NaN, 2 ** 60, PRICE_SCALE >> 1, 3 * PRICE_SCALE),
        async (string, frameCount, prices, place, price) => {
          const certificate = await certificateOf(string, frameCount, prices);
          if (certificate === undefined || certificate.prices.length === 0) return;
          const altered = certificate.prices.slice();
          altered[place % altered.length] = price;
          const best = bruteForceOptimum(string, frameCount, prices);
          const honest = certifiedLowerBound(string, frameCount, prices, certificate);
          try {
            const bound = certifiedLowerBound(string, frameCount, prices, {
              ticks: certificate.ticks,
              prices: altered,
            });
            expect(bound).toBeLessThanOrEqual(best);
            if (bound < honest) weaker++;
          } catch (error) {
            expect((error as Error).message).toContain('certificate');
            refused++;
          }
        },
      ),
      { seed: 25, numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(50);
    expect(weaker).toBeGreaterThan(20);
  });
});

/** The best prices, nothing decided beforehand; undefined where nothing is to be packed. */
async function certificateOf(
  string: ReferenceString,
  frameCount: number,
  prices: Prices,
): Promise<Certificate | undefined> {
  const packing = packingOf(string, frameCount, prices);
  if (packing.gapCount === 0) return undefined;
  const solution = await solvePacking(packing);
  return toCertificate(packing, solution!.prices);
}

function packingOf(string: ReferenceString, frameCount: number, prices: Prices) {
  const gaps = deriveGaps(string, computeNextUse(string), prices);
  const open = new Uint8Array(gaps.gapCount);
  return packGaps(gaps, open, string.pages.length, frameCount, prices);
}

describe('the first-order method', () => {
  it('has a bound never above brute force, and comes near that of the linear programme', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        randomStrings({ pages: 8, minLength: 25, maxLength: 60 }),
        fc.integer({ min: 2, max: 5 }),
        somePrices,
        async (string, frameCount, prices) => {
          const packing = packingOf(string, frameCount, prices);
          if (packing.gapCount === 0) return;
          const exact = await certificateOf(string, frameCount, prices);
          const relaxed = certifiedLowerBound(string, frameCount, prices, exact!);
          const solver = new PrimalDual(packing);
          const { constantCost } = deriveGaps(string, computeNextUse(string), prices);
          let before = Number.NEGATIVE_INFINITY;
          for (let i = 0; i < 5; i++) {
            solver.iterate(400);
            expect(solver.bestBound).toBeGreaterThanOrEqual(before);
            before = solver.bestBound;
          }
          const bound = constantCost + solver.bestBound;
          expect(bound).toBeLessThanOrEqual(bruteForceOptimum(string, frameCount, prices) + 1e-6);
          // What is certified is what it says, but for the rounding of the prices.
          const certificate = toCertificate(packing, solver.bestPrices);
          const certified = certifiedLowerBound(string, frameCount, prices, certificate);
          expect(Math.abs(certified - bound)).toBeLessThan(1e-3);
          expect(bound).toBeGreaterThan(0.97 * relaxed);
          compared++;
        },
      ),
      { seed: 26, numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(120);
  });

  it('alone brackets the optimum closely on small strings', async () => {
    let width = 0;
    let total = 0;
    await fc.assert(
      fc.asyncProperty(
        randomStrings({ pages: 8, minLength: 40, maxLength: 80 }),
        fc.integer({ min: 2, max: 5 }),
        somePrices,
        async (string, frameCount, prices) => {
          const options = { frameCount, prices, linearProgramGaps: 0 };
          const { lowerBound, upperBound } = await computeOptimum(string, options);
          const best = bruteForceOptimum(string, frameCount, prices);
          expect(lowerBound).toBeLessThanOrEqual(best);
          expect(upperBound).toBeGreaterThanOrEqual(best);
          width += upperBound - lowerBound;
          total += best;
        },
      ),
      { seed: 27, numRuns: 150 },
    );
    expect(width / total).toBeLessThan(0.02);
  });

  it('alone brackets the optimum of a window of a real program, which HiGHS proves', async () => {
    const path = new URL('../../datasets/fingerprints/cc1.evfp', import.meta.url).pathname;
    const whole = linearize((await readFingerprint(path, 1)).fingerprint);
    const from = whole.pages.length >> 1;
    const string = windowOf(whole, from, from + 30_000);
    const frameCount = Math.floor(string.pageCount / 3);
    const prices = { pageInCost: 1, pageOutCost: 1, chargeFinal: false };
    const byHighs = await computeOptimum(string, { frameCount, prices });
    const byFirst = await computeOptimum(string, { frameCount, prices, linearProgramGaps: 0 });
    expect(byFirst.lowerBound).toBeLessThanOrEqual(byHighs.upperBound);
    expect(byFirst.upperBound).toBeGreaterThanOrEqual(byHighs.lowerBound);
    expect([byHighs.exact, byHighs.upperMethod]).toEqual([true, 'plan']);
    expect(byFirst.upperBound / byFirst.lowerBound).toBeLessThan(1.01);
    expect(costOfSchedule(string, byFirst)).toBe(byFirst.upperBound);
  });
});

/** References `from` … `to` − 1, pages numbered anew by first use. */
function windowOf(string: ReferenceString, from: number, to: number): ReferenceString {
  const numbers = new Map<number, number>();
  const pages = string.pages.slice(from, to).map((page) => {
    if (!numbers.has(page)) numbers.set(page, numbers.size);
    return numbers.get(page)!;
  });
  return {
    pages,
    writes: string.writes.slice(from, to),
    pageCount: numbers.size,
    kinds: Uint8Array.from(numbers.keys(), (page) => string.kinds[page]),
    releases: undefined,
  };
}
