/** `simulate --io`: policies on virtual memory, with what a kernel does about each fault. */
import { costOf, DEFAULT_MACHINE, type ElasticMachine, type Prices } from '../engine/machine.ts';
import { DEMAND_PAGING, EVICTIONS_MAX, type Prefetching } from '../engine/readAhead.ts';
import { type Outcome, type RunView, simulate } from '../engine/simulate.ts';
import type { Counter } from '../evaluation/series.ts';
import type { NamedPolicy } from '../evaluation/simulation.ts';
import type { Fingerprint } from '../fingerprint/fingerprint.ts';
import { freezeOrder } from '../fingerprint/order.ts';
import { writeFingerprint } from '../node/fingerprintFile.ts';
import { resolvePrefetcher } from '../node/prefetcherCatalog.ts';
import { formatCount, formatTable } from '../report/table.ts';
import { InputError } from '../support/assert.ts';
import { FingerprintLayer } from '../vm/fingerprintLayer.ts';
import { IO_PREFETCHERS, IO_PRESETS, type IoOptions, parseIoOptions } from '../vm/ioOptions.ts';
import { FAULT_KINDS, type FileCounts, type VmCounts } from '../vm/virtualMemory.ts';
import type { Result } from './command.ts';
import { machineJson, machineText, suspensionFields } from './elasticMachine.ts';
import { formatFields, ruleFields } from './fields.ts';
import { foreseenOrder } from './foreseenOrder.ts';
import { prefetchFields, prefetchJson } from './prefetching.ts';
import type { Recording } from './series.ts';
import type { MemorySize } from './sharedOptions.ts';

export interface Io {
  readonly preset: string;
  readonly options: IoOptions;
  readonly prefetching: Prefetching;
}

/** Undefined without --io. `prefetching` as --prefetch says it, in place of the preset's. */
export async function parseIo(
  values: { readonly io: string | undefined; readonly 'io-option': readonly string[] },
  prefetching: Prefetching | undefined,
): Promise<Io | undefined> {
  const preset = values.io;
  if (preset === undefined) {
    if (values['io-option'].length === 0) return undefined;
    throw new InputError('--io-option is laid over a preset', 'add --io textbook or --io linux');
  }
  const options = parseIoOptions(preset, values['io-option']);
  if (prefetching !== undefined) return { preset, options, prefetching };
  const prefetchers = [];
  for (const id of IO_PREFETCHERS[preset]) prefetchers.push(await resolvePrefetcher(id));
  return { preset, options, prefetching: { prefetchers, evictionsMax: EVICTIONS_MAX } };
}

/** What costs what a replay costs, but for what is read ahead. */
export function textbookIo(prefetching: Prefetching = DEMAND_PAGING): Io {
  return { preset: 'textbook', options: IO_PRESETS.textbook, prefetching };
}

export interface IoSimulation {
  readonly policies: readonly NamedPolicy[];
  readonly sizes: readonly MemorySize[];
  readonly prices: Prices;
  readonly seed: number;
  readonly io: Io;
  /** Undefined: in the recorded order. */
  readonly machine: ElasticMachine | undefined;
  /** Where to keep what happened; with one policy and one size. */
  readonly output: string | undefined;
  readonly series: Recording | undefined;
  readonly loadControl: { readonly window: number } | undefined;
}

/** One policy at one size. */
interface Row {
  readonly policy: string;
  readonly frames: number;
  readonly outcome: Outcome;
  readonly counts: VmCounts;
  readonly files: readonly FileCounts[];
  readonly minorFaults: number;
  readonly pageOuts: number;
  readonly cost: number;
}

export async function simulateIo(
  fingerprint: Fingerprint,
  common: Readonly<Record<string, unknown>>,
  { policies, sizes, prices, seed, io, machine, output, series, loadControl }: IoSimulation,
): Promise<Result> {
  const needsFuture = policies.some(({ spec }) => spec.observes === 'future');
  const order = needsFuture ? await foreseenOrder(fingerprint, io.options) : undefined;
  const rows = sizes.flatMap(({ frames }) =>
    policies.map(({ label, spec, options }): Row => {
      const layer = new FingerprintLayer(spec, io);
      const frameCount = Math.max(1, Math.min(frames, layer.bound(fingerprint).pages));
      const watcher = series?.ofRun((view) => countersOf(layer, view));
      const run = { frameCount, policy: spec, options, seed, layer, watcher, loadControl };
      const outcome = simulate(fingerprint, {
        ...run,
        machine: machine ?? NO_IO_TIME,
        ...(order !== undefined && { order }),
      });
      const counts = layer.counts();
      const pageOuts =
        outcome.counts.pageOuts + (prices.chargeFinal ? outcome.counts.dirtyAtEnd : 0);
      const cost = costOf(outcome.counts, prices) + prices.pageInCost * counts.prefetchIns;
      const minorFaults = minorFaultsOf(counts) - outcome.counts.softFaults;
      const files = fingerprint.mappings.length > 0 ? layer.memory.files() : [];
      return { policy: label, frames, outcome, counts, files, minorFaults, pageOuts, cost };
    }),
  );
  await series?.write(rows[0].outcome.order.references);
  if (output !== undefined) {
    await writeFingerprint(output, freezeOrder(fingerprint, rows[0].outcome.order));
  }
  const json = rows.map(({ outcome, counts, files, ...row }) => ({
    ...outcome.counts,
    ...row,
    ...(outcome.rules !== undefined && { rules: outcome.rules }),
    files,
    io: io.preset,
    ioOptions: { ...io.options, swapSlots: finiteOrNull(io.options.swapSlots) },
    prefetchers: io.prefetching.prefetchers.map(({ spec }) => spec.id),
    ...counts,
    ...prefetchJson(counts.prefetches, counts.demandIns),
    ...(machine !== undefined && counts.prefetches && { savedNs: outcome.savedNs }),
    ...prices,
    ...(machine !== undefined && {
      ...(outcome.suspensions !== undefined && { suspensions: outcome.suspensions }),
      completionNs: outcome.completionNs,
      lostNs: outcome.lostNs,
      sequences: outcome.sequences,
      elastic: true,
      machine: machineJson(machine),
    }),
    ...common,
  }));
  return {
    json: rows.length === 1 ? json[0] : { rows: json },
    text: () =>
      rows.length === 1 ? rowText(fingerprint.name, rows[0], io, machine) : rowsText(rows),
  };
}

