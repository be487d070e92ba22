/** The options of a run over time, and the file it becomes. */
import type { Memory } from '../engine/memory.ts';
import type { Toucher } from '../engine/replay.ts';
import { SeriesRecorder } from '../evaluation/series.ts';
import type { Fingerprint, ReferenceString } from '../fingerprint/fingerprint.ts';
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

/** A recording, to be written when the run is over. */
export interface Recording {
  readonly record: (memory: Memory, inner: Toucher) => Toucher;
  readonly write: () => Promise<void>;
}

/** Undefined without --series; refused where the run is no replay. */
export function parseSeries(
  values: {
    readonly series: string | undefined;
    readonly every: string | undefined;
    readonly window: string | undefined;
  },
  isReplay: boolean,
): ((fingerprint: Fingerprint, references: ReferenceString) => Recording) | undefined {
  const { series: path, every, window } = values;
  if (path === undefined) {
    if ((every ?? window) === undefined) return undefined;
    throw new InputError('simulate: --every and --window are of a series', 'add --series FILE');
  }
  if (!isReplay) {
    throw new InputError('simulate: --series is of replays', 'leave out --elastic and --io');
  }
  if (!/\.(csv|json|parquet)$/.test(path)) {
    throw new InputError(
      `--series ${path}: no format by that name`,
      'end it in .csv, .json or .parquet',
    );
  }
  const stretch = every === undefined ? undefined : parseWhole('--every', every, 1);
  const own = window === undefined ? undefined : parseWhole('--window', window, 1);
  return (fingerprint, references) => {
    const length = stretch ?? Math.max(1, Math.ceil(references.pages.length / 100));
    const options = { every: length, window: own ?? 10 * length };
    let recorder: SeriesRecorder | undefined;
    return {
      record(memory, inner) {
        recorder = new SeriesRecorder(references, memory, inner, options);
        return recorder;
      },
      async write() {
        const { writeSeries } = await import('../node/seriesFile.ts');
        const names = fingerprint.sequences.map(({ name }) => name);
        if (recorder !== undefined) await writeSeries(path, recorder.series, names);
      },
    };
  };
}
