/*
 * Block control: what is not a reference, sequence by sequence.
 *
 *   { references before it, action, operand } … { references to the end, 0 }
 *
 * Sleeps in a row are one, of any length; a map, an unmap, an exit need no operand.
 */
import { ByteReader, ByteWriter } from '../support/byteColumns.ts';
import { Action } from './action.ts';
import type { ActionSequence } from './fingerprint.ts';
import { SLEEP_NS_MAX } from './sleep.ts';

/** Ends the list of a sequence; no action of its own, for a read is not in this block. */
export const END = 0;

export function encodeControl(sequences: readonly ActionSequence[]): Uint8Array {
  const out = new ByteWriter();
  for (const sequence of sequences) encodeSteps(sequence, out);
  return out.bytes();
}

function encodeSteps({ actions, operands }: ActionSequence, out: ByteWriter): void {
  let run = 0;
  for (let row = 0; row < actions.length; row++) {
    const action = actions[row];
    if (action <= Action.Write) {
      run++;
      continue;
    }
    out.varint(run);
    out.byte(action);
    run = 0;
    if (action === Action.Sleep) {
      let ns = operands[row];
      while (actions[row + 1] === Action.Sleep) ns += operands[++row];
      out.varint(ns);
    } else if (namesSequence(action)) {
      out.varint(operands[row]);
    }
  }
  out.varint(run);
  out.byte(END);
}

/** What a sequence does between its references, one row a step; the last step is the end. */
export interface Steps {
  /** References before the step. */
  readonly runs: number[];
  readonly actions: number[];
  readonly operands: number[];
}

/** The steps of each sequence; together they have exactly `referenceCount` references. */
export function decodeControl(
  bytes: Uint8Array,
  sequenceCount: number,
  referenceCount: number,
): Steps[] {
  const input = new ByteReader(bytes, 'the fingerprint, block control,');
  const decoded: Steps[] = [];
  let left = referenceCount;
  while (decoded.length < sequenceCount) {
    const steps = decodeSteps(input, sequenceCount, left);
    for (const run of steps.runs) left -= run;
    decoded.push(steps);
  }
  input.end();
  if (left > 0) throw input.damaged('references belong to no sequence');
  return decoded;
}

function decodeSteps(input: ByteReader, sequenceCount: number, runMax: number): Steps {
  const steps: Steps = { runs: [], actions: [], operands: [] };
  let slept = false;
  for (;;) {
    const run = input.varint(runMax);
    const action = input.byte();
    let operand = 0;
    if (action === Action.Sleep) {
      operand = input.varint(SLEEP_NS_MAX);
      if (operand === 0 || (slept && run === 0)) throw input.damaged('a sleep is not whole');
    } else if (namesSequence(action)) {
      operand = input.varint(sequenceCount - 1);
    } else if (action !== END && !(action >= Action.Exit && action <= Action.Unmap)) {
      throw input.damaged('there is no such action');
    }
    slept = action === Action.Sleep;
    runMax -= run;
    steps.runs.push(run);
    steps.actions.push(action);
    steps.operands.push(operand);
    if (action === END) return steps;
  }
}

function namesSequence(action: number): boolean {
  return action === Action.Wait || action === Action.Wake || action === Action.Fork;
}
