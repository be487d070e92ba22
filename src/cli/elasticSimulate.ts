/** `simulate --elastic`: policies on a fingerprint whose order moves with its faults. */
import { costOf, type ElasticMachine, type Prices } from '../engine/machine.ts';
import type { Memory } from '../engine/memory.ts';
import type { PrefetchProfile } from '../engine/prefetcher.ts';
import { profileOf } from '../engine/profile.ts';
import type { Prefetching } from '../engine/readAhead.ts';
import { type Outcome, simulate } from '../engine/simulate.ts';
import type { NamedPolicy } from '../evaluation/simulation.ts';
import type { Fingerprint, PageFacts } from '../fingerprint/fingerprint.ts';
import { freezeOrder } from '../fingerprint/order.ts';
import { boundPages } from '../fingerprint/pageBound.ts';
import { writeFingerprint } from '../node/fingerprintFile.ts';
import { writeProfile } from '../node/profileFile.ts';
import { formatCount, formatTable } from '../report/table.ts';
import type { Result } from './command.ts';
import { machineJson, machineText, suspensionFields } from './elasticMachine.ts';
import { formatFields, ruleFields } from './fields.ts';
import { foreseenOrder } from './foreseenOrder.ts';
import { prefetchFields, prefetchJson } from './prefetching.ts';
import type { Recording } from './series.ts';
import type { MemorySize } from './sharedOptions.ts';

export interface ElasticSimulation {
  readonly policies: readonly NamedPolicy[];
  readonly sizes: readonly MemorySize[];
  readonly prices: Prices;
  readonly seed: number;
  readonly machine: ElasticMachine;
  readonly prefetching: Prefetching | undefined;
  /** Where to keep what happened; with one policy and one size. */
  readonly output: string | undefined;
  /** The same, for the pages that were resident at the end. */
  readonly profilePath: string | undefined;
  readonly series: Recording | undefined;
  readonly loadControl: { readonly window: number } | undefined;
}

/** One policy at one size. */
interface Row {
  readonly policy: string;
  readonly frames: number;
  readonly outcome: Outcome;
  readonly pageOuts: number;
  readonly cost: number;
}

/** So many sequences have a line each in the text; --json has them all. */
const SEQUENCE_LINES_MAX = 40;

export async function simulateElastic(
  fingerprint: Fingerprint,
  common: Readonly<Record<string, unknown>>,
  question: ElasticSimulation,
): Promise<Result> {
  const {
    policies,
    sizes,
    prices,
    seed,
    machine,
    prefetching,
    output,
    profilePath,
    series,
    loadControl,
  } = question;
  const needsFuture = policies.some(({ spec }) => spec.observes === 'future');
  const order = needsFuture ? await foreseenOrder(fingerprint) : undefined;
  // Where the order moves there may be more pages than in the one that sizes are taken from.
  const pageCountMax =
    fingerprint.mappings.length > 0 ? Math.max(1, boundPages(fingerprint).pages) : Infinity;
  let profile: PrefetchProfile | undefined;
  const rows = sizes.flatMap(({ frames, usedFrames }) =>
    policies.map(({ label, spec, options }): Row => {
      const frameCount = pageCountMax === Infinity ? usedFrames : Math.min(frames, pageCountMax);
      const onEnd = (memory: Memory, pages: PageFacts): void => {
        if (profilePath !== undefined) profile = profileOf(memory, pages);
      };
      const watcher = series?.ofRun();
      const common = { policy: spec, options, seed, machine, prefetching, loadControl };
      const run = { ...common, frameCount, onEnd, watcher };
      const outcome = simulate(fingerprint, { ...run, ...(order !== undefined && { order }) });
      const { counts, prefetches } = outcome;
      const pageOuts = counts.pageOuts + (prices.chargeFinal ? counts.dirtyAtEnd : 0);
      const pageIns = counts.pageIns + (prefetches?.issued ?? 0);
      const cost = costOf({ ...counts, pageIns }, prices);
      return { policy: label, frames, outcome, pageOuts, cost };
    }),
  );
  if (output !== undefined) {
    await writeFingerprint(output, freezeOrder(fingerprint, rows[0].outcome.order));
  }
  await series?.write(rows[0].outcome.order.references);
  if (profilePath !== undefined && profile !== undefined) await writeProfile(profilePath, profile);
  const json = rows.map(({ policy, frames, outcome, pageOuts, cost }) => ({
    policy,
    frames,
    ...outcome.counts,
    pageOuts,
    ...prefetchJson(outcome.prefetches, outcome.counts.pageIns),
    ...(outcome.prefetches !== undefined && { savedNs: outcome.savedNs }),
    cost,
    ...(outcome.rules !== undefined && { rules: outcome.rules }),
    ...(outcome.suspensions !== undefined && { suspensions: outcome.suspensions }),
    completionNs: outcome.completionNs,
    lostNs: outcome.lostNs,
    sequences: outcome.sequences,
    ...prices,
    elastic: true,
    machine: machineJson(machine),
    ...common,
  }));
  return {
    json: rows.length === 1 ? json[0] : { rows: json },
    text: () => (rows.length === 1 ? rowText(fingerprint.name, rows[0], machine) : rowsText(rows)),
  };
}

