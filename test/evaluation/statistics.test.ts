import { describe, expect, it } from 'vitest';
import type { EvaluationRow } from '../../src/evaluation/evaluation.ts';
import { policyStatistics } from '../../src/evaluation/statistics.ts';

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

  it('have the best hand-made policy of each cell as a line of its own, which is no policy', () => {
    const { afterwards } = policyStatistics(rows, { fitted: new Set(['own']), seed: 1 });
    // The costs 150 of FIFO and 800 of LRU; both share closed by page-ins: LRU's 0.
    expect(afterwards!.costRatio[1]).toBeCloseTo(Math.sqrt(1.5 * 8), 12);
    expect(afterwards!.closedPercent).toBe(0);
    const foreseen = rows.filter(({ observes }) => observes === 'future');
    expect(policyStatistics(foreseen, { fitted: new Set(), seed: 1 }).afterwards).toBe(null);
  });

  it('draw families, not fingerprints', () => {
    const options = { fitted: new Set<string>(), seed: 1 };
    const [ofTwo, ofOne] = [{}, { a: 'program', b: 'program' }].map((families) => {
      const statistics = policyStatistics(rows, { ...options, families });
      return statistics.policies.find(({ policy }) => policy === 'lru')!;
    });
    expect([ofTwo.families, ofOne.families, ofOne.fingerprints]).toEqual([2, 1, 2]);
    expect(ofOne.costRatio).toEqual(ofTwo.costRatio);
    expect(ofTwo.costRatioInterval[0]).toBeLessThan(ofTwo.costRatioInterval[1]);
    expect(ofOne.costRatioInterval[0]).toBeCloseTo(ofOne.costRatio[0], 12);
    expect(ofOne.costRatioInterval[1]).toBeCloseTo(ofOne.costRatio[1], 12);
  });

  it('say the same twice', () => {
    expect(policyStatistics(rows, { fitted: new Set(['own']), seed: 1 }).policies).toEqual(
      policies,
    );
  });
});