/** What a run over time has by stretch, beside the memory's own counters. */
function countersOf({ memory: vm }: FingerprintLayer, { memory }: RunView): readonly Counter[] {
  const { faults } = vm;
  return [
    { name: 'minorFaults', count: () => minorFaultsOf(vm) - memory.softFaults },
    ...FAULT_KINDS.map((kind) => ({ name: kind, count: () => faults[kind] })),
    { name: 'ioReads', count: () => vm.ioReads },
    { name: 'ioWrites', count: () => vm.ioWrites },
  ];
}

const NO_IO_TIME: ElasticMachine = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };

/** For --json, which has no infinity: without a limit is null. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** All kinds but those that read, or were dropped. */
function minorFaultsOf({ faults }: Pick<VmCounts, 'faults'>): number {
  const { demand, late, protection } = faults;
  return Object.values(faults).reduce((sum, count) => sum + count, 0) - demand - late - protection;
}

/** How the text names what JSON calls by the same words joined. */
const FAULT_NAMES: Readonly<Record<(typeof FAULT_KINDS)[number], string>> = {
  zeroFill: 'filled with zeros',
  zeroRead: 'zeros in common',
  softMapped: 'already resident',
  cowCopy: 'copied on write',
  cowReuse: 'reused on write',
  cowZeroPage: 'zeros written',
  writeNotify: 'clean page of a file written',
  demand: 'read on demand',
  late: 'waited for a page read ahead',
  protection: 'not allowed',
};

function rowText(name: string, row: Row, io: Io, machine: ElasticMachine | undefined): string {
  const { outcome, counts } = row;
  const kinds = FAULT_KINDS.filter((kind) => counts.faults[kind] > 0);
  return formatFields([
    ['fingerprint', name],
    ['policy', row.policy],
    ['frames', formatCount(row.frames)],
    ['io', [io.preset, ...io.prefetching.prefetchers.map(({ spec }) => spec.id)].join(', ')],
    ...(machine === undefined ? [] : ([['machine', machineText(machine)]] as [string, string][])),
    ['accesses', formatCount(counts.accesses)],
    ['minor faults', formatCount(row.minorFaults)],
    ['page-ins on demand', formatCount(counts.demandIns)],
    ['page-ins ahead', formatCount(counts.prefetchIns)],
    ...prefetchFields(
      prefetchJson(counts.prefetches, counts.demandIns).prefetches,
      machine === undefined ? undefined : outcome.savedNs,
    ).slice(1),
    ['page-outs to swap', formatCount(counts.pageOutsSwap)],
    ['page-outs to files', formatCount(counts.pageOutsFile)],
    ...(counts.flushedPages === 0
      ? []
      : ([['  in the background', formatCount(counts.flushedPages)]] as [string, string][])),
    ['requests', `${formatCount(counts.ioReads)} reads, ${formatCount(counts.ioWrites)} writes`],
    ['dropped clean', formatCount(counts.droppedClean)],
    ['evictions', formatCount(outcome.counts.evictions)],
    ['swap slots at most', formatCount(counts.swapSlotsPeak)],
    ...kinds.map((kind): [string, string] => [
      `  ${FAULT_NAMES[kind]}`,
      formatCount(counts.faults[kind]),
    ]),
    ...ruleFields(outcome.rules),
    ['cost', formatCount(row.cost)],
    ...(machine === undefined
      ? []
      : ([
          ...suspensionFields(outcome.suspensions),
          ['completed after', `${formatCount(outcome.completionNs)} ns`],
          ['waited for pages', `${formatCount(outcome.lostNs)} ns, all sequences together`],
        ] as [string, string][])),
  ]);
}

function rowsText(rows: readonly Row[]): string {
  return formatTable(
    [
      { title: 'frames', align: 'right' },
      { title: 'policy', align: 'left' },
      { title: 'minor faults', align: 'right' },
      { title: 'on demand', align: 'right' },
      { title: 'ahead', align: 'right' },
      { title: 'page-outs', align: 'right' },
      { title: 'reads', align: 'right' },
      { title: 'writes', align: 'right' },
      { title: 'cost', align: 'right' },
    ],
    rows.map(({ policy, frames, counts, minorFaults, pageOuts, cost }) => [
      formatCount(frames),
      policy,
      formatCount(minorFaults),
      formatCount(counts.demandIns),
      formatCount(counts.prefetchIns),
      formatCount(pageOuts),
      formatCount(counts.ioReads),
      formatCount(counts.ioWrites),
      formatCount(cost),
    ]),
  );
}
