/*
 * The mapped pages of one address space: disjoint runs [start, end) of page numbers, ascending.
 * A change costs the number of runs, a question its logarithm.
 */
export class PageIntervals {
  readonly #starts: bigint[];
  readonly #ends: bigint[];

  constructor(copied?: PageIntervals) {
    this.#starts = copied === undefined ? [] : [...copied.#starts];
    this.#ends = copied === undefined ? [] : [...copied.#ends];
  }

  has(page: bigint): boolean {
    const run = this.#runAfter(page) - 1;
    return run >= 0 && page < this.#ends[run];
  }

  /** Adds [start, end); false, and nothing done, when one of these pages is there already. */
  add(start: bigint, end: bigint): boolean {
    const run = this.#runAfter(start);
    if (run > 0 && this.#ends[run - 1] > start) return false;
    if (run < this.#starts.length && this.#starts[run] < end) return false;
    this.#starts.splice(run, 0, start);
    this.#ends.splice(run, 0, end);
    return true;
  }

  /** Takes [start, end) out; false, and nothing done, when one of these pages is not there. */
  remove(start: bigint, end: bigint): boolean {
    const starts = this.#starts;
    const ends = this.#ends;
    const first = this.#runAfter(start) - 1;
    if (first < 0 || ends[first] <= start) return false;
    let last = first;
    while (ends[last] < end) {
      last++;
      if (last === starts.length || starts[last] !== ends[last - 1]) return false;
    }
    // What is left of the outermost runs, one or both of them nothing.
    const left = starts[first] < start;
    const right = ends[last] > end;
    const keptStarts = [...(left ? [starts[first]] : []), ...(right ? [end] : [])];
    const keptEnds = [...(left ? [start] : []), ...(right ? [ends[last]] : [])];
    starts.splice(first, last - first + 1, ...keptStarts);
    ends.splice(first, last - first + 1, ...keptEnds);
    return true;
  }

  /** The first run that starts beyond `page`. */
  #runAfter(page: bigint): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] <= page) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
