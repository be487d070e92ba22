/*
 * A fingerprint on virtual memory: its maps, forks, exits and references, in whatever order the
 * simulation comes to them.
 *
 *   simulate ──action──► FingerprintLayer ──access, map, fork …──► VirtualMemory ──► Memory
 *
 * Without maps all sequences are threads of one process, whose addresses are mapped for good; an
 * exit then gives back the pages that nobody else ever references, as in a replay.
 */

import type { PolicySpec } from '../engine/policy.ts';
import type { Prefetching } from '../engine/readAhead.ts';
import type { Started } from '../engine/replay.ts';
import type { ActionPlayer, PageHost, PageLayer } from '../engine/simulate.ts';
import { Action } from '../fingerprint/action.ts';
import { AddressSpaces } from '../fingerprint/addressSpaces.ts';
import {
  type Fingerprint,
  PageKind,
  type PageRange,
  type Sequence,
} from '../fingerprint/fingerprint.ts';
import { countReferences } from '../fingerprint/linearize.ts';
import { ownPages } from '../fingerprint/ownPages.ts';
import { boundPages, type PageBound } from '../fingerprint/pageBound.ts';
import { takeTurns } from '../fingerprint/turns.ts';
import { assert } from '../support/assert.ts';
import type { IoOptions } from './ioOptions.ts';
import { VirtualMemory, type VmCounts } from './virtualMemory.ts';

/** Pages of a file are read ahead no further than this from one that is referenced. */
const REACH = 64;

export interface IoSetup {
  readonly options: IoOptions;
  readonly prefetching?: Prefetching | undefined;
}

/** A layer for one run, and what it counted in the end. */
export class FingerprintLayer implements PageLayer {
  readonly #spec: PolicySpec;
  readonly #io: IoSetup;
  #memory: VirtualMemory | undefined;

  constructor(spec: PolicySpec, io: IoSetup) {
    this.#spec = spec;
    this.#io = io;
  }