function rowText(name: string, row: Row, machine: ElasticMachine): string {
  const { counts, completionNs, lostNs, sequences, prefetches, savedNs, suspensions } = row.outcome;
  const fields = formatFields([
    ['fingerprint', name],
    ['policy', row.policy],
    ['frames', formatCount(row.frames)],
    ['machine', machineText(machine)],
    ['references', formatCount(counts.references)],
    ['minor faults', formatCount(counts.minorFaults)],
    ['page-ins', formatCount(counts.pageIns)],
    ['page-outs', formatCount(row.pageOuts)],
    ['dirty at end', formatCount(counts.dirtyAtEnd)],
    ['evictions', formatCount(counts.evictions)],
    ...prefetchFields(prefetchJson(prefetches, counts.pageIns).prefetches, savedNs),
    ...ruleFields(row.outcome.rules),
    ['cost', formatCount(row.cost)],
    ...suspensionFields(suspensions),
    ['completed after', `${formatCount(completionNs)} ns`],
    ['waited for pages', `${formatCount(lostNs)} ns, all sequences together`],
  ]);
  if (sequences.length === 1 || sequences.length > SEQUENCE_LINES_MAX) return fields;
  const table = formatTable(
    [
      { title: 'sequence', align: 'left' },
      { title: 'references', align: 'right' },
      { title: 'minor faults', align: 'right' },
      { title: 'page-ins', align: 'right' },
      { title: 'page-outs', align: 'right' },
      { title: 'ended at ns', align: 'right' },
      { title: 'waited ns', align: 'right' },
    ],
    sequences.map((sequence) => [
      sequence.name,
      formatCount(sequence.references),
      formatCount(sequence.minorFaults),
      formatCount(sequence.pageIns),
      formatCount(sequence.pageOuts),
      formatCount(sequence.endNs),
      formatCount(sequence.lostNs),
    ]),
  );
  return `${fields}\n\n${table}`;
}

function rowsText(rows: readonly Row[]): string {
  const readsAhead = rows.some(({ outcome }) => outcome.prefetches !== undefined);
  return formatTable(
    [
      { title: 'frames', align: 'right' },
      { title: 'policy', align: 'left' },
      { title: 'minor faults', align: 'right' },
      { title: 'page-ins', align: 'right' },
      ...(readsAhead ? ([{ title: 'ahead', align: 'right' }] as const) : []),
      ...(readsAhead ? ([{ title: 'late', align: 'right' }] as const) : []),
      { title: 'page-outs', align: 'right' },
      { title: 'cost', align: 'right' },
      { title: 'completed ns', align: 'right' },
      { title: 'waited ns', align: 'right' },
    ],
    rows.map(({ policy, frames, outcome, pageOuts, cost }) => [
      formatCount(frames),
      policy,
      formatCount(outcome.counts.minorFaults),
      formatCount(outcome.counts.pageIns),
      ...(outcome.prefetches === undefined
        ? []
        : [formatCount(outcome.prefetches.issued), formatCount(outcome.prefetches.late)]),
      formatCount(pageOuts),
      formatCount(cost),
      formatCount(outcome.completionNs),
      formatCount(outcome.lostNs),
    ]),
  );
}
