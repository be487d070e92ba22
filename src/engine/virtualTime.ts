/*
 * The clocks of processes: each counts the references its sequence has made, so that a process that
 * waits does not age. A policy asks at faults; the references since then are counted at once, a few
 * ns each.
 */
import type { Sequence, Tick } from '../fingerprint/fingerprint.ts';
import type { PolicyContext } from './policy.ts';

export class VirtualTime {
  readonly #sequenceAt: PolicyContext['sequenceAt'];
  /** References so far, a sequence each; grows. */
  #counts = new Int32Array(16);
  #counted = 0;

  constructor({ sequenceAt }: Pick<PolicyContext, 'sequenceAt'>) {
    this.#sequenceAt = sequenceAt;
  }

  /** Lets the clocks run up to the reference at `tick`, which counts; returns who made it. */
  advance(tick: Tick): Sequence {
    const sequenceAt = this.#sequenceAt;
    while (this.#counted <= tick) {
      const sequence = sequenceAt(this.#counted++);
      if (sequence >= this.#counts.length) this.#grow(sequence);
      this.#counts[sequence]++;
    }
    return sequenceAt(tick);
  }

  /** References up to the tick advanced to, a sequence each; replaced when there are more. */
  get counts(): Int32Array {
    return this.#counts;
  }

  /** References of `sequence`, up to the tick advanced to. */
  of(sequence: Sequence): number {
    return this.#counts[sequence];
  }

  #grow(sequence: Sequence): void {
    const grown = new Int32Array(2 * (sequence + 1));
    grown.set(this.#counts);
    this.#counts = grown;
  }
}
