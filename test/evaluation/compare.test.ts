import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNIT_PRICES } from '../../src/engine/machine.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replay } from '../../src/engine/replay.ts';
import { type ComparisonRun, comparePolicies } from '../../src/evaluation/compare.ts';
import type { NamedPolicy } from '../../src/evaluation/simulation.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { readFingerprint } from '../../src/node/fingerprintFile.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { computeOptimum } from '../../src/optimal/optimum.ts';
import { planPolicy } from '../../src/optimal/plan.ts';
import { priceRegrets } from '../../src/optimal/regret.ts';
import { InputError } from '../../src/support/assert.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { references } from '../support/references.ts';
import { unsteadyPolicy } from '../support/unsteadyPolicy.ts';

const catalog = await loadPolicies();
const ids = [...catalog.keys()].filter((id) => catalog.get(id)?.usesPager === undefined);
const named = (id: string, options = {}): NamedPolicy => ({
  label: id,
  spec: catalog.get(id)!,
  options,
});

function compare(string: ReferenceString, changes: Partial<ComparisonRun>) {
  return comparePolicies(string, {
    policy: named('lru'),
    other: named('min'),
    frameCount: 3,
    prices: UNIT_PRICES,
    seed: 1,
    nextUse: computeNextUse(string),
    regrets: undefined,
    listed: Number.POSITIVE_INFINITY,
    ...changes,
  });
}

it('refuses a policy that does not do the same twice', () => {
  // To keep the first frame costs one eviction, to keep the last one four.
  const string = references('0 1 2 0 2 0');
  const policy = { label: 'unsteady', spec: unsteadyPolicy(), options: {} };
  expect(() => compare(string, { policy, frameCount: 2 })).toThrow(InputError);
  expect(() => compare(string, { policy, frameCount: 2 })).toThrow(/"unsteady" is not determ/);
});

it('refuses a policy that evicts when nobody needs a frame, on either side', () => {
  const string = references('0 1 2 0 2 0');
  for (const run of [{ policy: named('linux-classic') }, { other: named('linux-classic') }]) {
    expect(() => compare(string, { ...run, frameCount: 2 })).toThrow(/linux-classic evicts when/);
  }
});

/** LRU by lists and searching; what is asked of each of its evictions, beside FIFO by lists. */
function naiveLruBesideFifo(string: ReferenceString, frameCount: number) {
  const pages = [...string.pages];
  const nextOf = (page: number, tick: number): number => {
    const next = pages.indexOf(page, tick);
    return next < 0 ? pages.length : next;
  };
  // In order of use and of load; then the memory of FIFO by itself, in order of load.
  let used: number[] = [];
  let loaded: number[] = [];
  let fifo: number[] = [];
  const found = { decisions: 0, samePages: 0, sameVictim: 0, ranks: 0 };
  pages.forEach((page, tick) => {
    if (!used.includes(page) && used.length === frameCount) {
      const [victim] = used;
      found.decisions++;
      if ([...used].sort().join() === [...fifo].sort().join()) found.samePages++;
      if (victim === loaded[0]) found.sameVictim++;
      found.ranks += used.filter((one) => nextOf(one, tick) > nextOf(victim, tick)).length;
      used = used.slice(1);
      loaded = loaded.filter((one) => one !== victim);
    }
    if (!used.includes(page)) loaded = [...loaded, page];
    used = [...used.filter((one) => one !== page), page];
    if (!fifo.includes(page)) fifo = [...fifo, page].slice(-frameCount);
  });
  return found;
}

