import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { NAIVE_IDS, naivePolicy } from './naive/naivePolicies.ts';
import { loadNaiveVersions } from './naive/naiveVersions.ts';
import { stressStrings } from './stressStrings.ts';
import { victimsOf } from './victims.ts';

const policies = await loadPolicies();

describe('victim for victim, the naive version evicts the same as', () => {
  it.each(NAIVE_IDS)('%s', (id) => {
    const policy = policies.get(id) as PolicySpec;
    fc.assert(
      fc.property(
        stressStrings,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 60 }),
        (references, frameCount, anyInterval) => {
          // Only where the policy has an interval: around memory's size, and much longer.
          const hasInterval = 'interval' in policy.defaults;
          const options = hasInterval ? { interval: anyInterval } : {};
          const fast = victimsOf(references, { policy, frameCount, options, seed: 1 });
          const naive = victimsOf(references, {
            policy: naivePolicy(id, hasInterval ? anyInterval : 0),
            frameCount,
            seed: 1,
          });
          expect(fast).toEqual(naive);
        },
      ),
      { seed: 20, numRuns: 300 },
    );
  });
});

const versions = await loadNaiveVersions();

describe('victim for victim, the naive version in a file of its own evicts the same as', () => {
  it.each([...versions])(
    '%s',
    (id, { policy: naive, options: someOptions = {}, strings, frames }) => {
      const policy = policies.get(id) as PolicySpec;
      fc.assert(
        fc.property(
          strings ?? stressStrings,
          frames ?? fc.integer({ min: 1, max: 12 }),
          fc.record(someOptions),
          (references, frameCount, options) => {
            const run = { frameCount, options, seed: 1 };
            expect(victimsOf(references, { ...run, policy })).toEqual(
              victimsOf(references, { ...run, policy: naive }),
            );
          },
        ),
        { seed: 20, numRuns: 300 },
      );
    },
  );
});

describe('random', () => {
  const policy = policies.get('random') as PolicySpec;
  const references = {
    pages: Uint32Array.from({ length: 20_008 }, (_, tick) => tick),
    writes: new Uint8Array(20_008),
    pageCount: 20_008,
    kinds: new Uint8Array(20_008),
    releases: undefined,
  };
  const victims = (seed: number): string[] =>
    victimsOf(references, { policy, frameCount: 8, seed });

  it('takes every frame equally often', () => {
    const count = new Array<number>(8).fill(0);
    for (const victim of victims(1)) count[Number(victim.split(' in ')[1])]++;
    // 2,500 expected; the standard deviation is 47.
    for (const times of count) expect(Math.abs(times - 2500)).toBeLessThan(200);
  });

  it('draws differently with another seed', () => {
    expect(victims(1)).not.toEqual(victims(2));
  });
});
