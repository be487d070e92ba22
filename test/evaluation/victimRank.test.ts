import fc from 'fast-check';
import { expect, it } from 'vitest';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { rankShares, victimRanks } from '../../src/evaluation/victimRank.ts';
import { PageKind } from '../../src/fingerprint/fingerprint.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { randomStrings } from '../support/randomStrings.ts';

const catalog = await loadPolicies();
const strings = randomStrings({ pages: 10, maxLength: 80, maxReleases: 0 });

it('ranks the victims of FIFO as lists that are searched do', () => {
  fc.assert(
    fc.property(strings, fc.integer({ min: 1, max: 6 }), (string, frameCount) => {
      const pages = [...string.pages];
      const memory: number[] = [];
      const naive: number[] = [];
      pages.forEach((page, tick) => {
        if (memory.includes(page)) return;
        if (memory.length === frameCount) {
          const nextOf = (held: number): number => {
            const next = pages.indexOf(held, tick);
            return next < 0 ? pages.length : next;
          };
          naive.push(memory.filter((held) => nextOf(held) > nextOf(memory[0])).length);
          memory.shift();
        }
        memory.push(page);
      });
      const ranks = victimRanks(string, {
        policy: { label: 'fifo', spec: catalog.get('fifo')!, options: {} },
        frameCount,
        seed: 1,
        nextUse: computeNextUse(string),
        every: 1,
      });
      expect(ranks.evictions).toBe(naive.length);
      expect([...ranks.ranks]).toEqual(naive.sort((a, b) => a - b));
      for (const { rank, percent } of rankShares(ranks, frameCount)) {
        const within = naive.filter((one) => one <= rank).length;
        expect(percent).toBeCloseTo((100 * within) / naive.length, 9);
      }
    }),
    { seed: 6, numRuns: 300 },
  );
});

it('says 100 % of the last rank, and nothing of a run without evictions', () => {
  const ranks = { evictions: 4, ranks: Int32Array.of(0, 0, 2, 6) };
  expect(rankShares(ranks, 7)).toEqual([
    { rank: 0, percent: 50 },
    { rank: 1, percent: 50 },
    { rank: 3, percent: 75 },
    { rank: 6, percent: 100 },
  ]);
  expect(rankShares({ evictions: 0, ranks: new Int32Array() }, 7)).toEqual([]);
});

it('looks at every so-manieth eviction, and at none of MIN is a page used later', () => {
  fc.assert(
    fc.property(strings, (string) => {
      const files = { ...string, kinds: new Uint8Array(string.pageCount).fill(PageKind.File) };
      const { evictions, ranks } = victimRanks(files, {
        policy: { label: 'min', spec: catalog.get('min')!, options: {} },
        frameCount: 3,
        seed: 1,
        nextUse: computeNextUse(files),
        every: 3,
      });
      expect([...ranks]).toEqual(new Array(Math.ceil(evictions / 3)).fill(0));
    }),
    { seed: 6, numRuns: 100 },
  );
});
