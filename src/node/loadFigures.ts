/*
 * The pictures of one load: its fingerprint is read and replayed for them. A few replays of the
 * whole string for each of a handful of policies, so seconds for millions of references.
 */
import { computeNextUse } from '../engine/nextUse.ts';
import { accessGrid, residentShare } from '../evaluation/accessGrid.ts';
import type { EvaluationRow } from '../evaluation/evaluation.ts';
import { fittingBlocks, granularity } from '../evaluation/memoryBlocks.ts';
import { reuseHistogram } from '../evaluation/reuseHistogram.ts';
import type { PolicyStatistics } from '../evaluation/statistics.ts';
import { rankShares, victimRanks } from '../evaluation/victimRank.ts';
import {
  binSeries,
  percentilesOf,
  usualWindows,
  workingSetSizes,
} from '../evaluation/workingSet.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { linearize } from '../fingerprint/linearize.ts';
import { type FaultCurve, lruFaultCurve, minFaultCurve } from '../optimal/faultCurve.ts';
import type { Figure } from '../report/figure.ts';
import { faultCurvesFigure } from '../report/figures/faultCurves.ts';
import { gapBarsFigure } from '../report/figures/gapBars.ts';
import { granularityFigure } from '../report/figures/granularity.ts';
import { heatMapFigure } from '../report/figures/heatMap.ts';
import { reuseDistancesFigure } from '../report/figures/reuseDistances.ts';
import { victimsFigure } from '../report/figures/victims.ts';
import { workingSetFigure } from '../report/figures/workingSet.ts';
import { workingSetPercentilesFigure } from '../report/figures/workingSetPercentiles.ts';
import { readFingerprint } from './fingerprintFile.ts';
import { influenceFigureOf } from './modelInfluence.ts';
import { resolveNamedPolicy } from './namedPolicy.ts';

export interface Load {
  readonly name: string;
  /** As on the command line. */
  readonly path: string;
  /** Of the gap table. */
  readonly rows: readonly EvaluationRow[];
  readonly statistics: readonly PolicyStatistics[];
  /** What the label of a row stands for, as on the command line. */
  policyFor(label: string): string;
  /** Whose victims are looked at. */
  readonly ranked: readonly string[];
  /** A fitted model, and decisions it is asked about; absent where there is none. */
  readonly model: { readonly path: string; readonly labels: string } | undefined;
  readonly seed: number;
}

const GRID = { rows: 128, columns: 200 };
const SERIES_BINS = 160;
/** Dense where the curves bend. */
const PERCENTS = [0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 100];
const RANKED_EVICTIONS = 2000;
/** Whose memory is drawn over the heat map: everybody knows what it holds. */
const SHOWN_POLICY = 'lru';

