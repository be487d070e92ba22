/**
 * The options of commands that can run a fingerprint elastically, and the machine they describe.
 */
import { DEFAULT_MACHINE, type ElasticMachine } from '../engine/machine.ts';
import type { Outcome } from '../engine/simulate.ts';
import { formatCount } from '../report/table.ts';
import { InputError } from '../support/assert.ts';
import { parseWhole } from './sharedOptions.ts';

const { quantumNs, readNs, writeNs, queueDepth } = DEFAULT_MACHINE;

export const ELASTIC = {
  elastic: {
    kind: 'flag',
    describe: 'page-ins delay the sequence that needs them, so that the order of references moves',
    default: false,
  },
  cpus: { kind: 'text', describe: 'elastic: processors (default one for each sequence)' },
  quantum: {
    kind: 'text',
    describe: `elastic: ns of work after which others have their turn (default ${quantumNs})`,
  },
  'read-ns': { kind: 'text', describe: `elastic: time to read a page (default ${readNs})` },
  'write-ns': { kind: 'text', describe: `elastic: time to write a page (default ${writeNs})` },
  'queue-depth': {
    kind: 'text',
    describe: `elastic: pages read or written at a time (default ${queueDepth})`,
  },
} as const;

export const LOAD_CONTROL = {
  'load-control': {
    kind: 'text',
    describe:
      'elastic: suspend processes while their working sets, over so many references, do not fit',
  },
} as const;

/** Undefined without --load-control. */
export function parseLoadControl(values: {
  readonly 'load-control': string | undefined;
  readonly elastic: boolean;
}): { readonly window: number } | undefined {
  const text = values['load-control'];
  if (text === undefined) return undefined;
  if (!values.elastic) {
    throw new InputError(
      '--load-control suspends who would wait for pages, and without --elastic nobody waits',
      'add --elastic, or leave --load-control out',
    );
  }
  return { window: parseWhole('--load-control', text, 1) };
}

/** Of a run with load control; nothing without. */
export function suspensionFields(
  suspensions: Outcome['suspensions'],
): [name: string, value: string][] {
  if (suspensions === undefined) return [];
  const { count, ns } = suspensions;
  return [['suspended', `${formatCount(count)} times, ${formatCount(ns)} ns together`]];
}

const MACHINE_OPTIONS = ['cpus', 'quantum', 'read-ns', 'write-ns', 'queue-depth'] as const;

type ElasticValues = {
  readonly elastic: boolean;
} & { readonly [Name in (typeof MACHINE_OPTIONS)[number]]: string | undefined };

/** No device serves more at a time. */
const QUEUE_DEPTH_MAX = 65_536;

/** The machine asked for; undefined without --elastic. */
export function parseMachine(values: ElasticValues): ElasticMachine | undefined {
  if (!values.elastic) {
    const given = MACHINE_OPTIONS.find((name) => values[name] !== undefined);
    if (given === undefined) return undefined;
    throw new InputError(
      `--${given} says how long things take, and without --elastic nothing takes any time`,
      `add --elastic, or leave --${given} out`,
    );
  }
  const parse = (name: (typeof MACHINE_OPTIONS)[number], min: number, other: number): number => {
    const text = values[name];
    return text === undefined ? other : parseWhole(`--${name}`, text, min);
  };
  const depth = parse('queue-depth', 1, queueDepth);
  if (depth > QUEUE_DEPTH_MAX) {
    throw new InputError(
      `--queue-depth ${depth}: no device serves so many at a time`,
      `give at most ${QUEUE_DEPTH_MAX}`,
    );
  }
  return {
    cpus: parse('cpus', 1, DEFAULT_MACHINE.cpus),
    quantumNs: parse('quantum', 1, quantumNs),
    readNs: parse('read-ns', 0, readNs),
    writeNs: parse('write-ns', 0, writeNs),
    queueDepth: depth,
  };
}

/** For --json, which has no infinity: as many processors as sequences are null. */
export function machineJson(machine: ElasticMachine): Readonly<Record<string, number | null>> {
  return { ...machine, cpus: Number.isFinite(machine.cpus) ? machine.cpus : null };
}

export function machineText(machine: ElasticMachine): string {
  const turns = `${formatCount(machine.cpus)} processors, turns of ${formatCount(machine.quantumNs)} ns`;
  const processors = Number.isFinite(machine.cpus) ? turns : 'a processor for each sequence';
  const times = `read ${formatCount(machine.readNs)} ns, write ${formatCount(machine.writeNs)} ns`;
  return `${processors}; ${times}, ${formatCount(machine.queueDepth)} at a time`;
}
