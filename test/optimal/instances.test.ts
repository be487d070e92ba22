import { describe, expect, it } from 'vitest';
import { costOf, type Prices } from '../../src/engine/machine.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { certifiedLowerBound, raiseToLattice } from '../../src/optimal/certificate.ts';
import { computeOptimum, type Effort } from '../../src/optimal/optimum.ts';
import { planPolicy } from '../../src/optimal/plan.ts';
import { bruteForceOptimum } from '../support/bruteForce.ts';
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
