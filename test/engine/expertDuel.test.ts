import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpertDuel } from '../../src/engine/expertDuel.ts';
import { replay } from '../../src/engine/replay.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { randomStrings } from '../support/randomStrings.ts';

const policies = await loadPolicies();
const random = policies.get('random')!;

describe('a duel of one', () => {
  it('is that one, with its draws from the seed of the run', () => {
    const alone = {
      ...random,
      observes: 'every-reference',
      create: (context: Parameters<typeof random.create>[0]) =>
        new ExpertDuel(context, [random], { horizon: 1, margin: 1 }),
    } as const;
    const seen = new Set<number>();
    const strings = randomStrings({ pages: 30, minLength: 200, maxLength: 300, maxReleases: 0 });
    const property = fc.property(strings, fc.integer({ min: 1, max: 5 }), (references, seed) => {
      const victimsOf = (policy: typeof random): number[] => {
        const victims: number[] = [];
        replay(references, {
          frameCount: 8,
          policy,
          seed,
          observe:
            ({ frames }) =>
            (victim) =>
              victims.push(frames.pageOf[victim]),
        });
        return victims;
      };
      const victims = victimsOf(random);
      expect(victimsOf(alone)).toEqual(victims);
      expect(victims.length).toBeGreaterThan(20);
      seen.add(seed);
    });
    fc.assert(property, { seed: 98, numRuns: 40 });
    expect(seen.size).toBe(5);
  });
});
