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
import type { ActionPlayer, LayerBound, PageHost, PageLayer } from '../engine/simulate.ts';
import { Action } from '../fingerprint/action.ts';
import type { Fingerprint, Sequence } from '../fingerprint/fingerprint.ts';
import { countReferences } from '../fingerprint/nextStep.ts';
import { ownPages } from '../fingerprint/ownPages.ts';
import { boundPages } from '../fingerprint/pageBound.ts';
import { positionFrom, positionsIn } from '../fingerprint/positions.ts';
import { PossiblePlaces } from '../fingerprint/possiblePlaces.ts';
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

  bound(fingerprint: Fingerprint): LayerBound {
    const readsAhead = (this.#io.prefetching?.prefetchers.length ?? 0) > 0;
    const places = new PossiblePlaces(fingerprint, readsAhead ? REACH : 0);
    const { mappings, pageNumbers, sequences } = fingerprint;
    const bound =
      mappings.length > 0
        ? boundPages(fingerprint)
        : {
            pages: pageNumbers.length,
            references: sequences.reduce((sum, { actions }) => sum + countReferences(actions), 0),
          };
    return { ...bound, pages: bound.pages + places.unreferencedCount, places };
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
          memory.map(
            sequence,
            ...positionsIn(this.#numbers, mappings[operand], this.#fingerprint),
            mappings[operand],
          );
          break;
        case Action.Unmap:
          memory.unmap(sequence, ...positionsIn(this.#numbers, ranges[operand], this.#fingerprint));
          break;
      }
    }
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
