import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closedStatistics, type PageInRow } from '../../src/evaluation/closedStatistics.ts';
import { closedPercent } from '../../src/evaluation/gap.ts';

const FAMILIES = { b: 'program', c: 'program' };
const HAND_MADE = ['lru', 'clock', 'duel', 'sieve'];
const POLICIES = [...HAND_MADE, 'fitted', 'min-like'];

interface Cell {
  readonly fingerprint: string;
  readonly size: string;
  readonly lru: number;
  readonly min: number;
  /** Page-ins of each policy; null: it failed there. */
  readonly of: readonly (number | null)[];
}

const cells: fc.Arbitrary<readonly Cell[]> = fc.uniqueArray(
  fc.record({
    fingerprint: fc.constantFrom('a', 'b', 'c', 'd'),
    size: fc.constantFrom('10%', '20%'),
    lru: fc.nat(30),
    min: fc.nat(30),
    of: fc.array(fc.option(fc.nat(90)), { minLength: POLICIES.length, maxLength: POLICIES.length }),
  }),
  { minLength: 1, selector: ({ fingerprint, size }) => `${fingerprint} ${size}` },
);

/** Page-outs as if there were some: other costs than page-ins, and some that are 0. */
const costOf = (pageIns: number, size: string): number =>
  pageIns + (size === '10%' ? pageIns % 7 : 0);

function rowsOf(list: readonly Cell[]): PageInRow[] {
  return list.flatMap(({ fingerprint, size, lru, min, of }) =>
    POLICIES.flatMap((policy, i): PageInRow[] => {
      const pageIns = of[i];
      if (pageIns === null) return [];
      const observes = policy === 'min-like' ? 'future' : 'every-reference';
      const [lruPageIns, minPageIns] = [Math.max(lru, min), Math.min(lru, min)];
      const closed = closedPercent(pageIns, lruPageIns, minPageIns) ?? null;
      return [
        {
          fingerprint,
          size,
          policy,
          observes,
          pageIns,
          lruPageIns,
          minPageIns,
          closedPercent: closed,
          cost: costOf(pageIns, size),
        },
      ];
    }),
  );
}

const familyOf = (fingerprint: string): string => ('bc'.includes(fingerprint) ? '*' : fingerprint);
const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of the means of the four letters' families, from cells as they were drawn. */
function familyMean(values: readonly (readonly [fingerprint: string, value: number])[]) {
  const families = ['a', '*', 'd'].map((family) =>
    values.filter(([fingerprint]) => familyOf(fingerprint) === family).map(([, value]) => value),
  );
  const means = families.filter((list) => list.length > 0).map(average);
  return means.length === 0 ? null : average(means);
}

function expectClose(actual: number | null, expected: number | null): void {
  if (expected === null) expect(actual).toBe(null);
  else expect(actual).toBeCloseTo(expected, 9);
}

/** The definition, from page-ins. */
function share({ lru, min }: Cell, pageIns: number): number | undefined {
  const [most, least] = [Math.max(lru, min), Math.min(lru, min)];
  return most === least ? undefined : (most - pageIns) / (most - least);
}

function naive(list: readonly Cell[], pageInsOf: (cell: Cell) => number | null) {
  const run = list.flatMap((cell) => {
    const pageIns = pageInsOf(cell);
    return pageIns === null ? [] : [{ cell, pageIns, share: share(cell, pageIns) }];
  });
  const shares = run.flatMap((one) => (one.share === undefined ? [] : [one.share]));
  const clipped = run.flatMap(({ cell, share: value }): (readonly [string, number])[] =>
    value === undefined ? [] : [[cell.fingerprint, 100 * Math.max(-1, value)]],
  );
  const sorted = clipped.map(([, value]) => value).sort((a, b) => a - b);
  return {
    cells: run.length,
    closed: familyMean(clipped),
    median:
      sorted.length === 0
        ? null
        : (sorted[Math.floor((sorted.length - 1) / 2)] +
            sorted[Math.ceil((sorted.length - 1) / 2)]) /
          2,
    worst: shares.length === 0 ? null : 100 * Math.min(...shares),
    worse: run.filter(({ cell, pageIns }) => 50 * pageIns > 51 * Math.max(cell.lru, cell.min))
      .length,
    minGap: familyMean(
      run.flatMap(({ cell, pageIns }): (readonly [string, number])[] => {
        const least = Math.min(cell.lru, cell.min);
        return least === 0 ? [] : [[cell.fingerprint, 100 * (pageIns / least - 1)]];
      }),
    ),
  };
}

