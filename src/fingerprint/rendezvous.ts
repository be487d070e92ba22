/*
 * Who may go on: the tokens that wakes leave for waits, between sequences that end.
 *
 *   wake(a → b)    b waits for a: b goes on at once.    Otherwise: one more token (a, b).
 *   wait(b for a)  a token (a, b), or a has ended: b goes on.   Otherwise: b is blocked.
 *   end(a)         whoever waits for a goes on, now and ever after.
 *
 * A sequence waits for one other at a time. What can run at all does not depend on the order in
 * which the sequences take their turns: only the receiver takes a token, and nothing is ever taken
 * back. So one run to the end, in any order, finds every deadlock.
 */
import { Action } from './action.ts';
import type { ActionSequence, Sequence } from './fingerprint.ts';

const NOBODY = -1;

export class Rendezvous {
  readonly #sequenceCount: number;
  /** Tokens left, by `from · sequenceCount + to`. */
  readonly #tokens = new Map<number, number>();
  /** Whom each sequence is blocked on. */
  readonly #awaited: Int32Array;
  /** Who is, or was, blocked on each sequence. */
  readonly #waiters = new Map<Sequence, Sequence[]>();
  readonly #ended: Uint8Array;

  constructor(sequenceCount: number) {
    this.#sequenceCount = sequenceCount;
    this.#awaited = new Int32Array(sequenceCount).fill(NOBODY);
    this.#ended = new Uint8Array(sequenceCount);
  }

  /** Whether `to` was blocked on `from` and goes on. */
  wake(from: Sequence, to: Sequence): boolean {
    if (this.#awaited[to] === from) {
      this.#awaited[to] = NOBODY;
      return true;
    }
    const pair = from * this.#sequenceCount + to;
    this.#tokens.set(pair, (this.#tokens.get(pair) ?? 0) + 1);
    return false;
  }

  /** Whether `sequence` goes on; if not, it is blocked on `other` until woken. */
  wait(sequence: Sequence, other: Sequence): boolean {
    if (this.#ended[other] === 1) return true;
    const pair = other * this.#sequenceCount + sequence;
    const tokens = this.#tokens.get(pair) ?? 0;
    if (tokens > 0) {
      this.#tokens.set(pair, tokens - 1);
      return true;
    }
    this.#awaited[sequence] = other;
    const waiters = this.#waiters.get(other);
    if (waiters === undefined) this.#waiters.set(other, [sequence]);
    else waiters.push(sequence);
    return false;
  }

  /** `sequence` exited or came to the end of its list; returns, ascending, those who go on. */
  end(sequence: Sequence): Sequence[] {
    this.#ended[sequence] = 1;
    const resumed: Sequence[] = [];
    for (const waiter of this.#waiters.get(sequence) ?? []) {
      if (this.#awaited[waiter] !== sequence) continue;
      this.#awaited[waiter] = NOBODY;
      resumed.push(waiter);
    }
    this.#waiters.delete(sequence);
    return resumed.sort((a, b) => a - b);
  }
}

/** 1 for each sequence that another forks: it starts there, all others at once. */
export function markForked(sequences: readonly ActionSequence[]): Uint8Array {
  const forked = new Uint8Array(sequences.length);
  for (const { actions, operands } of sequences) {
    let row = actions.indexOf(Action.Fork);
    for (; row >= 0; row = actions.indexOf(Action.Fork, row + 1)) forked[operands[row]] = 1;
  }
  return forked;
}