/** In the order of a reader's questions: what it costs, what it is, who chooses how. */
export async function loadFigures(load: Load): Promise<Figure[]> {
  const { name, path, rows, statistics, seed } = load;
  const { fingerprint } = await readFingerprint(path, seed);
  const references = linearize(fingerprint);
  const { pageSizeBytes } = fingerprint;
  const id = (what: string): string => `${fileName(name)}-${what}`;
  const frames = [...new Set(rows.map((row) => row.frames))].sort((a, b) => a - b);
  const shownFrames = Math.min(references.pageCount, frames[Math.floor((frames.length - 1) / 2)]);
  const figures = [
    await costCurves(load, id('cost')),
    await pageInCurves(load, id('page-ins'), references),
    await gapBarsFigure({ id: id('gaps'), title: `${name}: gaps`, policies: statistics }),
  ];

  const blocks = fittingBlocks(references, pageSizeBytes, GRID.rows);
  const grid = accessGrid(references, blocks, GRID);
  const policy = await resolveNamedPolicy(SHOWN_POLICY);
  const { share } = residentShare(references, grid, { policy, frameCount: shownFrames, seed });
  figures.push(
    await heatMapFigure({
      id: id('heat-map'),
      title: `${name}: pages and time`,
      pageSizeBytes,
      grid,
      resident: { policy: SHOWN_POLICY, frames: shownFrames, share },
    }),
    await granularityFigure({
      id: id('blocks'),
      title: `${name}: memory in blocks`,
      rows: granularity(references, pageSizeBytes),
    }),
  );

  const windows = usualWindows(references.pages.length).map((window) => {
    const sizes = workingSetSizes(references, window);
    const percentiles = percentilesOf(sizes, PERCENTS);
    return { window, bins: binSeries(sizes, SERIES_BINS), percentiles };
  });
  const sets = { referenceCount: references.pages.length, percents: PERCENTS, windows };
  figures.push(
    await workingSetFigure({ ...sets, id: id('working-set'), title: `${name}: working set` }),
    await workingSetPercentilesFigure({
      ...sets,
      id: id('working-set-percentiles'),
      title: `${name}: working set, percentiles`,
    }),
    await reuseDistancesFigure({
      id: id('reuse'),
      title: `${name}: reuse distances`,
      histogram: reuseHistogram(references),
      frames,
    }),
    await victims(load, id('victims'), references, shownFrames),
  );
  if (load.model !== undefined) {
    const about = { ...load.model, id: id('influence'), title: `${name}: what the model looks at` };
    const influence = await influenceFigureOf({ ...about, seed });
    if (influence !== undefined) figures.push(influence);
  }
  return figures;
}

function costCurves({ name, rows }: Load, id: string): Promise<Figure> {
  const labels = [...new Set(rows.map(({ policy }) => policy))];
  const byFrames = [...rows].sort((a, b) => a.frames - b.frames);
  const first = byFrames.filter(({ policy }) => policy === labels[0]);
  return faultCurvesFigure({
    id,
    title: `${name}: cost of every policy`,
    unit: 'cost (page-ins + page-outs, priced)',
    floorText:
      'grey reaches up to the certified lower bound of the optimum, darker grey to the best ' +
      'schedule known: the optimum is between.',
    series: labels.map((policy) => ({
      policy,
      isDense: false,
      points: byFrames
        .filter((row) => row.policy === policy)
        .map(({ frames, cost }) => ({ frames, value: cost })),
    })),
    floor: first.map(({ frames, lowerBound, upperBound }) => ({
      frames,
      lower: lowerBound,
      upper: upperBound,
    })),
  });
}

function pageInCurves(load: Load, id: string, references: ReferenceString): Promise<Figure> {
  const points = ({ frames, pageIns }: FaultCurve) =>
    frames.map((count, i) => ({ frames: count, value: pageIns[i] }));
  return faultCurvesFigure({
    id,
    title: `${load.name}: page-ins at every memory size`,
    unit: 'page-ins',
    floorText: 'grey reaches up to MIN, the least page-ins there can be.',
    series: [{ policy: 'lru', isDense: true, points: points(lruFaultCurve(references)) }],
    floor: points(minFaultCurve(references)).map(({ frames, value }) => ({
      frames,
      lower: value,
      upper: value,
    })),
  });
}

async function victims(
  { name, rows, ranked, policyFor, seed }: Load,
  id: string,
  references: ReferenceString,
  frameCount: number,
): Promise<Figure> {
  const nextUse = computeNextUse(references);
  const policies = [];
  for (const label of ranked) {
    const policy = await resolveNamedPolicy(policyFor(label));
    // There is at most an eviction a load.
    const loads = rows
      .filter((row) => row.policy === label && row.frames === frameCount)
      .map(({ pageIns, minorFaults }) => pageIns + minorFaults);
    const every = Math.max(1, Math.ceil(Math.max(0, ...loads) / RANKED_EVICTIONS));
    const run = { policy, frameCount, seed, nextUse, every };
    policies.push({ policy: label, shares: rankShares(victimRanks(references, run), frameCount) });
  }
  return victimsFigure({
    id,
    title: `${name}: victims by their true next use`,
    frames: frameCount,
    policies,
  });
}

/** What may stand in the name of a file. */
function fileName(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '_').slice(0, 60);
}
