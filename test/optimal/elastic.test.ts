import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  costOf,
  DEFAULT_MACHINE,
  type ElasticMachine,
  type Prices,
  UNIT_PRICES,
} from '../../src/engine/machine.ts';
import { simulate } from '../../src/engine/simulate.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { computeElasticOptimum, type ElasticOptimum } from '../../src/optimal/elastic.ts';
import { boundEverySchedule } from '../../src/optimal/everySchedule.ts';
import { computeOptimum } from '../../src/optimal/optimum.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { Random } from '../../src/support/random.ts';
import { SEED } from '../fingerprint/arbitraries.ts';
import { bruteForceSchedules } from '../support/bruteForceSchedules.ts';
import { elasticMachines } from '../support/elasticMachines.ts';
import { families } from '../support/families.ts';
import { mappedPrograms } from '../support/mappedPrograms.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';

const policies = [...(await loadPolicies()).values()];

const small = smallFingerprints({ sequences: 3, pages: 5, minSteps: 10, steps: 26 });
const frameCounts = fc.integer({ min: 1, max: 4 });
const anyPrices: fc.Arbitrary<Prices> = fc.record({
  pageInCost: fc.constantFrom(0, 1, 2),
  pageOutCost: fc.constantFrom(0, 0.5, 1, 3),
  chargeFinal: fc.boolean(),
});

const text = (lines: string, directives = '@backing file') =>
  parseFingerprint(`@page-size 1\n${directives}\n${lines}`, 'x');

