/*
 * Every picture on fixed seeds, as it was when somebody looked at it. A changed snapshot is a
 * picture to open and look at again, not a file to update.
 */
import { describe, expect, it } from 'vitest';
import { computeNextUse } from '../../../src/engine/nextUse.ts';
import { replay } from '../../../src/engine/replay.ts';
import { accessGrid, residentShare } from '../../../src/evaluation/accessGrid.ts';
import { partialDependence, permutationImportance } from '../../../src/evaluation/influence.ts';
import { granularity, memoryBlocks } from '../../../src/evaluation/memoryBlocks.ts';
import { reuseHistogram } from '../../../src/evaluation/reuseHistogram.ts';
import { rankShares, victimRanks } from '../../../src/evaluation/victimRank.ts';
import { binSeries, percentilesOf, workingSetSizes } from '../../../src/evaluation/workingSet.ts';
import { linearize } from '../../../src/fingerprint/linearize.ts';
import { generate } from '../../../src/fingerprint/synthetic.ts';
import { loadPolicies } from '../../../src/node/policyCatalog.ts';
import { lruFaultCurve, minFaultCurve } from '../../../src/optimal/faultCurve.ts';
import type { Figure } from '../../../src/report/figure.ts';
import { faultCurvesFigure } from '../../../src/report/figures/faultCurves.ts';
import { gapBarsFigure } from '../../../src/report/figures/gapBars.ts';
import { granularityFigure } from '../../../src/report/figures/granularity.ts';
import { heatMapFigure } from '../../../src/report/figures/heatMap.ts';
import { influenceFigure } from '../../../src/report/figures/influence.ts';
import { reuseDistancesFigure } from '../../../src/report/figures/reuseDistances.ts';
import { victimsFigure } from '../../../src/report/figures/victims.ts';
import { workingSetFigure } from '../../../src/report/figures/workingSet.ts';
import { workingSetPercentilesFigure } from '../../../src/report/figures/workingSetPercentiles.ts';
import { Random } from '../../../src/support/random.ts';

const fingerprint = generate('phases:pages=300,references=6000', 7);
const references = linearize(fingerprint);
const nextUse = computeNextUse(references);
const catalog = await loadPolicies();
const named = (id: string) => ({ label: id, spec: catalog.get(id)!, options: {} });
const sizes = [15, 30, 60, 120];

function costs(id: string) {
  return sizes.map((frames) => {
    const run = { frameCount: frames, policy: catalog.get(id)!, seed: 1, nextUse };
    const { pageIns, pageOuts } = replay(references, run);
    return { frames, value: pageIns + pageOuts };
  });
}

const points = ({ frames, pageIns }: ReturnType<typeof lruFaultCurve>) =>
  frames.map((count, i) => ({ frames: count, value: pageIns[i] }));

const windows = [64, 1024].map((window) => {
  const series = workingSetSizes(references, window);
  const percentiles = percentilesOf(series, [0, 25, 50, 75, 100]);
  return { window, bins: binSeries(series, 40), percentiles };
});
const sets = {
  title: 'Working set',
  referenceCount: references.pages.length,
  percents: [0, 25, 50, 75, 100],
  windows,
};

function statistics(policy: string, observes: 'faults' | 'future', high: number) {
  return {
    policy,
    observes,
    fitted: false,
    families: 3,
    cells: 6,
    costRatio: [high - 0.05, high] as const,
    costRatioInterval: [high - 0.3, high + 0.4] as const,
    closedPercent: 0,
    closedPercentInterval: [0, 0] as const,
    wins: 0,
    losses: 0,
    ties: 0,
  };
}

