/*
 * What happened in which order, and a fingerprint that can happen in no other.
 *
 *   happened     a R1 · b R2 · b R3 · a R1 · a E
 *   frozen       a R(1) S(2) R(1) E            a turn of one sequence each ns: no I/O time is in it,
 *                b S(1) R(2) R(3)              no waits are needed
 *
 * All actions but sleeps, waits and wakes stay as they are, maps and forks too: played in the order
 * they happened in they come to the same pages, whatever those are backed by.
 */
import { assert } from '../support/assert.ts';
import { Action } from './action.ts';
import { FingerprintBuilder } from './builder.ts';
import type { Fingerprint, ReferenceString, Sequence } from './fingerprint.ts';

/** One run of a fingerprint. */
export interface Order {
  readonly references: ReferenceString;
  /** The sequence that made each reference. */
  readonly sequences: Uint32Array;
  /** The row of the action that made it; a copy is two references of one action. */
  readonly rows: Uint32Array;
  readonly turns: Turns;
}

/** Who played how far: a turn is the actions of one sequence from where it stood to its end. */
export interface Turns {
  readonly sequences: Uint32Array;
  /** The row behind the last action of each turn. */
  readonly ends: Uint32Array;
}

/**
 * The fingerprint whose `linearize` is `order.references`; `order` is of a run of `fingerprint`.
 */
export function freezeOrder(fingerprint: Fingerprint, { turns }: Order): Fingerprint {
  const { sequences } = fingerprint;
  const copier = new Copier(fingerprint);
  const rows = new Uint32Array(sequences.length);
  for (let turn = 0; turn < turns.ends.length; turn++) {
    const sequence = turns.sequences[turn];
    for (let row = rows[sequence]; row < turns.ends[turn]; row++) copier.copy(sequence, row);
    rows[sequence] = turns.ends[turn];
  }
  assert(
    sequences.every(({ actions }, sequence) => rows[sequence] === actions.length),
    'a run plays everything',
  );
  const frozen = copier.finish();
  assert(frozen.pageNumbers.length === fingerprint.pageNumbers.length, 'no page is lost');
  return frozen;
}

/** Builds a fingerprint of the actions of another, turn by turn. */
class Copier {
  readonly #fingerprint: Fingerprint;
  readonly #builder: FingerprintBuilder;
  readonly #localNs: Float64Array;
  #nowNs = 0;
  #acting: Sequence = 0;

  constructor(fingerprint: Fingerprint) {
    const { name, pageSizeBytes, backing, origin, filter, sequences } = fingerprint;
    this.#fingerprint = fingerprint;
    this.#builder = new FingerprintBuilder({ name, pageSizeBytes, backing, origin, filter });
    for (const sequence of sequences) this.#builder.declare(sequence.name);
    this.#localNs = new Float64Array(sequences.length);
  }

  finish(): Fingerprint {
    return this.#builder.finish();
  }

  copy(sequence: Sequence, row: number): void {
    const { actions, operands } = this.#fingerprint.sequences[sequence];
    const { mappings, ranges } = this.#fingerprint;
    const operand = operands[row];
    const builder = this.#builder;
    switch (actions[row]) {
      case Action.Read:
      case Action.Write:
        this.#enter(sequence);
        this.#refer(sequence, row);
        break;
      case Action.Exit:
        this.#enter(sequence);
        builder.exit(sequence);
        break;
      case Action.Fork:
        this.#enter(sequence);
        builder.fork(sequence, operand);
        this.#localNs[operand] = this.#nowNs;
        break;
      case Action.Map:
        this.#enter(sequence);
        builder.map(sequence, mappings[operand]);
        break;
      case Action.Unmap:
        this.#enter(sequence);
        builder.unmap(sequence, ranges[operand]);
        break;
    }
  }

  /** What follows happens after all that was copied before. */
  #enter(sequence: Sequence): void {
    if (sequence !== this.#acting) this.#nowNs++;
    this.#acting = sequence;
    this.#builder.sleep(sequence, this.#nowNs - this.#localNs[sequence]);
    this.#localNs[sequence] = this.#nowNs;
  }

  #refer(sequence: Sequence, row: number): void {
    const { pageNumbers, pageSizeBytes, sequences } = this.#fingerprint;
    const { actions, operands, offsets, signatures } = sequences[sequence];
    const builder = this.#builder;
    const number = pageNumbers[operands[row]];
    const write = actions[row] === Action.Write ? 1 : 0;
    if (offsets === undefined || offsets[row] === 0) {
      builder.referencePage(sequence, Number(number >> 32n), Number(number & 0xffffffffn), write);
    } else {
      const address = number * BigInt(pageSizeBytes) + BigInt(offsets[row]);
      if (write === 1) builder.write(sequence, address);
      else builder.read(sequence, address);
    }
    if (signatures !== undefined) builder.sign(sequence, signatures[row]);
  }
}
