import { describe, expect, it } from 'vitest';
import type { EvaluationRow } from '../../src/evaluation/evaluation.ts';
import { bootstrapInterval, policyStatistics } from '../../src/evaluation/statistics.ts';

function row(changes: Partial<EvaluationRow>): EvaluationRow {
  return {
    fingerprint: 'a',
    digest: 'sha256:0',
    policy: 'lru',
    observes: 'every-reference',
    frames: 10,
    size: '10%',
    seed: 1,
    references: 1000,
    minorFaults: 0,
    softFaults: 0,
    pageIns: 200,
    pageOuts: 0,
    cost: 200,
    lowerBound: 100,
    upperBound: 100,
    minPageIns: 100,
    lruPageIns: 200,
    gapPercent: [100, 100],
    closedPercent: 0,
    meanFreeFrames: 0,
    atEqualResident: null,
    ...changes,
  };
}

const rows: EvaluationRow[] = [
  ...[200, 800].map((cost, i) => row({ fingerprint: 'ab'[i], cost })),
  ...[100, 400].map((cost, i) => row({ fingerprint: 'ab'[i], policy: 'own', cost })),
  ...[150, 900].map((cost, i) =>
    row({ fingerprint: 'ab'[i], policy: 'fifo', observes: 'faults', cost, closedPercent: -500 }),
  ),
  ...[100, 100].map((cost, i) =>
    row({ fingerprint: 'ab'[i], policy: 'min', observes: 'future', cost, closedPercent: 100 }),
  ),
];
const { bestHandMade, policies } = policyStatistics(rows, { fitted: new Set(['own']), seed: 1 });
const of = (policy: string) => policies.find((one) => one.policy === policy)!;

describe('statistics over fingerprints', () => {
  it('average ratios geometrically', () => {
    expect(of('lru').costRatio[1]).toBeCloseTo(4, 12);
    expect(of('own').costRatio[1]).toBeCloseTo(2, 12);
  });

  it('compare with the best policy that is hand-made and does not know the future', () => {
    // FIFO: √(1.5 · 9) = 3.67 is less than LRU's 4.
    expect(bestHandMade).toBe('fifo');
    expect([of('own').wins, of('own').losses, of('own').ties]).toEqual([2, 0, 0]);
    expect([of('lru').wins, of('lru').losses, of('lru').ties]).toEqual([1, 1, 0]);
    expect(of('fifo').ties).toBe(2);
  });

  it('are grouped by what is observed, weakest first, the nearest to the optimum first', () => {
    expect(policies.map(({ policy }) => policy)).toEqual(['fifo', 'own', 'lru', 'min']);
  });

  it('count no cell below −100 % closed', () => {
    expect(of('fifo').closedPercent).toBe(-100);
    expect(of('min').closedPercentInterval).toEqual([100, 100]);
  });

  it('take the bracket at its upper bound for the least and at its lower bound for the most', () => {
    const wide = policyStatistics([row({ cost: 300, lowerBound: 100, upperBound: 150 })], {
      fitted: new Set(),
      seed: 1,
    }).policies[0];
    expect(wide.costRatio[0]).toBeCloseTo(2, 12);
    expect(wide.costRatio[1]).toBeCloseTo(3, 12);
    expect(wide.costRatioInterval[0]).toBeCloseTo(2, 12);
    expect(wide.costRatioInterval[1]).toBeCloseTo(3, 12);
  });

  it('say the same twice', () => {
    expect(policyStatistics(rows, { fitted: new Set(['own']), seed: 1 }).policies).toEqual(
      policies,
    );
  });
});

describe('the bootstrap interval', () => {
  it('equals that of every draw there is, where there are few', () => {
    // Three groups: 27 draws. Of their means 1 in 27 is 0, so 2.5 % lie below the next one up.
    const groups = [[0], [3], [9]];
    const means = [0, 3, 9].flatMap((a) =>
      [0, 3, 9].flatMap((b) => [0, 3, 9].map((c) => (a + b + c) / 3)),
    );
    means.sort((a, b) => a - b);
    expect(bootstrapInterval(groups, 5)).toEqual([
      means[Math.floor(0.025 * 27)],
      means[Math.ceil(0.975 * 27) - 1],
    ]);
  });

  it('is as wide as the deviation of a mean says', () => {
    const groups = Array.from({ length: 400 }, (_, i) => [i % 2]);
    const [low, high] = bootstrapInterval(groups, 2)!;
    // 1.96 · ½ ÷ √400 = 0.049 to each side.
    expect(low).toBeCloseTo(0.451, 2);
    expect(high).toBeCloseTo(0.549, 2);
  });

  it('draws whole groups: twice the same values are no surer', () => {
    const once = bootstrapInterval([[1], [2], [4]], 3);
    expect(
      bootstrapInterval(
        [
          [1, 1],
          [2, 2],
          [4, 4],
        ],
        3,
      ),
    ).toEqual(once);
  });

  it('has nothing to say of no values, and leaves empty groups out', () => {
    expect(bootstrapInterval([[], []], 1)).toBe(null);
    expect(bootstrapInterval([[], [7]], 1)).toEqual([7, 7]);
  });
});
