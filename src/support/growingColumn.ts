/*
 * A column of numbers whose length is not known beforehand: a list of chunks, joined at the end.
 *
 *   full  [64][64][128][256] … [2²⁰][2²⁰]      chunk [....    ]  the one being filled
 *
 * Nothing is copied while it grows, as doubling one array would, so the memory held is the column
 * and at most one chunk; `join` needs the column once more. Ten thousand short columns stay short.
 */
import { assert, InputError } from './assert.ts';

type Column = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

const CHUNK_LENGTH_MIN = 64;
const CHUNK_LENGTH_MAX = 2 ** 20;

export class GrowingColumn<T extends Column> {
  readonly #create: (length: number) => T;
  readonly #full: T[] = [];
  #fullLength = 0;
  #chunk: T;
  #used = 0;

  private constructor(create: (length: number) => T) {
    this.#create = (length) => orNoRoom(create, length);
    this.#chunk = create(CHUNK_LENGTH_MIN);
  }

  static uint8(): GrowingColumn<Uint8Array<ArrayBuffer>> {
    return new GrowingColumn((length) => new Uint8Array(length));
  }

  static uint32(): GrowingColumn<Uint32Array<ArrayBuffer>> {
    return new GrowingColumn((length) => new Uint32Array(length));
  }

  static float64(): GrowingColumn<Float64Array<ArrayBuffer>> {
    return new GrowingColumn((length) => new Float64Array(length));
  }

  get length(): number {
    return this.#fullLength + this.#used;
  }

  push(value: number): void {
    if (this.#used === this.#chunk.length) this.#nextChunk();
    this.#chunk[this.#used++] = value;
  }

  /** So many values are expected, perhaps more or fewer: one chunk, which need not be joined. */
  reserve(length: number): void {
    assert(this.length === 0, 'room is made before anything is there');
    this.#chunk = this.#create(length);
  }

  /** Adds all of `values`, of the same type as the column. */
  append(values: T): void {
    let start = 0;
    while (start < values.length) {
      if (this.#used === this.#chunk.length) this.#nextChunk();
      const end = Math.min(values.length, start + this.#chunk.length - this.#used);
      this.#chunk.set(values.subarray(start, end), this.#used);
      this.#used += end - start;
      start = end;
    }
  }

  /** The values in one array. The column is spent: it lets go of its chunks as they are copied. */
  join(): T {
    assert(this.#fullLength >= 0, 'a column is joined once');
    const isOne = this.#fullLength === 0 && this.#used === this.#chunk.length;
    const joined = isOne ? this.#chunk : this.#create(this.length);
    if (!isOne) this.#full.push(this.#chunk.subarray(0, this.#used) as T);
    this.#full.reverse();
    let end = 0;
    for (let chunk = this.#full.pop(); chunk !== undefined; chunk = this.#full.pop()) {
      joined.set(chunk, end);
      end += chunk.length;
    }
    this.#chunk = this.#create(0);
    this.#used = 0;
    this.#fullLength = -1;
    return joined;
  }

  #nextChunk(): void {
    assert(this.#fullLength >= 0, 'nothing is pushed after the join');
    this.#full.push(this.#chunk);
    this.#fullLength += this.#used;
    const length = Math.max(CHUNK_LENGTH_MIN, Math.min(CHUNK_LENGTH_MAX, this.#fullLength));
    this.#chunk = this.#create(length);
    this.#used = 0;
  }
}

/** What `create` makes; too long for the machine, or for an array of this Node, is the input. */
function orNoRoom<T>(create: (length: number) => T, length: number): T {
  try {
    return create(length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(
      `there is no room for a column of ${length} numbers.`,
      'take a part of the references, or a machine with more memory',
    );
  }
}