const options = { fitted: new Set(['fitted']), families: FAMILIES, seed: 3 };

describe('the statistics of the share closed', () => {
  it('equal those added up from page-ins, a family a vote, on random tables', () => {
    const property = fc.property(cells, (list) => {
      const { policies, afterwards } = closedStatistics(rowsOf(list), options);
      const lines = [
        ...POLICIES.map((policy, i) => ({
          line: policies.find((one) => one.policy === policy),
          pageInsOf: (cell: Cell) => cell.of[i],
        })),
        {
          line: afterwards,
          pageInsOf: ({ of }: Cell) => {
            const known = of.slice(0, HAND_MADE.length).filter((count) => count !== null);
            return known.length === 0 ? null : Math.min(...known);
          },
        },
      ];
      for (const { line, pageInsOf } of lines) {
        const expected = naive(list, pageInsOf);
        if (line === undefined || line === null) {
          expect(expected.cells).toBe(0);
          continue;
        }
        expect([line.cells, line.worseThanLru]).toEqual([expected.cells, expected.worse]);
        expectClose(line.closedPercent, expected.closed);
        expectClose(line.medianClosedPercent, expected.median);
        expectClose(line.worstClosedPercent, expected.worst);
        expectClose(line.minGapPercent, expected.minGap);
      }
    });
    fc.assert(property, { seed: 71, numRuns: 300 });
  });

  it('have differences of the cells that both have, against the duel, the best and each best', () => {
    let seen = 0;
    const property = fc.property(cells, (list) => {
      const { policies, differences } = closedStatistics(rowsOf(list), options);
      const closedOf = (policy: string): number | null =>
        policies.find((one) => one.policy === policy)?.closedPercent ?? null;
      for (const { policy, against, points, costPercent, cells: count } of differences) {
        expect(policy).toBe('fitted');
        const others = against === undefined ? HAND_MADE : [against];
        const paired = list.flatMap((cell): (readonly [string, number])[] => {
          const own = cell.of[POLICIES.indexOf('fitted')];
          const theirs = others.flatMap((other) => cell.of[POLICIES.indexOf(other)] ?? []);
          const shares = [own, theirs.length === 0 ? null : Math.min(...theirs)].map((pageIns) =>
            pageIns === null ? undefined : share(cell, pageIns),
          );
          const [a, b] = shares.map((value) => value && Math.max(-1, value));
          if (a === undefined || b === undefined) return [];
          return [[cell.fingerprint, 100 * (a - b)]];
        });
        expect(count).toBe(paired.length);
        expectClose(points, familyMean(paired));
        const ratios = list.flatMap((cell): (readonly [string, number])[] => {
          const own = cell.of[POLICIES.indexOf('fitted')];
          // The best in page-ins, the first of equals, be it dearer.
          const theirs = others.flatMap((other) => cell.of[POLICIES.indexOf(other)] ?? []);
          if (own === null || theirs.length === 0) return [];
          const [a, b] = [own, Math.min(...theirs)].map((pageIns) => costOf(pageIns, cell.size));
          if (a === 0 && b === 0) return [];
          const more = a * b === 0 ? 1 : 0;
          return [[cell.fingerprint, Math.log((a + more) / (b + more))]];
        });
        const log = familyMean(ratios);
        expectClose(costPercent, log === null ? null : 100 * (Math.exp(log) - 1));
        seen++;
      }
      // The best single one is named, and nobody of the hand-made ones closes more.
      const known = HAND_MADE.map(closedOf).filter((value) => value !== null);
      const named = differences.flatMap(({ against }) => against ?? []);
      for (const label of named)
        if (label !== 'duel') {
          expect(closedOf(label)).toBe(Math.max(...known));
        }
    });
    fc.assert(property, { seed: 72, numRuns: 300 });
    expect(seen).toBeGreaterThan(500);
  });

  it('say of a difference that is the same everywhere that it is sure, of one that is not, not', () => {
    const cell = (fingerprint: string, of: readonly number[]): Cell => {
      return { fingerprint, size: '10%', lru: 200, min: 100, of };
    };
    const interval = (fitted: readonly number[]) => {
      const list = fitted.map((pageIns, i) =>
        cell('abcd'[i], [200, 200, 150 + i, 200, pageIns, 100]),
      );
      const { differences } = closedStatistics(rowsOf(list), { ...options, families: {} });
      return differences.find(({ against }) => against === 'duel')!;
    };
    expect(interval([140, 141, 142, 143])).toMatchObject({ points: 10, interval: [10, 10] });
    const [low, high] = interval([100, 200, 100, 200]).interval;
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });
});
