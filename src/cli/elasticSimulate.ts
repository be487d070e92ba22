/** `simulate --elastic`: policies on a fingerprint whose order moves with its faults. */
import { costOf, DEFAULT_MACHINE, type ElasticMachine, type Prices } from '../engine/machine.ts';
import { type Outcome, simulate } from '../engine/simulate.ts';
import type { NamedPolicy } from '../evaluation/simulation.ts';
import type { Fingerprint } from '../fingerprint/fingerprint.ts';
import { freezeOrder, type Order } from '../fingerprint/order.ts';
import { boundPages } from '../fingerprint/pageBound.ts';
import { writeFingerprint } from '../node/fingerprintFile.ts';
import { resolveNamedPolicy } from '../node/namedPolicy.ts';
import { formatCount, formatTable } from '../report/table.ts';
import type { Result } from './command.ts';
import { machineJson, machineText } from './elasticMachine.ts';
import { formatFields } from './fields.ts';
import type { MemorySize } from './sharedOptions.ts';

export interface ElasticSimulation {
  readonly policies: readonly NamedPolicy[];
  readonly sizes: readonly MemorySize[];
  readonly prices: Prices;
  readonly seed: number;
  readonly machine: ElasticMachine;
  /** Where to keep what happened; with one policy and one size. */
  readonly output: string | undefined;
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
  { policies, sizes, prices, seed, machine, output }: ElasticSimulation,
): Promise<Result> {
  const needsFuture = policies.some(({ spec }) => spec.observes === 'future');
  const order = needsFuture ? await orderWithoutIo(fingerprint) : undefined;
  // Where the order moves there may be more pages than in the one that sizes are taken from.
  const pageCountMax =
    fingerprint.mappings.length > 0 ? Math.max(1, boundPages(fingerprint).pages) : Infinity;
  const rows = sizes.flatMap(({ frames, usedFrames }) =>
    policies.map(({ label, spec, options }): Row => {
      const frameCount = pageCountMax === Infinity ? usedFrames : Math.min(frames, pageCountMax);
      const run = { frameCount, policy: spec, options, seed, machine };
      const outcome = simulate(fingerprint, { ...run, ...(order !== undefined && { order }) });
      const { counts } = outcome;
      const pageOuts = counts.pageOuts + (prices.chargeFinal ? counts.dirtyAtEnd : 0);
      return { policy: label, frames, outcome, pageOuts, cost: costOf(counts, prices) };
    }),
  );
  if (output !== undefined) {
    await writeFingerprint(output, freezeOrder(fingerprint, rows[0].outcome.order));
  }
  const json = rows.map(({ policy, frames, outcome, pageOuts, cost }) => ({
    policy,
    frames,
    ...outcome.counts,
    pageOuts,
    cost,
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

/** What policies that look into the future are shown: it does not depend on any of them. */
async function orderWithoutIo(fingerprint: Fingerprint): Promise<Order> {
  const { spec } = await resolveNamedPolicy('lru');
  const machine = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };
  return simulate(fingerprint, { frameCount: 1, policy: spec, seed: 0, machine }).order;
}

function rowText(name: string, row: Row, machine: ElasticMachine): string {
  const { counts, completionNs, lostNs, sequences } = row.outcome;
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
    ['cost', formatCount(row.cost)],
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
  return formatTable(
    [
      { title: 'frames', align: 'right' },
      { title: 'policy', align: 'left' },
      { title: 'minor faults', align: 'right' },
      { title: 'page-ins', align: 'right' },
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
      formatCount(pageOuts),
      formatCount(cost),
      formatCount(outcome.completionNs),
      formatCount(outcome.lostNs),
    ]),
  );
}
