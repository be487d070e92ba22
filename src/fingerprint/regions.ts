/*
 * Which mapping each page of one address space belongs to: disjoint runs [start, end) of positions,
 * ascending, each with the row of `Fingerprint.mappings` that made it.
 *
 *   starts   [ 0   8  20 ]
 *   ends     [ 4  16  24 ]
 *   rows     [ 3   0   3 ]       a hole in a mapping leaves two runs of the same row
 *
 * A change costs the number of runs, a question its logarithm.
 */
import { assert } from '../support/assert.ts';

/** No row. */
export const UNMAPPED = -1;

/** Positions [start, end) of one mapping. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly row: number;
}

export class Regions {
  readonly #starts: number[];
  readonly #ends: number[];
  readonly #rows: number[];

  constructor(copied?: Regions) {
    this.#starts = copied === undefined ? [] : [...copied.#starts];
    this.#ends = copied === undefined ? [] : [...copied.#ends];
    this.#rows = copied === undefined ? [] : [...copied.#rows];
  }

  /** The row of the mapping that holds `position`, which is mapped. */
  rowAt(position: number): number {
    const row = this.find(position);
    assert(row !== UNMAPPED, 'a valid fingerprint references what is mapped');
    return row;
  }

  /** The same; UNMAPPED where nothing is. */
  find(position: number): number {
    const run = this.#runAfter(position) - 1;
    return run >= 0 && position < this.#ends[run] ? this.#rows[run] : UNMAPPED;
  }

  /** What there is of [start, end), ascending. */
  within(start: number, end: number): Run[] {
    const runs: Run[] = [];
    let run = Math.max(0, this.#runAfter(start) - 1);
    for (; run < this.#starts.length && this.#starts[run] < end; run++) {
      const first = Math.max(start, this.#starts[run]);
      const last = Math.min(end, this.#ends[run]);
      if (first < last) runs.push({ start: first, end: last, row: this.#rows[run] });
    }
    return runs;
  }

  /** Adds [start, end), not empty, of which nothing is mapped. */
  add(start: number, end: number, row: number): void {
    const run = this.#runAfter(start);
    assert(run === 0 || this.#ends[run - 1] <= start, 'a map begins behind the one before');
    assert(
      run === this.#starts.length || end <= this.#starts[run],
      'a map ends before the one behind',
    );
    this.#starts.splice(run, 0, start);
    this.#ends.splice(run, 0, end);
    this.#rows.splice(run, 0, row);
  }

  /** Takes what there is of [start, end) out. */
  remove(start: number, end: number): void {
    const before = this.#runAfter(start) - 1;
    const first = before >= 0 && this.#ends[before] > start ? before : before + 1;
    let last = first;
    while (last < this.#starts.length && this.#starts[last] < end) last++;
    if (first === last) return;
    // What is left of the outermost runs, one or both of them nothing.
    const starts: number[] = [];
    const ends: number[] = [];
    const rows: number[] = [];
    if (this.#starts[first] < start) {
      starts.push(this.#starts[first]);
      ends.push(start);
      rows.push(this.#rows[first]);
    }
    if (this.#ends[last - 1] > end) {
      starts.push(end);
      ends.push(this.#ends[last - 1]);
      rows.push(this.#rows[last - 1]);
    }
    this.#starts.splice(first, last - first, ...starts);
    this.#ends.splice(first, last - first, ...ends);
    this.#rows.splice(first, last - first, ...rows);
  }

  /** The first run that starts beyond `position`. */
  #runAfter(position: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
