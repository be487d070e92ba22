/*
 * A run over time: what each process had in memory, used and waited for, in stretches of `every`
 * references of the whole machine. Columns, a row a stretch and process, and one for all of them.
 *
 *   until  sequence  references  workingSet  resident  pageIns …  freeFrames
 *    1000         0         600          48        60       12            28
 *    1000         1         400          31        40       31            28
 *    1000        −1        1000          79       100       43            28    all of them
 *
 * Counts are those of the stretch, of whoever caused them; sets are as they are at its end, and so
 * is what there is one of (free frames, the device's queue, the clock), in each row the same. A
 * resident page counts for the process that used it last, so that the rows of processes add up; one
 * read ahead and not used yet counts for none of them. The working set is over the process's own
 * last `window` references. A process has no row for a stretch in which it neither did nor held
 * anything.
 *
 * A stretch ends with an action; a copy is two references, so there it may be one longer.
 * Per reference a few comparisons; per stretch a walk through the frames and processes. Working
 * sets are found when all is over, from the order of the references.
 */
import { NONE } from '../engine/frameTable.ts';
import type { Memory } from '../engine/memory.ts';
import type { Toucher } from '../engine/replay.ts';
import type { RunView } from '../engine/simulate.ts';
import type { Page, ReferenceString, Sequence, Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { workingSetSizes } from './workingSet.ts';

/** Counts of a stretch, as `Memory` names them. */
const COUNTS = [
  'minorFaults',
  'softFaults',
  'pageIns',
  'prefetchIns',
  'usefulPrefetches',
  'pageOuts',
  'evictions',
] as const;

/** What a row is of, and the sets at its end. */
const SETS = ['until', 'sequence', 'references', 'workingSet', 'resident'] as const;

/** What there is one of at the end of a stretch; in elastic runs, `MOMENTS` too. */
const STATES = ['freeFrames'] as const;
const MOMENTS = ['timeNs', 'queueLength'] as const;

/** Columns of every series, in this order; counters of the kind of run stand before freeFrames. */
export const SERIES_COLUMNS = [...SETS, ...COUNTS, ...STATES] as const;

/** Equally long columns; `sequence` −1 is the row for all. */
export type Series = Readonly<Columns<readonly number[]>>;

type Columns<Values> = Record<(typeof SERIES_COLUMNS)[number], Values> & Record<string, Values>;

/** The sequence of the rows for all. */
export const ALL = -1;

/** A number that only grows, to be told by stretch. */
export interface Counter {
  readonly name: string;
  readonly count: () => number;
}

export interface SeriesSource {
  readonly memory: Memory;
  readonly sequenceCount: number;
  readonly pageCountMax: number;
  /** Of the run, where it is known before: what comes behind the last one is not of a stretch. */
  readonly referenceCount?: number | undefined;
  /** Counters beside those of the memory; in place of one of the same name. */
  readonly counters?: readonly Counter[];
  /** Of elastic runs. */
  readonly view?: RunView;
}

/** Writes down what happens, told of each reference and of each action that is over. */
export class SeriesRecorder {
  readonly #source: SeriesSource;
  readonly #every: number;
  readonly #counters: readonly Counter[];
  /** References so far, and at the end of the last stretch; a sequence each. */
  readonly #made: Int32Array;
  readonly #madeBefore: Int32Array;
  /** Of this stretch, a row a sequence and a column a counter. */
  readonly #counts: Float64Array;
  readonly #seen: Float64Array;
  readonly #lastUser: Int32Array;
  #tick: Tick = 0;
  /** Where this stretch ends. */
  #end: Tick;
  readonly #columns: ReadonlyMap<string, number[]>;
  /** References its sequence had made, a row each: where its working set is found. */
  readonly #madeAt: number[] = [];

  /** `every`: references of a stretch. */
  constructor(source: SeriesSource, every: number) {
    assert(Number.isInteger(every) && every >= 1, 'a stretch is at least one reference');
    const { memory, sequenceCount, pageCountMax, counters = [], view } = source;
    this.#source = source;
    this.#every = every;
    this.#end = this.#nextEnd();
    const known = new Map<string, Counter['count']>();
    for (const name of COUNTS) known.set(name, () => memory[name]);
    if (view !== undefined) known.set('lostNs', () => view.lostNs);
    for (const { name, count } of counters) known.set(name, count);
    this.#counters = [...known].map(([name, count]) => ({ name, count }));
    const names = [...SETS, ...known.keys(), ...STATES, ...(view === undefined ? [] : MOMENTS)];
    this.#columns = new Map(names.map((name) => [name, []]));
    this.#made = new Int32Array(sequenceCount);
    this.#madeBefore = new Int32Array(sequenceCount);
    this.#counts = new Float64Array(sequenceCount * known.size);
    this.#seen = new Float64Array(known.size);
    this.#lastUser = new Int32Array(pageCountMax).fill(ALL);
  }

  /** `sequence` has used `page`. */
  refer(page: Page, sequence: Sequence): void {
    this.#tick++;
    this.#made[sequence]++;
    this.#lastUser[page] = sequence;
  }

  /** Whatever has been counted since the last step is of `sequence`. */
  step(sequence: Sequence): void {
    const counters = this.#counters;
    for (let i = 0; i < counters.length; i++) {
      const count = counters[i].count();
      this.#counts[sequence * counters.length + i] += count - this.#seen[i];
      this.#seen[i] = count;
    }
    if (this.#tick >= this.#end) this.#endStretch();
  }

  /** All columns, when the run is over; `window`: a process's references of its working set. */
  finish(references: Pick<ReferenceString, 'pages' | 'sequences'>, window: number): Series {
    const isOpen = this.#made.some((made, sequence) => made > this.#madeBefore[sequence]);
    if (isOpen || this.#counts.some((count) => count > 0)) this.#endStretch();
    const pageCount = this.#lastUser.length;
    const sizes = pagesOfEach(references).map((pages) =>
      workingSetSizes({ pages, pageCount }, window),
    );
    // The columns were made by these names.
    const series = Object.fromEntries(this.#columns) as Columns<number[]>;
    // Who has no row in a stretch has made no reference there: its working set is what it was.
    const current = new Int32Array(this.#made.length);
    let total = 0;
    series.sequence.forEach((sequence, row) => {
      if (sequence !== ALL) {
        const made = this.#madeAt[row];
        const size = made === 0 ? 0 : sizes[sequence][made - 1];
        total += size - current[sequence];
        current[sequence] = size;
      }
      series.workingSet[row] = sequence === ALL ? total : current[sequence];
    });
    return series;
  }

  #endStretch(): void {
    const { memory, view } = this.#source;
    const resident = this.#residentOfEach();
    const width = this.#counters.length;
    const totals = new Float64Array(width);
    const states = [memory.freeCount, ...(view === undefined ? [] : momentOf(view))];
    let references = 0;
    for (let sequence = 0; sequence < this.#made.length; sequence++) {
      const made = this.#made[sequence];
      const own = made - this.#madeBefore[sequence];
      const counts = this.#counts.subarray(sequence * width, (sequence + 1) * width);
      references += own;
      counts.forEach((count, i) => {
        totals[i] += count;
      });
      const isIdle = own === 0 && resident[sequence] === 0 && counts.every((count) => count === 0);
      if (isIdle) continue;
      this.#madeAt.push(made);
      this.#push([this.#tick, sequence, own, 0, resident[sequence], ...counts, ...states]);
    }
    const occupied = memory.frames.frameCount - memory.freeCount;
    this.#madeAt.push(0);
    this.#push([this.#tick, ALL, references, 0, occupied, ...totals, ...states]);
    this.#madeBefore.set(this.#made);
    this.#counts.fill(0);
    this.#end = this.#nextEnd();
  }

  #nextEnd(): Tick {
    const { referenceCount = Number.POSITIVE_INFINITY } = this.#source;
    const end = this.#tick - (this.#tick % this.#every) + this.#every;
    return this.#tick < referenceCount ? Math.min(end, referenceCount) : Number.POSITIVE_INFINITY;
  }

  #residentOfEach(): Int32Array {
    const { pageOf, ahead, frameCount } = this.#source.memory.frames;
    const resident = new Int32Array(this.#made.length);
    for (let frame = 0; frame < frameCount; frame++) {
      if (pageOf[frame] === NONE || ahead[frame] === 1) continue;
      resident[this.#lastUser[pageOf[frame]]]++;
    }
    return resident;
  }

  #push(row: readonly number[]): void {
    let i = 0;
    for (const column of this.#columns.values()) column.push(row[i++]);
  }
}

function momentOf({ nowNs, queueLength }: RunView): number[] {
  return [nowNs, queueLength];
}

/** The recorder between a replay and its memory; what is read before the start is of the first. */
export function recordReplay(
  recorder: SeriesRecorder,
  { sequences }: Pick<ReferenceString, 'sequences'>,
  inner: Pick<Toucher, 'touch'> & Partial<Toucher>,
): Toucher {
  return {
    start: () => inner.start?.(),
    touch(page, write, tick) {
      const sequence = sequences === undefined ? 0 : sequences[tick];
      inner.touch(page, write, tick);
      recorder.refer(page, sequence);
      recorder.step(sequence);
    },
  };
}

/** The pages that each sequence references, in order. */
function pagesOfEach({
  pages,
  sequences,
}: Pick<ReferenceString, 'pages' | 'sequences'>): Uint32Array[] {
  if (sequences === undefined) return [pages];
  const counts: number[] = [];
  for (const sequence of sequences) counts[sequence] = (counts[sequence] ?? 0) + 1;
  const own = Array.from(counts, (count) => new Uint32Array(count ?? 0));
  const filled = new Int32Array(own.length);
  for (let tick = 0; tick < pages.length; tick++) {
    own[sequences[tick]][filled[sequences[tick]]++] = pages[tick];
  }
  return own;
}
