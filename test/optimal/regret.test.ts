import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, type Prices } from '../../src/engine/machine.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import {
  type Certificate,
  certifiedLowerBound,
  EMPTY_CERTIFICATE,
  PRICE_SCALE,
} from '../../src/optimal/certificate.ts';
import { deriveGaps } from '../../src/optimal/gaps.ts';
import { solvePacking } from '../../src/optimal/linearProgram.ts';
import { min } from '../../src/optimal/min.ts';
import { packGaps } from '../../src/optimal/packing.ts';
import { priceRegrets } from '../../src/optimal/regret.ts';
import { toCertificate } from '../../src/optimal/restriction.ts';
import { bruteForceOptimum } from '../support/bruteForce.ts';
import { ExactCosts, exactPolicy } from '../support/exactRegret.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { stringOf } from '../support/references.ts';

/** Prices come from multiples of 2⁻²⁰, so bounds fall short of the relaxation by so little. */
const ROUNDING = 1e-4;

const somePrices = fc.record({
  pageInCost: fc.constantFrom(1, 2),
  pageOutCost: fc.constantFrom(0, 0.5, 1, 3),
  chargeFinal: fc.boolean(),
});

/** The best prices there are: those of the relaxation with nothing decided beforehand. */
async function bestPrices(
  string: ReferenceString,
  frameCount: number,
  prices: Prices,
): Promise<Certificate> {
  const gaps = deriveGaps(string, computeNextUse(string), prices);
  const open = new Uint8Array(gaps.gapCount);
  const packing = packGaps(gaps, open, string.pages.length, frameCount, prices);
  const solution = await solvePacking(packing);
  // Nothing to pack, nothing to price.
  return solution === undefined ? EMPTY_CERTIFICATE : toCertificate(packing, solution.prices);
}

