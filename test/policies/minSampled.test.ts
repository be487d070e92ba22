import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CandidateSampler } from '../../src/engine/candidates.ts';
import type { Memory } from '../../src/engine/memory.ts';
import { definePolicy, type PolicySpec } from '../../src/engine/policy.ts';
import { replay, replayVerified } from '../../src/engine/replay.ts';
import { min } from '../../src/optimal/min.ts';
import { policy } from '../../src/policies/minSampled.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { stringOf } from '../support/references.ts';

/** A string of 200 pages in which some are used far more often than others. */
function skewed(references: number) {
  const pages: number[] = [];
  let state = 7;
  for (let i = 0; i < references; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    pages.push(Math.floor(200 * (state / 2 ** 32) ** 2));
  }
  return stringOf(
    pages,
    pages.map((_, i) => (i % 5 === 0 ? 1 : 0)),
  );
}

describe('MIN among candidates', () => {
  it('reads as much as MIN when every page is a candidate, with exits and both kinds of pages', () => {
    const property = fc.property(
      randomStrings({ pages: 10, maxLength: 120 }),
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom(0, 9),
      (references, frameCount, candidates) => {
        const options = { candidates, pool: candidates === 0 ? 8 : 3 };
        const run = { frameCount, seed: 1 };
        const sampled = replayVerified(references, { ...run, policy, options }).pageIns;
        expect(sampled).toBe(replay(references, { ...run, policy: min }).pageIns);
      },
    );
    fc.assert(property, { seed: 81, numRuns: 300 });
  });

  it('comes nearer to MIN with more candidates', () => {
    const references = skewed(20_000);
    const pageIns = (candidates: number): number =>
      replay(references, { frameCount: 60, seed: 1, policy, options: { candidates, pool: 0 } })
        .pageIns;
    const least = replay(references, { frameCount: 60, seed: 1, policy: min }).pageIns;
    const found = [2, 8, 16, 32, 0].map(pageIns);
    expect(found).toEqual([...found].sort((a, b) => b - a));
    expect(new Set(found).size).toBe(5);
    expect(found[4]).toBe(least);
  });

  it('equals sorting the candidates by their next use and keeping the first of those left', () => {
    const options = { candidates: 6, pool: 3 };
    const pages = Array.from({ length: 900 }, (_, i) => i % 50);
    const loop = stringOf(
      pages,
      pages.map(() => 0),
    );
    for (const references of [skewed(3000), loop]) {
      const victims = (rule: PolicySpec): number[] => {
        const evicted: number[] = [];
        const observe =
          ({ frames }: Memory) =>
          (victim: number) => {
            evicted.push(frames.pageOf[victim]);
          };
        replay(references, { frameCount: 40, seed: 1, policy: rule, options, observe });
        return evicted;
      };
      const found = victims(policy);
      expect(found.length).toBeGreaterThan(200);
      expect(found).toEqual(victims(naive));
    }
  });
});

/** Objects and sorting, but for the draw itself. */
const naive = definePolicy({
  ...policy,
  defaults: { candidates: 0, pool: 0 },
  create({ frames, nextUse, random }, { candidates, pool }) {
    const sampler = new CandidateSampler(frames.frameCount, random);
    const drawn = new Int32Array(candidates);
    let kept: { frame: number; page: number }[] = [];
    return {
      onLoad() {},
      onReference() {},
      onFree() {},
      onInterval() {},
      chooseVictim() {
        const stayed = kept.filter(({ frame, page }) => frames.pageOf[frame] === page);
        sampler.draw(
          stayed.map(({ frame }) => frame),
          drawn,
        );
        const [first, ...others] = [...drawn]
          .map((frame) => {
            const next = nextUse!.next[frames.lastUsedAt[frame]];
            const isSpent = next === nextUse!.referenceCount;
            const late = frames.blank[frame] === 1 || (isSpent && frames.dirty[frame] === 0);
            return {
              frame,
              page: frames.pageOf[frame],
              rank: late ? [2, 0] : [isSpent ? 1 : 0, next],
            };
          })
          .sort((a, b) => b.rank[0] - a.rank[0] || b.rank[1] - a.rank[1]);
        kept = others.slice(0, pool);
        return first.frame;
      },
    };
  },
});