describe('the bound of every schedule', () => {
  it('is below the cheapest of all interleavings and victims, and often is it', async () => {
    let compared = 0;
    let tight = 0;
    let aboveCompulsory = 0;
    await fc.assert(
      fc.asyncProperty(small, frameCounts, anyPrices, async (fingerprint, frameCount, prices) => {
        const bound = await boundEverySchedule(fingerprint, { frameCount, prices });
        const least = bruteForceSchedules(fingerprint, frameCount, prices);
        expect(bound.lowerBound).toBeLessThanOrEqual(least);
        expect(bound.compulsoryCost).toBeLessThanOrEqual(bound.lowerBound);
        compared++;
        if (bound.lowerBound === least) tight++;
        if (bound.lowerBound > bound.compulsoryCost) aboveCompulsory++;
      }),
      { seed: SEED, numRuns: 400 },
    );
    expect(tight).toBeGreaterThan(compared / 3);
    expect(aboveCompulsory).toBeGreaterThan(compared / 20);
  });

  it('is the optimum where there is one sequence', async () => {
    const lone = smallFingerprints({ sequences: 1, pages: 6, steps: 40 });
    await fc.assert(
      fc.asyncProperty(lone, frameCounts, anyPrices, async (fingerprint, frameCount, prices) => {
        const bound = await boundEverySchedule(fingerprint, { frameCount, prices });
        const optimum = await computeOptimum(linearize(fingerprint), { frameCount, prices });
        expect(bound.lowerBound).toBeCloseTo(optimum.lowerBound, 9);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('adds up what sequences pay alone, each shared page at one of them', async () => {
    // Each loops over its own two pages on two frames with the shared page 9 in between.
    const loop = (a: number, b: number) => `R(${a}) R(9) R(${b}) `.repeat(3);
    const fingerprint = text(`a ${loop(1, 2)}R(9)\nb ${loop(3, 4)}`);
    const bound = await boundEverySchedule(fingerprint, { frameCount: 2, prices: UNIT_PRICES });
    // a with the shared page: 1 9 2 1 9 2 1 9 2 9 on two frames, MIN 6; b without: 3 4, both fit.
    expect(bound).toEqual({ compulsoryCost: 5, lowerBound: 8 });
  });

  it('is there for ten thousand sequences', async () => {
    const builder = new FingerprintBuilder({ name: 'many', backing: 'file' });
    for (let i = 0; i < 10_000; i++) builder.declare(`s${i}`);
    for (let i = 0; i < 10_000; i++)
      for (const page of [0, 3 * i, 3 * i + 1, 3 * i]) {
        builder.referencePage(i, 0, page, 0);
      }
    const bound = await boundEverySchedule(builder.finish(), {
      frameCount: 1,
      prices: UNIT_PRICES,
    });
    // Page 0 is counted at the first: 0 0 1 0 takes three page-ins there, x y x three elsewhere.
    expect(bound).toEqual({ compulsoryCost: 20_000, lowerBound: 30_000 });
  });
});

describe('a run', () => {
  it.each(policies)(
    'under $id is never below the cheapest schedule and the bound',
    async (policy) => {
      await fc.assert(
        fc.asyncProperty(
          small,
          frameCounts,
          anyPrices,
          elasticMachines,
          async (fingerprint, frameCount, prices, machine) => {
            const common = { frameCount, seed: 1, machine };
            const { order } = simulate(fingerprint, { ...common, policy: lru });
            const { counts } = simulate(fingerprint, { ...common, policy, order });
            const { lowerBound } = await boundEverySchedule(fingerprint, { frameCount, prices });
            expect(costOf(counts, prices)).toBeGreaterThanOrEqual(lowerBound);
            const least = bruteForceSchedules(fingerprint, frameCount, prices);
            expect(costOf(counts, prices)).toBeGreaterThanOrEqual(least);
          },
        ),
        { seed: SEED, numRuns: 25 },
      );
    },
  );
});

describe('with maps', () => {
  const mapped = mappedPrograms({ pages: 24, runMax: 6, steps: 40 });

  it.each(policies)('no run under $id is below the bound', async (policy) => {
    const frames = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(mapped, families),
        frames,
        anyPrices,
        elasticMachines,
        async (fingerprint, n, prices, machine) => {
          const common = { frameCount: n, seed: 1, machine };
          const { order } = simulate(fingerprint, { ...common, policy: lru });
          const { counts } = simulate(fingerprint, { ...common, policy, order });
          const { lowerBound } = await boundEverySchedule(fingerprint, { frameCount: n, prices });
          expect(costOf(counts, prices)).toBeGreaterThanOrEqual(lowerBound - 1e-9);
        },
      ),
      { seed: SEED, numRuns: 20 },
    );
  });

  it('is the optimum where there is one process, and where processes share nothing but files', async () => {
    const alone = text(
      'a M(0,3,anonymous) M(9,3,file:/f@0,shared) W(0) R(9) W(1) R(10) R(0) W(9) E',
      '',
    );
    const options = { frameCount: 2, prices: UNIT_PRICES };
    const { lowerBound } = await boundEverySchedule(alone, options);
    expect(lowerBound).toBe((await computeOptimum(linearize(alone), options)).lowerBound);
    // A fork makes the anonymous pages uncertain: the pages of the file are left.
    const family = text('a M(0,3,anonymous) M(9,3,file:/f@0,shared) W(0) F(b) R(9)\nb R(10)', '');
    const charged = { frameCount: 2, prices: { ...UNIT_PRICES, chargeFinal: true } };
    expect((await boundEverySchedule(family, charged)).lowerBound).toBe(2);
  });

  it('the best run found is a run, and no cheaper than the bound', async () => {
    await fc.assert(
      fc.asyncProperty(mapped, elasticMachines, async (fingerprint, machine) => {
        const options = { frameCount: 4, prices: UNIT_PRICES, first: lru, seed: 1 };
        const found = await computeElasticOptimum(fingerprint, { ...options, machine });
        expect(found.upperBound).toBe(costOf(found.outcome.counts, UNIT_PRICES));
        expect(found.upperBound).toBeGreaterThanOrEqual(found.lowerBound);
        expect(found.upperBound).toBeLessThanOrEqual(found.rounds[0].cost);
        const { order } = found.rounds[found.best];
        if (order !== undefined) expect(found.upperBound).toBeGreaterThanOrEqual(order.lowerBound);
      }),
      { seed: SEED, numRuns: 40 },
    );
  });
});

const optimumOf = (
  fingerprint: Fingerprint,
  frameCount: number,
  machine: Partial<ElasticMachine> = {},
  prices: Prices = UNIT_PRICES,
): Promise<ElasticOptimum> =>
  computeElasticOptimum(fingerprint, {
    frameCount,
    prices,
    machine: { ...DEFAULT_MACHINE, ...machine },
    first: lru,
    seed: 1,
  });

/** Loops, each of a length and a pace of its own, with some writes. */
function loops(lengths: readonly number[], rounds: number): Fingerprint {
  const random = new Random(7);
  const builder = new FingerprintBuilder({ name: 'loops', backing: 'file' });
  lengths.forEach((length, i) => {
    const sequence = builder.declare(`s${i}`);
    for (let step = 0; step < length * rounds; step++) {
      builder.sleep(sequence, 50 + random.below(100));
      const page = 1000 * i + (step % length);
      builder.referencePage(sequence, 0, page, random.below(4) === 0 ? 1 : 0);
    }
  });
  return builder.finish();
}

describe('the best schedule found', () => {
  it('contains the cheapest of all schedules in its bracket, and is a run that exists', async () => {
    let exact = 0;
    let settled = 0;
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        small,
        frameCounts,
        anyPrices,
        elasticMachines,
        async (fingerprint, frameCount, prices, machine) => {
          const found = await optimumOf(fingerprint, frameCount, machine, prices);
          const least = bruteForceSchedules(fingerprint, frameCount, prices);
          expect(found.lowerBound).toBeLessThanOrEqual(least);
          expect(found.upperBound).toBeGreaterThanOrEqual(least);
          expect(costOf(found.outcome.counts, prices)).toBe(found.upperBound);
          expect(Math.min(...found.rounds.map(({ cost }) => cost))).toBe(found.upperBound);
          const { order, cost } = found.rounds[found.best];
          if (order !== undefined) expect(order.lowerBound).toBeLessThanOrEqual(cost);
          if (found.isSettled) {
            settled++;
            const last = found.rounds[found.rounds.length - 1];
            expect(last.cost).toBe(last.order!.upperBound);
          }
          compared++;
          if (found.exact) exact++;
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
    expect(exact).toBeGreaterThan(compared / 4);
    expect(settled).toBeGreaterThan(compared / 10);
  });

  it('of a lone sequence is the optimum of its string, found in two runs', async () => {
    const fingerprint = loops([20], 8);
    const found = await optimumOf(fingerprint, 8);
    const optimum = await computeOptimum(linearize(fingerprint), {
      frameCount: 8,
      prices: UNIT_PRICES,
    });
    expect(found.upperBound).toBe(optimum.upperBound);
    expect(found.lowerBound).toBe(optimum.lowerBound);
    expect(found.rounds.length).toBeLessThanOrEqual(2);
  });

  it('settles on the optimum of its order, far below LRU, where loops disturb each other', async () => {
    const found = await optimumOf(loops([40, 60], 20), 70, { readNs: 1000, writeNs: 1000 });
    expect(found.isSettled).toBe(true);
    const last = found.rounds[found.rounds.length - 1];
    expect(last.cost).toBe(last.order!.upperBound);
    expect(found.upperBound).toBeLessThan(found.rounds[0].cost / 5);
    // Each loop fits alone, so that only its first reads and the writes are beyond doubt.
    expect(found.lowerBound).toBe(found.compulsoryCost);
  });

  it('is kept where the rounds go in circles', async () => {
    const found = await optimumOf(loops([20, 30, 25], 12), 45, { readNs: 2000, writeNs: 2000 });
    expect(found.isSettled).toBe(false);
    expect(found.rounds.length).toBeLessThanOrEqual(16);
    expect(found.best).toBeLessThan(found.rounds.length - 1);
    expect(found.rounds[found.best].cost).toBe(found.upperBound);
    expect(found.outcome.completionNs).toBe(found.rounds[found.best].completionNs);
  });

  it('is the same each time', async () => {
    const fingerprint = loops([9, 12, 7], 6);
    const first = await optimumOf(fingerprint, 15, { cpus: 2, quantumNs: 300, readNs: 500 });
    expect(await optimumOf(fingerprint, 15, { cpus: 2, quantumNs: 300, readNs: 500 })).toEqual(
      first,
    );
  });

  it('stops in time', async () => {
    let now = 0;
    const found = await computeElasticOptimum(loops([20, 30, 25], 12), {
      frameCount: 45,
      prices: UNIT_PRICES,
      machine: DEFAULT_MACHINE,
      first: lru,
      seed: 1,
      seconds: 1,
      now: () => (now += 300),
    });
    expect(found.rounds.length).toBeLessThan(4);
    expect(found.lowerBound).toBeLessThanOrEqual(found.upperBound);
  });
});