describe('the exact costs of the oracle', () => {
  it('are the brute-force optimum, and their policy attains it', () => {
    fc.assert(
      fc.property(
        randomStrings({ pages: 6, maxLength: 14 }),
        somePrices,
        fc.integer({ min: 1, max: 4 }),
        (string, prices, frameCount) => {
          const costs = new ExactCosts(string, frameCount, prices);
          const best = bruteForceOptimum(string, frameCount, prices);
          expect(costs.least).toBe(best);
          const policy = exactPolicy(costs);
          const counts = replayVerified(string, { frameCount, policy, seed: 1 });
          expect(costOf(counts, prices)).toBe(best);
        },
      ),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe('the regret at certified prices', () => {
  it('is never above the exact regret on optimal runs with tight prices, and mostly equal', async () => {
    let tight = 0;
    let compared = 0;
    let equal = 0;
    await fc.assert(
      fc.asyncProperty(
        randomStrings({ pages: 7, maxLength: 40 }),
        somePrices,
        fc.integer({ min: 2, max: 4 }),
        async (string, prices, frameCount) => {
          const costs = new ExactCosts(string, frameCount, prices);
          const certificate = await bestPrices(string, frameCount, prices);
          const bound = certifiedLowerBound(string, frameCount, prices, certificate);
          if (bound < costs.least - ROUNDING) return;
          tight++;
          const future = computeNextUse(string);
          const regrets = priceRegrets(string, future, prices, certificate);
          replayVerified(string, {
            frameCount,
            policy: exactPolicy(costs),
            seed: 1,
            observe: (memory) => (_victim, _wanted, tick) => {
              const { frames } = memory;
              const exact = Array.from(frames.pageOf, (page) =>
                costs.costOfEvicting(page, frames, tick),
              );
              const least = Math.min(...exact);
              for (let frame = 0; frame < frameCount; frame++) {
                const priced = regrets.excess(frames, frame, tick) - regrets.least(frames, tick);
                expect(priced).toBeGreaterThanOrEqual(0);
                expect(priced).toBeLessThanOrEqual(exact[frame] - least + ROUNDING);
                compared++;
                if (priced > exact[frame] - least - ROUNDING) equal++;
              }
            },
          });
        },
      ),
      { seed: 2, numRuns: 400 },
    );
    expect(tight).toBeGreaterThan(300);
    expect(equal / compared).toBeGreaterThan(0.6);
  });

  it('is what trying both ways for one page says, whatever the prices', () => {
    fc.assert(
      fc.property(
        randomStrings({ pages: 5, maxLength: 20 }),
        somePrices,
        fc.integer({ min: 2, max: 3 }),
        fc.array(fc.nat(4), { minLength: 20, maxLength: 20 }),
        (string, prices, frameCount, quarters) => {
          const rent = quarters.map((quarter) => quarter / 4);
          const ticks = Array.from(string.pages.keys()).filter((tick) => rent[tick] > 0);
          const regrets = priceRegrets(string, computeNextUse(string), prices, {
            ticks: Int32Array.from(ticks),
            prices: Float64Array.from(ticks, (tick) => rent[tick] * PRICE_SCALE),
          });
          replayVerified(string, {
            frameCount,
            policy: min,
            seed: 1,
            observe:
              ({ frames }) =>
              (_victim, _wanted, tick) => {
                for (let frame = 0; frame < frameCount; frame++) {
                  const world = { string, prices, rent, page: frames.pageOf[frame] };
                  const isDirty = frames.dirty[frame] === 1;
                  const hasContent = frames.blank[frame] === 0;
                  const gone =
                    (isDirty ? prices.pageOutCost : 0) + costAway(world, tick + 1, hasContent);
                  const kept = rent[tick] + costHere(world, tick + 1, isDirty, hasContent);
                  expect(regrets.excess(frames, frame, tick)).toBe(gone - kept);
                }
              },
          });
        },
      ),
      { seed: 3, numRuns: 1000 },
    );
  });

  it('spares a frame that is worth nothing: a dead page is no better victim than one read later', () => {
    // No prices at all: letting a page go costs what reading it back costs, a dead one nothing.
    const string = stringOf([0, 1, 2, 0], [0, 0, 0, 0]);
    const prices = { pageInCost: 1, pageOutCost: 1, chargeFinal: false };
    const none = { ticks: new Int32Array(0), prices: new Float64Array(0) };
    const regrets = priceRegrets(string, computeNextUse(string), prices, none);
    const seen: number[] = [];
    replayVerified(string, {
      frameCount: 2,
      policy: min,
      seed: 1,
      observe:
        ({ frames }) =>
        (_victim, _wanted, tick) => {
          seen.push(regrets.excess(frames, 0, tick), regrets.excess(frames, 1, tick));
        },
    });
    expect(seen).toEqual([1, 0]);
  });
});

/** One page alone, paying rent for every tick it stays and is not in use itself. */
interface World {
  readonly string: ReferenceString;
  readonly prices: Prices;
  readonly rent: readonly number[];
  readonly page: number;
}

function isReleased({ string: { releases }, page }: World, tick: number): boolean {
  return (
    releases?.ticks.some(
      (at, row) =>
        at === tick &&
        releases.pages
          .subarray(releases.firstPage[row], releases.firstPage[row + 1])
          .includes(page),
    ) ?? false
  );
}

function costAway(world: World, tick: number, hasContent: boolean): number {
  const { string, prices, page } = world;
  if (tick === string.pages.length) return 0;
  if (string.pages[tick] !== page) return costAway(world, tick + 1, hasContent);
  return (hasContent ? prices.pageInCost : 0) + costUsed(world, tick, false, hasContent);
}

function costHere(world: World, tick: number, isDirty: boolean, hasContent: boolean): number {
  const { string, prices, rent, page } = world;
  if (isReleased(world, tick)) return 0;
  if (tick === string.pages.length) return prices.chargeFinal && isDirty ? prices.pageOutCost : 0;
  if (string.pages[tick] === page) return costUsed(world, tick, isDirty, hasContent);
  const stay = rent[tick] + costHere(world, tick + 1, isDirty, hasContent);
  const leave = (isDirty ? prices.pageOutCost : 0) + costAway(world, tick + 1, hasContent);
  return Math.min(stay, leave);
}

function costUsed(world: World, tick: number, isDirty: boolean, hasContent: boolean): number {
  const isWrite = world.string.writes[tick] === 1;
  return costHere(world, tick + 1, isDirty || isWrite, hasContent || isWrite);
}
