import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, type Prices } from '../../src/engine/machine.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { certifiedLowerBound, raiseToLattice } from '../../src/optimal/certificate.ts';
import { computeOptimum, type Effort } from '../../src/optimal/optimum.ts';
import { planPolicy } from '../../src/optimal/plan.ts';
import { bruteForceOptimum } from '../support/bruteForce.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { stringOf } from '../support/references.ts';
import { hasSharedData, readSharedData } from '../support/sharedData.ts';

interface Instance {
  name?: string;
  frames: number;
  readCost: number;
  writeCost: number;
  final: 'ignore' | 'flush';
  kinds: Record<string, 'file' | 'anon'>;
  refs: { page: string; write: boolean }[];
  optimum: number;
  lpBound: number;
}

const FILES = ['optimum-instances/hand-checkable.json', 'optimum-instances/random.json'];
const instances = FILES.filter((file) => hasSharedData(file, 'known optima')).flatMap(
  (file) => (JSON.parse(readSharedData(file).toString()) as { instances: Instance[] }).instances,
);

function asString({ refs, kinds }: Instance): ReferenceString {
  const names = [...new Set(refs.map(({ page }) => page))];
  return stringOf(
    refs.map(({ page }) => names.indexOf(page)),
    refs.map(({ write }) => (write ? 1 : 0)),
    { anonymous: names.flatMap((name, page) => (kinds[name] === 'anon' ? [page] : [])) },
  );
}

async function check(instance: Instance, effort: Effort): Promise<boolean> {
  const string = asString(instance);
  const prices: Prices = {
    pageInCost: instance.readCost,
    pageOutCost: instance.writeCost,
    chargeFinal: instance.final === 'flush',
  };
  const frameCount = instance.frames;
  const optimum = await computeOptimum(string, { frameCount, prices, effort });
  expect(optimum.lowerBound).toBeLessThanOrEqual(instance.optimum);
  expect(optimum.upperBound).toBeGreaterThanOrEqual(instance.optimum);
  if (optimum.exact) expect(optimum.upperBound).toBe(instance.optimum);
  // The certificate proves no more than the relaxation, and the plan costs what it claims.
  const proved = certifiedLowerBound(string, frameCount, prices, optimum.certificate);
  expect(proved).toBeLessThanOrEqual(instance.lpBound + 1e-6);
  if (optimum.plan !== undefined) {
    const policy = planPolicy(optimum.plan, frameCount);
    const nextUse = computeNextUse(string);
    const counts = replayVerified(string, { frameCount, policy, nextUse, seed: 1 });
    expect(costOf(counts, prices)).toBe(optimum.upperBound);
  }
  if (effort === 'full' && optimum.lowerMethod === 'certificate') {
    // Solved to the end: nothing decided beforehand was left refuted, so the relaxation is reached.
    const reached = Math.max(raiseToLattice(instance.lpBound - 1e-6, prices), 0);
    expect(optimum.lowerBound).toBeGreaterThanOrEqual(reached - 1e-4);
  }
  return optimum.exact;
}

describe.skipIf(instances.length === 0)('on instances with known optima', () => {
  it('the bracket contains the optimum and is mostly closed', async () => {
    let exact = 0;
    for (const instance of instances) if (await check(instance, 'full')) exact++;
    expect(exact / instances.length).toBeGreaterThan(0.9);
  });

  it('asked for whole numbers it is always exact', async () => {
    for (const instance of instances) expect(await check(instance, 'exact')).toBe(true);
  });

  it('our own brute force agrees with theirs', () => {
    for (const instance of instances) {
      const string = asString(instance);
      if (string.pageCount > 8) continue;
      const prices = {
        pageInCost: instance.readCost,
        pageOutCost: instance.writeCost,
        chargeFinal: instance.final === 'flush',
      };
      expect(bruteForceOptimum(string, instance.frames, prices)).toBe(instance.optimum);
    }
  });
});

describe('asked for whole numbers', () => {
  it('has the brute-force optimum where exits release pages and the end is charged', async () => {
    const strings = fc.sample(randomStrings({ pages: 5, maxLength: 14, maxReleases: 5 }), {
      seed: 8,
      numRuns: 400,
    });
    for (const [i, string] of strings.entries()) {
      const prices = { pageInCost: 1, pageOutCost: [1, 2.5, 0.5][i % 3], chargeFinal: true };
      const frameCount = 1 + (i % 4);
      const best = bruteForceOptimum(string, frameCount, prices);
      const found = await computeOptimum(string, { frameCount, prices, effort: 'exact' });
      expect([i, found.lowerBound, found.upperBound]).toEqual([i, best, best]);
    }
  });

  it('does not drop a page that an exit would have given back for nothing', async () => {
    // W0 R1 W1 W2 R2 R0 R1, then 2 is released: at W2 let 1 go, at R1 let 0 go.
    const string = stringOf([0, 1, 1, 2, 2, 0, 1], [1, 0, 1, 1, 0, 0, 0], {
      anonymous: true,
      released: [[7, 2]],
    });
    const prices = { pageInCost: 1, pageOutCost: 1, chargeFinal: true };
    const found = await computeOptimum(string, { frameCount: 2, prices, effort: 'exact' });
    expect([found.lowerBound, found.upperBound]).toEqual([3, 3]);
  });

  it('calls nothing exact because prices are far apart', async () => {
    const pages = Array.from({ length: 2000 }, (_, i) => ((i * 7919) % 2003) % 40);
    const string = stringOf(
      pages,
      pages.map((page) => page % 2),
    );
    const prices = { pageInCost: 1_000_000, pageOutCost: 1, chargeFinal: false };
    const found = await computeOptimum(string, { frameCount: 6, prices, effort: 'rules' });
    expect(found.exact).toBe(false);
    const alike = { ...prices, pageInCost: 1e-13, pageOutCost: 1e-13 };
    const small = await computeOptimum(string, { frameCount: 6, prices: alike, effort: 'rules' });
    expect(small.exact).toBe(false);
  });
});
