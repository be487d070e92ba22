/*
 * Where pages may come to be, whatever the order: each object's indices, before any page is there.
 *
 *   anonymous pages of one map of one process    what that process references while it is mapped
 *   a file, shared memory                        what anyone references through any map of it
 *
 *   indices    7  8  9     30  31     41         laid out so that neighbours are one apart and
 *   offsets    0  1  2      4   5      7         others two: the object's stretch of a line
 *
 * Which objects there will be, and in which order they come, depends on the order of the run; what
 * each may hold does not, for what a sequence maps, references and hands on to its children is in
 * its own list of actions. A few ns a reference; 12 bytes a place.
 */
import { Action } from './action.ts';
import type { Fingerprint, Mapping } from './fingerprint.ts';
import { type ObjectOrigin, storeKey } from './objectPages.ts';
import { positionFrom, positionsIn } from './positions.ts';
import { Regions } from './regions.ts';
import { markForked } from './rendezvous.ts';

/** The places of one object. */
export interface Stretch {
  /** Ascending, all different. */
  readonly indices: Float64Array;
  /** Of each on the object's part of the line, from 0 on. */
  readonly offsets: Int32Array;
}

export class PossiblePlaces {
  readonly #anonymous: readonly ReadonlyMap<Mapping, Stretch>[];
  readonly #stores: ReadonlyMap<string, Stretch>;
  /** Without maps: the one object there is. */
  readonly #all: Stretch | undefined;
  /** Room for all objects on one line, a place free between two of them. */
  readonly lineLength: number;
  /** Places of files that are only near one that is referenced. */
  readonly unreferencedCount: number;

  /** Pages of files within `reach` of one that is referenced may come to be, too. */
  constructor(fingerprint: Fingerprint, reach: number) {
    const { mappings, pageNumbers, backing, sequences } = fingerprint;
    if (mappings.length === 0) {
      const indices = distinct(Array.from(pageNumbers, Number));
      const near = backing === 'file' ? widen(indices, reach) : indices;
      this.#all = layOut(near);
      this.#anonymous = [];
      this.#stores = new Map();
      this.lineLength = lengthOf(this.#all);
      this.unreferencedCount = near.length - indices.length;
      return;
    }
    const own = sequences.map(() => new Map<Mapping, number[]>());
    const shared = new Map<string, number[]>();
    collect(fingerprint, own, shared);
    let lineLength = 0;
    let unreferencedCount = 0;
    this.#anonymous = own.map((lists) => {
      const stretches = new Map<Mapping, Stretch>();
      for (const [mapping, list] of lists) {
        const stretch = layOut(distinct(list));
        stretches.set(mapping, stretch);
        lineLength += lengthOf(stretch);
      }
      return stretches;
    });
    const stores = new Map<string, Stretch>();
    for (const [key, list] of shared) {
      const indices = distinct(list);
      const near = key.startsWith('file ') ? widen(indices, reach) : indices;
      stores.set(key, layOut(near));
      lineLength += lengthOf(stores.get(key)!);
      unreferencedCount += near.length - indices.length;
    }
    this.#stores = stores;
    this.lineLength = lineLength;
    this.unreferencedCount = unreferencedCount;
  }

  /** Undefined where nobody can ever have such an object. */
  of(origin: ObjectOrigin): Stretch | undefined {
    if (this.#all !== undefined) return this.#all;
    if ('store' in origin) return this.#stores.get(origin.store);
    return this.#anonymous[origin.sequence].get(origin.mapping);
  }
}

/** Adds the index of whatever each sequence references, to the lists of all objects it may be of. */
function collect(
  fingerprint: Fingerprint,
  own: readonly Map<Mapping, number[]>[],
  shared: Map<string, number[]>,
): void {
  const { sequences, mappings, ranges, pageNumbers, pageSizeBytes } = fingerprint;
  const numbers = pageNumbers.slice().sort();
  const pageSize = BigInt(pageSizeBytes);
  const regionsOf = new Map<number, Regions>();
  const waiting: number[] = [];
  markForked(sequences).forEach((isForked, sequence) => {
    if (isForked === 1) return;
    regionsOf.set(sequence, new Regions());
    waiting.push(sequence);
  });
  const positionOf = Uint32Array.from(pageNumbers, (number) => positionFrom(numbers, number));
  // The state of the maps in which each page was last seen: what is seen again is known.
  const seenIn = new Uint32Array(pageNumbers.length);
  let state = 0;
  for (let sequence = waiting.pop(); sequence !== undefined; sequence = waiting.pop()) {
    const { actions, operands } = sequences[sequence];
    const regions = regionsOf.get(sequence)!;
    regionsOf.delete(sequence);
    state++;
    for (let row = 0; row < actions.length; row++) {
      const operand = operands[row];
      switch (actions[row]) {
        case Action.Read:
        case Action.Write: {
          if (seenIn[operand] === state) break;
          seenIn[operand] = state;
          const mapping = mappings[regions.rowAt(positionOf[operand])];
          const { backing, address } = mapping;
          const number = pageNumbers[operand];
          if (backing.kind !== 'anonymous') {
            const index = backing.offset / pageSize + number - address / pageSize;
            push(shared, storeKey(backing), Number(index));
          }
          const mayBeOwn =
            backing.kind === 'anonymous' || (backing.kind === 'file' && !backing.shared);
          if (mayBeOwn) push(own[sequence], mapping, Number(number));
          break;
        }
        case Action.Map: {
          const [start, end] = positionsIn(numbers, mappings[operand], fingerprint);
          if (start < end) regions.add(start, end, operand);
          state++;
          break;
        }
        case Action.Unmap:
          regions.remove(...positionsIn(numbers, ranges[operand], fingerprint));
          state++;
          break;
        case Action.Fork:
          regionsOf.set(operand, new Regions(regions));
          waiting.push(operand);
          break;
      }
    }
  }
}

function push<Key>(lists: Map<Key, number[]>, key: Key, index: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [index]);
  else list.push(index);
}

/** Ascending. */
function distinct(list: readonly number[]): Float64Array {
  return Float64Array.from(list)
    .sort()
    .filter((index, i, sorted) => i === 0 || index !== sorted[i - 1]);
}

/** With everything within `reach`. */
function widen(indices: Float64Array, reach: number): Float64Array {
  const wide: number[] = [];
  let next = 0;
  for (const index of indices) {
    // Beyond these, a number has no neighbour.
    const isExact = index + reach < Number.MAX_SAFE_INTEGER;
    const last = isExact ? index + reach : index;
    for (let near = isExact ? Math.max(next, index - reach) : index; near <= last; near++) {
      wide.push(near);
      if (!isExact) break;
    }
    next = last + 1;
  }
  return Float64Array.from(wide);
}

function layOut(indices: Float64Array): Stretch {
  const offsets = new Int32Array(indices.length);
  for (let i = 1; i < indices.length; i++) {
    offsets[i] = offsets[i - 1] + Math.min(2, indices[i] - indices[i - 1]);
  }
  return { indices, offsets };
}

function lengthOf({ offsets }: Stretch): number {
  return offsets.length === 0 ? 0 : offsets[offsets.length - 1] + 2;
}