const figures: Readonly<Record<string, () => Promise<Figure>>> = {
  'cost-curves': () =>
    faultCurvesFigure({
      id: 'cost-curves',
      title: 'Cost against memory',
      unit: 'page-ins + page-outs',
      floorText: 'the floor is the certified lower bound',
      series: ['lru', 'clock', 'fifo', 'min', 'my-own'].map((policy, i) => ({
        policy,
        isDense: false,
        points: costs(policy === 'my-own' ? 'random' : policy).map(({ frames, value }) => ({
          frames,
          value: value + i,
        })),
      })),
      floor: costs('devik').map(({ frames, value }) => ({
        frames,
        lower: 0.9 * value,
        upper: value,
      })),
    }),
  'page-in-curves': () =>
    faultCurvesFigure({
      id: 'page-in-curves',
      title: 'Page-ins at every memory size',
      unit: 'page-ins',
      floorText: 'the floor is MIN',
      series: [{ policy: 'lru', isDense: true, points: points(lruFaultCurve(references)) }],
      floor: points(minFaultCurve(references)).map(({ frames, value }) => ({
        frames,
        lower: value,
        upper: value,
      })),
    }),
  'gap-bars': () =>
    gapBarsFigure({
      id: 'gap-bars',
      title: 'Gaps',
      policies: [
        statistics('fifo', 'faults', 2.5),
        statistics('random', 'faults', 4),
        statistics('min', 'future', 1.06),
      ],
    }),
  'heat-map': () => {
    const grid = accessGrid(references, memoryBlocks(references, 8), { rows: 32, columns: 60 });
    const run = { policy: named('lru'), frameCount: 60, seed: 1 };
    return heatMapFigure({
      id: 'heat-map',
      title: 'Pages and time',
      pageSizeBytes: 4096,
      grid,
      resident: {
        policy: 'lru',
        frames: 60,
        share: residentShare(references, grid, run).share,
      },
    });
  },
  'working-set': () => workingSetFigure({ ...sets, id: 'working-set' }),
  'working-set-percentiles': () =>
    workingSetPercentilesFigure({ ...sets, id: 'working-set-percentiles' }),
  'reuse-distances': () =>
    reuseDistancesFigure({
      id: 'reuse-distances',
      title: 'Reuse distances',
      histogram: reuseHistogram(references),
      frames: sizes,
    }),
  granularity: () =>
    granularityFigure({
      id: 'granularity',
      title: 'Memory in blocks',
      rows: granularity(references, 4096),
    }),
  victims: () =>
    victimsFigure({
      id: 'victims',
      title: 'Victims',
      frames: 60,
      policies: ['min', 'lru', 'clock', 'random'].map((policy) => {
        const run = { policy: named(policy), frameCount: 60, seed: 1, nextUse, every: 8 };
        return { policy, shares: rankShares(victimRanks(references, run), 60) };
      }),
    }),
  influence: () => {
    const random = new Random(5);
    const column = (most: number) => Float32Array.from({ length: 500 }, () => random.below(most));
    const columns = [column(1000), column(2)];
    const score = ([a, b]: readonly Float32Array[]): Float64Array =>
      Float64Array.from(a, (value, row) => Math.sqrt(value) - 4 * b[row]);
    const importance = permutationImportance(score, columns, 1);
    return influenceFigure({
      id: 'influence',
      title: 'Influence',
      target: 'a root',
      features: [
        { feature: 'recency', unit: 'references', isLog: true },
        { feature: 'dirty', unit: 'bit', isLog: false },
      ].map((feature, i) => ({
        ...feature,
        importance: importance[i],
        dependence: partialDependence(score, columns, i),
      })),
    });
  },
};

describe('a picture', () => {
  it.each(Object.keys(figures))('of %s is the one that was looked at', async (id) => {
    const { svg, data, caption } = await figures[id]();
    await expect(svg).toMatchFileSnapshot(`./snapshots/${id}.svg`);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|<script|<style|\bhref="(?!data:)/);
    expect(svg).toContain('<title>');
    expect(caption).toMatch(/\.$|bound$|MIN$/);
    expect(new Set(data.map(({ values }) => values.length)).size).toBe(1);
    expect(data[0].values.length).toBeGreaterThan(0);
  });

  it('is drawn the same twice, whatever was drawn before', async () => {
    const first = await figures.victims();
    await figures['heat-map']();
    expect(await figures.victims()).toEqual(first);
  });

  it('can be of a string without evictions, without reuse, or of one reference', async () => {
    const one = linearize(generate('loop:pages=1,rounds=1', 1));
    const grid = accessGrid(one, memoryBlocks(one, 1), { rows: 8, columns: 8 });
    const drawn = [
      await victimsFigure({ id: 'a', title: 'a', frames: 1, policies: [] }),
      await reuseDistancesFigure({
        id: 'a',
        title: 'a',
        histogram: reuseHistogram(one),
        frames: [1],
      }),
      await heatMapFigure({
        id: 'a',
        title: 'a',
        pageSizeBytes: 4096,
        grid,
        resident: { policy: 'lru', frames: 1, share: Float64Array.of(1) },
      }),
      await faultCurvesFigure({
        id: 'a',
        title: 'a',
        unit: 'page-ins',
        floorText: 'nothing',
        series: [{ policy: 'lru', isDense: false, points: [{ frames: 1, value: 0 }] }],
        floor: [{ frames: 1, lower: 0, upper: 0 }],
      }),
    ];
    for (const { svg } of drawn) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});