  bound(fingerprint: Fingerprint): PageBound {
    const readsAhead = (this.#io.prefetching?.prefetchers.length ?? 0) > 0;
    if (fingerprint.mappings.length > 0) {
      const bound = boundPages(fingerprint);
      if (!readsAhead) return bound;
      return { ...bound, pages: bound.pages + neighboursInMaps(fingerprint) };
    }
    const references = fingerprint.sequences.reduce(
      (sum, { actions }) => sum + countReferences(actions),
      0,
    );
    const { pageNumbers, backing } = fingerprint;
    const pages = pageNumbers.length;
    const hasOthers = readsAhead && backing === 'file';
    return { pages: pages + (hasOthers ? countNeighbours(pageNumbers.slice()) : 0), references };
  }

  start(fingerprint: Fingerprint, host: PageHost, started: Started): ActionPlayer {
    const numbers = fingerprint.pageNumbers.slice().sort();
    const memory = new VirtualMemory({
      memory: started.memory,
      policy: started.policy,
      spec: this.#spec,
      host,
      options: this.#io.options,
      numbers,
      pageCountMax: host.pageCountMax,
      pageSizeBytes: fingerprint.pageSizeBytes,
      prefetching: this.#io.prefetching,
    });
    this.#memory = memory;
    return fingerprint.mappings.length > 0
      ? new MappedPlayer(fingerprint, memory, numbers)
      : new ThreadsPlayer(fingerprint, memory, numbers, this.#io.options.zeroPage === 1);
  }

  /** Of the run so far. */
  counts(): VmCounts {
    return this.memory.counts();
  }

  get memory(): VirtualMemory {
    assert(this.#memory !== undefined, 'a layer is asked once its run has begun');
    return this.#memory;
  }
}

/** Numbers within REACH of one of `indices`, which are all different, and not among them. */
function countNeighbours(indices: BigUint64Array): number {
  if (indices.length === 0) return 0;
  indices.sort();
  let count = 2 * REACH;
  for (let i = 1; i < indices.length; i++) {
    count += Math.min(Number(indices[i] - indices[i - 1]) - 1, 2 * REACH);
  }
  return count;
}

/** Pages of files that are never referenced, and may be read ahead. */
function neighboursInMaps(fingerprint: Fingerprint): number {
  const indicesOf = new Map<number, bigint[]>();
  const spaces = new AddressSpaces(fingerprint, {
    create(_page, kind, object, index) {
      if (kind !== PageKind.File) return;
      const indices = indicesOf.get(object);
      if (indices === undefined) indicesOf.set(object, [BigInt(index)]);
      else indices.push(BigInt(index));
    },
    refer() {},
    release() {},
  });
  takeTurns(fingerprint.sequences, (sequence, from, to) => spaces.play(sequence, from, to));
  let count = 0;
  for (const indices of indicesOf.values()) count += countNeighbours(BigUint64Array.from(indices));
  return count;
}

/** How many of the ascending `numbers` are below `number`. */
function positionFrom(numbers: BigUint64Array, number: bigint): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Each sequence is a process. */
class MappedPlayer implements ActionPlayer {
  readonly #fingerprint: Fingerprint;
  readonly #memory: VirtualMemory;
  readonly #numbers: BigUint64Array;
  /** By dense address page. */
  readonly #positionOf: Uint32Array;

  constructor(fingerprint: Fingerprint, memory: VirtualMemory, numbers: BigUint64Array) {
    this.#fingerprint = fingerprint;
    this.#memory = memory;
    this.#numbers = numbers;
    this.#positionOf = Uint32Array.from(fingerprint.pageNumbers, (n) => positionFrom(numbers, n));
  }

  onEvict(frame: number): void {
    this.#memory.onEvict(frame);
  }

  play(sequence: Sequence, from: number, to: number): void {
    const { actions, operands } = this.#fingerprint.sequences[sequence];
    const { mappings, ranges } = this.#fingerprint;
    const memory = this.#memory;
    if (!memory.has(sequence)) memory.spawn(sequence);
    for (let row = from; row < to; row++) {
      const operand = operands[row];
      switch (actions[row]) {
        case Action.Read:
        case Action.Write:
          memory.access(sequence, this.#positionOf[operand], actions[row], row);
          break;
        case Action.Exit:
          memory.exit(sequence);
          break;
        case Action.Fork:
          memory.fork(sequence, operand);
          break;
        case Action.Map:
          memory.map(sequence, ...this.#positionsOf(mappings[operand]), mappings[operand]);
          break;
        case Action.Unmap:
          memory.unmap(sequence, ...this.#positionsOf(ranges[operand]));
          break;
      }
    }
  }

  /** The positions [start, end) that lie in `range`. */
  #positionsOf({ address, pageCount }: PageRange): [number, number] {
    const first = address / BigInt(this.#fingerprint.pageSizeBytes);
    const last = first + BigInt(pageCount);
    return [positionFrom(this.#numbers, first), positionFrom(this.#numbers, last)];
  }
}

/** All sequences share one address space. */
class ThreadsPlayer implements ActionPlayer {
  readonly #fingerprint: Fingerprint;
  readonly #memory: VirtualMemory;
  readonly #positionOf: Uint32Array;
  readonly #ownPositions: readonly number[][];

  constructor(
    fingerprint: Fingerprint,
    memory: VirtualMemory,
    numbers: BigUint64Array,
    hasZeroPage: boolean,
  ) {
    const { pageNumbers, pageSizeBytes, backing } = fingerprint;
    this.#fingerprint = fingerprint;
    this.#memory = memory;
    this.#positionOf = Uint32Array.from(pageNumbers, (n) => positionFrom(numbers, n));
    this.#ownPositions = ownPages(fingerprint).map((pages) =>
      pages.map((page) => this.#positionOf[page]),
    );
    memory.spawn(ALL);
    if (numbers.length === 0) return;
    const offset = numbers[0] * BigInt(pageSizeBytes);
    const file = { kind: 'file', path: '', offset, shared: true } as const;
    memory.map(ALL, 0, numbers.length, {
      address: offset,
      pageCount: Number(numbers[numbers.length - 1] - numbers[0]) + 1,
      backing: backing === 'file' ? file : { kind: 'anonymous' },
    });
    // Pages have the numbers that they have in a replay, unless some never come to be.
    if (backing === 'file' || !hasZeroPage) memory.announce(ALL, this.#positionOf);
  }

  onEvict(frame: number): void {
    this.#memory.onEvict(frame);
  }

  play(sequence: Sequence, from: number, to: number): void {
    const { actions, operands } = this.#fingerprint.sequences[sequence];
    for (let row = from; row < to; row++) {
      if (actions[row] <= Action.Write) {
        this.#memory.access(ALL, this.#positionOf[operands[row]], actions[row], row);
      } else if (actions[row] === Action.Exit) {
        this.#memory.drop(ALL, this.#ownPositions[sequence]);
      }
    }
  }
}

/** The one process of a fingerprint without maps. */
const ALL = 0;
