/*
 * Whose turn it is when no I/O takes time.
 *
 *   The sequence of the smallest local time acts, of equals the lower one, asked anew after each
 *   action. A sleep adds to the local time; nothing else takes any. A wait blocks its sequence
 *   until its token is there, and it goes on at the time of the wake, or of the end of the other.
 *   A forked sequence begins at the time of the fork.
 *
 * A turn is the actions one sequence plays until another one precedes it. Local times are exact up
 * to 2⁵³ ns, 104 days. Costs the logarithm of the number of sequences for all actions but
 * references.
 */
import { Agenda, NOBODY } from '../support/agenda.ts';
import { assert } from '../support/assert.ts';
import { Action } from './action.ts';
import type { ActionSequence, Sequence } from './fingerprint.ts';
import { nextStep } from './nextStep.ts';
import { markForked, Rendezvous } from './rendezvous.ts';

/** Plays the actions `from` … `to` − 1 of `sequence`. */
export type Turn = (sequence: Sequence, from: number, to: number) => void;

/** Calls `play` for one turn after the other, until all sequences are at their end. */
export function takeTurns(sequences: readonly ActionSequence[], play: Turn): void {
  const rendezvous = new Rendezvous(sequences.length);
  const agenda = new Agenda(sequences.length);
  const row = new Uint32Array(sequences.length);
  let nowNs = 0;
  const forked = markForked(sequences);
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    if (forked[sequence] === 0) agenda.push(0, sequence);
  }
  const localNs = new Float64Array(sequences.length);
  for (let next = agenda.pop(); next !== NOBODY; next = agenda.pop()) {
    const from = row[next];
    nowNs = localNs[next];
    row[next] = runUntilOvertaken(next, from);
    play(next, from, row[next]);
  }
  assert(
    sequences.every(({ actions }, sequence) => row[sequence] === actions.length),
    'a valid fingerprint runs to its end',
  );

  /** Returns the row to go on at. */
  function runUntilOvertaken(sequence: Sequence, from: number): number {
    const { actions, operands } = sequences[sequence];
    for (let i = nextStep(actions, from); i < actions.length; i = nextStep(actions, i + 1)) {
      const operand = operands[i];
      switch (actions[i]) {
        case Action.Sleep:
          nowNs += operand;
          break;
        case Action.Wait:
          // The wake that ends a wait is its token, so the sequence resumes behind the wait.
          if (!rendezvous.wait(sequence, operand)) return i + 1;
          break;
        case Action.Wake:
          if (rendezvous.wake(sequence, operand)) enter(operand);
          break;
        case Action.Fork:
          enter(operand);
          break;
        default:
          // Maps and exits, as references: who was first before still is.
          continue;
      }
      if (agenda.precedes(nowNs, sequence)) {
        localNs[sequence] = nowNs;
        agenda.push(nowNs, sequence);
        return i + 1;
      }
    }
    for (const waiter of rendezvous.end(sequence)) enter(waiter);
    return actions.length;
  }

  /** Now: a sequence that was blocked, or not yet begun, has a local time in the past. */
  function enter(sequence: Sequence): void {
    localNs[sequence] = nowNs;
    agenda.push(nowNs, sequence);
  }
}
