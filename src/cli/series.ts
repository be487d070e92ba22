/** The options of a run over time, and the file it becomes. */
import type { Memory } from '../engine/memory.ts';
import type { Toucher } from '../engine/replay.ts';
import type { RunView, RunWatcher } from '../engine/simulate.ts';
import { type Counter, recordReplay, SeriesRecorder } from '../evaluation/series.ts';
import type { Fingerprint, ReferenceString } from '../fingerprint/fingerprint.ts';
import { countReferences } from '../fingerprint/nextStep.ts';
import { InputError } from '../support/assert.ts';
import { parseWhole } from './sharedOptions.ts';

export const SERIES = {
  series: {
    kind: 'text',
    describe: 'write the run over time, by process, to this file: .csv, .json or .parquet',
  },
  every: { kind: 'text', describe: 'references of a stretch (default a hundredth of the run)' },
  window: {
    kind: 'text',
    describe: "a process's references that make its working set (default 10 stretches)",
  },
} as const;

/** One run, recorded as it goes on and written when it is over. */
export class Recording {
  readonly #path: string;
  readonly #every: number;
  readonly #window: number;
  readonly #sequenceNames: readonly string[];
  /** Unknown with maps, where a copy is one more. */
  readonly #referenceCount: number | undefined;
  #recorder: SeriesRecorder | undefined;

  constructor(asked: SeriesAsked, { sequences, mappings }: Fingerprint) {
    const references = sequences.reduce((sum, { actions }) => sum + countReferences(actions), 0);
    this.#path = asked.path;
    this.#referenceCount = mappings.length > 0 ? undefined : references;
    this.#every = asked.every ?? Math.max(1, Math.ceil(references / 100));
    this.#window = asked.window ?? 10 * this.#every;
    this.#sequenceNames = sequences.map(({ name }) => name);
  }

  /** Between a replay and its memory. */
  ofReplay(references: ReferenceString, memory: Memory, inner: Toucher): Toucher {
    const sequenceCount = this.#sequenceNames.length;
    const { pages, pageCount } = references;
    const bounds = { pageCountMax: pageCount, referenceCount: pages.length };
    const source = { memory, sequenceCount, ...bounds };
    this.#recorder = new SeriesRecorder(source, this.#every);
    return recordReplay(this.#recorder, references, inner);
  }

  /** Of an elastic run; what it counts beside the memory is asked for when it starts. */
  ofRun(countersOf: (view: RunView) => readonly Counter[] = () => []): RunWatcher {
    let recorder: SeriesRecorder;
    return {
      start: (view) => {
        const { memory, sequenceCount, pageCountMax } = view;
        const bounds = { sequenceCount, pageCountMax, referenceCount: this.#referenceCount };
        const source = { memory, ...bounds, view, counters: countersOf(view) };
        recorder = new SeriesRecorder(source, this.#every);
        this.#recorder = recorder;
      },
      onReference: (page, sequence) => recorder.refer(page, sequence),
      onStep: (sequence) => recorder.step(sequence),
    };
  }

  async write(references: Pick<ReferenceString, 'pages' | 'sequences'>): Promise<void> {
    if (this.#recorder === undefined) return;
    const { writeSeries } = await import('../node/seriesFile.ts');
    const series = this.#recorder.finish(references, this.#window);
    await writeSeries(this.#path, series, this.#sequenceNames);
  }
}

export interface SeriesAsked {
  readonly path: string;
  readonly every: number | undefined;
  readonly window: number | undefined;
}

/** Undefined without --series. */
export function parseSeries(values: {
  readonly series: string | undefined;
  readonly every: string | undefined;
  readonly window: string | undefined;
}): SeriesAsked | undefined {
  const { series: path, every, window } = values;
  if (path === undefined) {
    if ((every ?? window) === undefined) return undefined;
    throw new InputError('simulate: --every and --window are of a series', 'add --series FILE');
  }
  if (!/\.(csv|json|parquet)$/.test(path)) {
    throw new InputError(
      `--series ${path}: no format by that name`,
      'end it in .csv, .json or .parquet',
    );
  }
  return {
    path,
    every: every === undefined ? undefined : parseWhole('--every', every, 1),
    window: window === undefined ? undefined : parseWhole('--window', window, 1),
  };
}