describe('comparing evictions', () => {
  it('finds what searching through the string finds, LRU beside FIFO', () => {
    let decisions = 0;
    let same = 0;
    fc.assert(
      fc.property(
        fc.array(fc.nat(6), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (pages, frameCount) => {
          const string = references(pages.join(' '));
          const found = compare(string, { other: named('fifo'), frameCount });
          const naive = naiveLruBesideFifo(string, frameCount);
          expect(found.decisions).toBe(naive.decisions);
          expect(found.samePages).toBe(naive.samePages);
          expect(found.sameVictim).toBe(naive.sameVictim);
          if (naive.decisions > 0) expect(found.meanRank).toBe(naive.ranks / naive.decisions);
          decisions += naive.decisions;
          same += naive.sameVictim;
        },
      ),
      { seed: 4, numRuns: 500 },
    );
    expect(same).toBeGreaterThan(0);
    expect(same).toBeLessThan(decisions);
  });

  it('of a policy with itself finds no difference, whichever it is', () => {
    fc.assert(
      fc.property(randomStrings({ pages: 12, maxLength: 200 }), (string) => {
        for (const id of ids) {
          const policy = named(id);
          const found = compare(string, { policy, other: policy, frameCount: 5 });
          expect([id, found.sameVictim, found.samePages, found.differences]).toEqual([
            id,
            found.decisions,
            found.decisions,
            [],
          ]);
        }
      }),
      { seed: 6, numRuns: 30 },
    );
  });

  it('leaves every run as it is without the other policy', () => {
    fc.assert(
      fc.property(
        randomStrings({ pages: 10, maxLength: 150 }),
        fc.constantFrom(...ids),
        fc.constantFrom(...ids),
        fc.integer({ min: 1, max: 6 }),
        (string, first, second, frameCount) => {
          const policy = named(first, first === 'nru' || first === 'aging' ? { interval: 6 } : {});
          const { policies, decisions, differences, sameVictim } = compare(string, {
            policy,
            other: named(second),
            frameCount,
          });
          const run = { frameCount, policy: policy.spec, options: policy.options, seed: 1 };
          const { evictions, pageIns, pageOuts } = replay(string, run);
          expect([decisions, policies[0].pageIns, policies[0].pageOuts]).toEqual([
            evictions,
            pageIns,
            pageOuts,
          ]);
          expect(differences.length).toBe(decisions - sameVictim);
        },
      ),
      { seed: 8, numRuns: 300 },
    );
  });

  it('lists where they differ: LRU evicts 0, which is used next, MIN evicts 2', () => {
    const found = compare(references('0 1w 2 3 0 1'), {});
    expect(found.differences[0]).toEqual({
      tick: 3,
      wanted: 3,
      victim: { page: 0, dirty: false, distance: 1, regret: null },
      others: { page: 2, dirty: false, distance: null, regret: null },
    });
    expect(found.samePages).toBe(1);
    expect(compare(references('0 1w 2 3 0 1'), { listed: 1 }).differences.length).toBe(1);
  });

  it('finds no regret in a proven optimum, and some in LRU', async () => {
    const { fingerprint } = await readFingerprint('synthetic:zipf:pages=60,references=2000', 3);
    const string = linearize(fingerprint);
    const frameCount = 8;
    const optimum = await computeOptimum(string, { frameCount, prices: UNIT_PRICES });
    expect([optimum.exact, optimum.lowerMethod]).toEqual([true, 'certificate']);
    const regrets = priceRegrets(string, computeNextUse(string), UNIT_PRICES, optimum.certificate);
    const plan = { label: 'plan', spec: planPolicy(optimum.plan!, frameCount), options: {} };
    const best = compare(string, { policy: plan, frameCount, regrets });
    expect(best.withoutRegret).toBe(best.decisions);
    expect(best.totalRegret).toBeLessThan(1e-3);
    const lru = compare(string, { other: plan, frameCount, regrets });
    expect(lru.totalRegret).toBeGreaterThan(0);
    expect(lru.withoutRegret).toBeLessThan(lru.decisions);
  });

  it('says nothing of decisions where there are none', () => {
    const found = compare(references('0 1 0 1'), { frameCount: 2 });
    expect([found.decisions, found.meanRank, found.meanRegret]).toEqual([0, null, null]);
  });
});
