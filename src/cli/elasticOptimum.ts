/** `optimum --elastic`: the best schedule found of a moving order, and what no schedule beats. */
import type { ElasticMachine, Prices } from '../engine/machine.ts';
import type { Fingerprint } from '../fingerprint/fingerprint.ts';
import { boundPages } from '../fingerprint/pageBound.ts';
import { resolveNamedPolicy } from '../node/namedPolicy.ts';
import { progress } from '../node/progress.ts';
import { computeElasticOptimum, type ElasticOptimum } from '../optimal/elastic.ts';
import { formatCount } from '../report/table.ts';
import type { Result } from './command.ts';
import { machineJson, machineText } from './elasticMachine.ts';
import { formatFields } from './fields.ts';
import type { MemorySize } from './sharedOptions.ts';

export interface ElasticQuestion {
  readonly sizes: readonly MemorySize[];
  readonly prices: Prices;
  readonly machine: ElasticMachine;
  readonly seconds: number | undefined;
}

export async function optimumElastic(
  fingerprint: Fingerprint,
  common: Readonly<Record<string, unknown>>,
  { sizes, prices, machine, seconds }: ElasticQuestion,
): Promise<Result> {
  const { spec } = await resolveNamedPolicy('lru');
  const rows: { readonly frames: number; readonly found: ElasticOptimum }[] = [];
  // Where the order moves there may be more pages than in the one that sizes are taken from.
  const hasMaps = fingerprint.mappings.length > 0;
  const pageCountMax = hasMaps ? Math.max(1, boundPages(fingerprint).pages) : Infinity;
  for (const { frames, usedFrames } of sizes) {
    const best = progress(`schedules of ${frames} frames: best so far`);
    const found = await computeElasticOptimum(fingerprint, {
      frameCount: hasMaps ? Math.min(frames, pageCountMax) : usedFrames,
      prices,
      machine,
      first: spec,
      seed: 0,
      ...(seconds !== undefined && { seconds, now: () => performance.now() }),
      onProgress: (_lowerBound, upperBound) => best.update(upperBound),
    });
    best.done();
    rows.push({ frames, found });
  }
  const json = rows.map(({ frames, found }) => ({
    ...common,
    frames,
    ...prices,
    elastic: true,
    machine: machineJson(machine),
    lowerBound: found.lowerBound,
    compulsoryCost: found.compulsoryCost,
    upperBound: found.upperBound,
    exact: found.exact,
    pageIns: found.outcome.counts.pageIns,
    pageOuts: pageOutsOf(found),
    completionNs: found.outcome.completionNs,
    lostNs: found.outcome.lostNs,
    upperMethod: found.rounds[found.best].policy,
    rounds: found.rounds.map(({ policy, cost, completionNs, order }) => ({
      policy,
      cost,
      completionNs,
      orderLowerBound: order?.lowerBound ?? null,
      orderUpperBound: order?.upperBound ?? null,
    })),
    best: found.best,
    settled: found.isSettled,
  }));
  return {
    json: rows.length === 1 ? json[0] : { rows: json },
    text: () =>
      rows
        .map(({ frames, found }) => foundText(fingerprint.name, frames, found, machine))
        .join('\n\n'),
  };
}

function pageOutsOf({ outcome, prices }: ElasticOptimum): number {
  const { pageOuts, dirtyAtEnd } = outcome.counts;
  return pageOuts + (prices.chargeFinal ? dirtyAtEnd : 0);
}

function foundText(
  name: string,
  frames: number,
  found: ElasticOptimum,
  machine: ElasticMachine,
): string {
  const { rounds, best, outcome, lowerBound, upperBound } = found;
  const { policy, order } = rounds[best];
  const counts = `${formatCount(outcome.counts.pageIns)} page-ins, ${formatCount(pageOutsOf(found))} page-outs`;
  const isBest = found.exact ? ': none is better' : '';
  return formatFields([
    ['fingerprint', name],
    ['frames', formatCount(frames)],
    ['machine', machineText(machine)],
    ['every schedule', `at least ${formatCount(lowerBound)}, in whatever order, by any policy`],
    [
      'best run found',
      `${formatCount(upperBound)}${isBest} (${counts}; ${policy}, run ${best + 1})`,
    ],
    ['completed after', `${formatCount(outcome.completionNs)} ns`],
    ['its order alone', order === undefined ? 'not looked at' : orderText(order)],
    ['first run', `${formatCount(rounds[0].cost)} (${rounds[0].policy})`],
    ['runs', `${rounds.length}, ${found.isSettled ? 'settled' : 'not settled'}`],
  ]);
}

function orderText({ lowerBound, upperBound }: { lowerBound: number; upperBound: number }): string {
  if (lowerBound === upperBound) return `${formatCount(upperBound)} at the best (exact)`;
  return `between ${formatCount(lowerBound)} and ${formatCount(upperBound)} at the best`;
}
