/*
 * A run over time: what each process had in memory, used and waited for, in stretches of `every`
 * references of the whole machine. Columns, a row a stretch and process, and one for all of them.
 *
 *   until  sequence  references  workingSet  resident  pageIns …
 *    1000         0         600          48        60       12
 *    1000         1         400          31        40       31
 *    1000        −1        1000          79       100       43     all of them
 *
 * Counts are those of the stretch; sets are as they are at its end. A resident page counts for the
 * process that used it last, so that the rows of processes add up; one read ahead and not used yet
 * counts for none of them. The working set is over the process's own last `window` references. A
 * process has no row for a stretch in which it neither did nor held anything.
 *
 * Per reference a few comparisons; per stretch a walk through the frames and processes.
 */
import { NONE } from '../engine/frameTable.ts';
import type { Memory } from '../engine/memory.ts';
import type { Toucher } from '../engine/replay.ts';
import type { Page, ReferenceString, Tick } from '../fingerprint/fingerprint.ts';
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

export const SERIES_COLUMNS = [
  'until',
  'sequence',
  'references',
  'workingSet',
  'resident',
  ...COUNTS,
] as const;

/** Equally long columns; `sequence` −1 is the row for all. */
export type Series = Readonly<Record<(typeof SERIES_COLUMNS)[number], readonly number[]>>;

/** The sequence of the rows for all. */
export const ALL = -1;

export interface SeriesOptions {
  /** References of a stretch. */
  readonly every: number;
  /** References of a process that make its working set. */
  readonly window: number;
}

/** Stands between the string and `inner`, and writes down what happens. */
export class SeriesRecorder implements Toucher {
  readonly #references: ReferenceString;
  readonly #memory: Memory;
  readonly #inner: Pick<Toucher, 'touch'> & Partial<Toucher>;
  readonly #every: number;
  /** Of each sequence, after each of its references. */
  readonly #workingSets: readonly Int32Array[];
  /** References so far, and at the end of the last stretch; a sequence each. */
  readonly #made: Int32Array;
  readonly #madeBefore: Int32Array;
  /** Of this stretch, a row a sequence and a column a count. */
  readonly #counts: Float64Array;
  readonly #seen = new Float64Array(COUNTS.length);
  readonly #lastUser: Int32Array;
  readonly #series: Record<keyof Series, number[]>;

  constructor(
    references: ReferenceString,
    memory: Memory,
    inner: Pick<Toucher, 'touch'> & Partial<Toucher>,
    { every, window }: SeriesOptions,
  ) {
    assert(Number.isInteger(every) && every >= 1, 'a stretch is at least one reference');
    this.#references = references;
    this.#memory = memory;
    this.#inner = inner;
    this.#every = every;
    const own = pagesOfEach(references);
    const { pageCount } = references;
    this.#workingSets = own.map((pages) => workingSetSizes({ pages, pageCount }, window));
    this.#made = new Int32Array(own.length);
    this.#madeBefore = new Int32Array(own.length);
    this.#counts = new Float64Array(own.length * COUNTS.length);
    this.#lastUser = new Int32Array(pageCount).fill(ALL);
    this.#series = Object.fromEntries(
      SERIES_COLUMNS.map((name): [string, number[]] => [name, []]),
    ) as Record<keyof Series, number[]>;
  }

  /** What is read before the first reference is counted with it. */
  start(): void {
    this.#inner.start?.();
  }

  touch(page: Page, write: number, tick: Tick): void {
    const { sequences, pages } = this.#references;
    const sequence = sequences === undefined ? 0 : sequences[tick];
    this.#inner.touch(page, write, tick);
    this.#made[sequence]++;
    this.#lastUser[page] = sequence;
    this.#charge(sequence);
    const isEnd = tick + 1 === pages.length;
    if ((tick + 1) % this.#every === 0 || isEnd) this.#endStretch(tick + 1);
  }

  get series(): Series {
    return this.#series;
  }

  /** Whatever has been counted since the last reference is of `sequence`. */
  #charge(sequence: number): void {
    for (let i = 0; i < COUNTS.length; i++) {
      const count = this.#memory[COUNTS[i]];
      this.#counts[sequence * COUNTS.length + i] += count - this.#seen[i];
      this.#seen[i] = count;
    }
  }

  #endStretch(until: number): void {
    const resident = this.#residentOfEach();
    const total = new Float64Array(SERIES_COLUMNS.length);
    for (let sequence = 0; sequence < this.#made.length; sequence++) {
      const made = this.#made[sequence];
      const references = made - this.#madeBefore[sequence];
      const workingSet = made === 0 ? 0 : this.#workingSets[sequence][made - 1];
      const first = sequence * COUNTS.length;
      const counts = this.#counts.subarray(first, first + COUNTS.length);
      const row = [until, sequence, references, workingSet, resident[sequence], ...counts];
      row.forEach((value, column) => {
        total[column] += value;
      });
      if (references > 0 || resident[sequence] > 0) this.#push(row);
    }
    const { frameCount } = this.#memory.frames;
    const [, , references, workingSet, , ...counts] = total;
    const occupied = frameCount - this.#memory.freeCount;
    this.#push([until, ALL, references, workingSet, occupied, ...counts]);
    this.#madeBefore.set(this.#made);
    this.#counts.fill(0);
  }

  #residentOfEach(): Int32Array {
    const { pageOf, ahead, frameCount } = this.#memory.frames;
    const resident = new Int32Array(this.#made.length);
    for (let frame = 0; frame < frameCount; frame++) {
      if (pageOf[frame] === NONE || ahead[frame] === 1) continue;
      resident[this.#lastUser[pageOf[frame]]]++;
    }
    return resident;
  }

  #push(row: readonly number[]): void {
    SERIES_COLUMNS.forEach((name, column) => {
      this.#series[name].push(row[column]);
    });
  }
}

/** The pages that each sequence references, in order. */
function pagesOfEach({ pages, sequences }: ReferenceString): Uint32Array[] {
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
