/*
 * Who runs when: sequences, processors and one clock.
 *
 *                      ┌──────── slice used up, others wait ◄───────┐
 *   ready ──► line ──► processor ──► computes ──► agenda: done at t ┴─► acts at t, at once
 *     ▲                                │
 *     └──── agenda: served at t ◄──────┴─ blocks (device, or another sequence): processor goes on
 *
 * Actions take no time, only work does. Whoever is due first goes on first, of equals the lower
 * number. With a processor for each sequence nobody stands in line and this is the order of
 * `linearize`. With fewer, who finds none stands in line, first come, first served; while someone
 * stands there, work is cut where a quantum since its processor was taken, or a whole number of
 * them, is over. Times are whole ns, exact up to 2⁵³.
 *
 * Per event: the logarithm of the number of sequences. When the line is no longer empty, every
 * processor is looked at once.
 */
import type { Sequence } from '../fingerprint/fingerprint.ts';
import { Agenda, NOBODY } from '../support/agenda.ts';
import { assert } from '../support/assert.ts';

export interface Processors {
  /** At least 1; Infinity: one for each sequence. */
  readonly cpus: number;
  /** Whole ns of work after which others have their turn. */
  readonly quantumNs: number;
}

export class Scheduler {
  nowNs = 0;
  readonly #quantumNs: number;
  /** Those with a processor that compute, or are about to act, and those the device serves. */
  readonly #agenda: Agenda;
  /** When each one in the agenda is due. */
  readonly #dueNs: Float64Array;
  /** Work left after that, or when a processor is found. */
  readonly #leftNs: Float64Array;
  /** When each one with a processor took it. */
  readonly #tookAtNs: Float64Array;
  /** Who has each processor, in no order, and the place of each sequence there. */
  readonly #running: Int32Array;
  readonly #placeOf: Int32Array;
  #runningCount = 0;
  /** The line, a ring. */
  readonly #line: Int32Array;
  #lineHead = 0;
  #lineLength = 0;
  /** Who acts now: it has a processor, and is not in the agenda. */
  #acting: Sequence = NOBODY;

  constructor(sequenceCount: number, { cpus, quantumNs }: Processors) {
    assert(cpus >= 1, 'there is a processor');
    assert(Number.isSafeInteger(quantumNs) && quantumNs >= 1, 'a quantum is whole ns');
    this.#quantumNs = quantumNs;
    this.#agenda = new Agenda(sequenceCount);
    this.#dueNs = new Float64Array(sequenceCount);
    this.#leftNs = new Float64Array(sequenceCount);
    this.#tookAtNs = new Float64Array(sequenceCount);
    this.#running = new Int32Array(Math.min(cpus, sequenceCount));
    this.#placeOf = new Int32Array(sequenceCount).fill(NOBODY);
    this.#line = new Int32Array(sequenceCount);
  }

  /** The sequence to act now, the clock advanced to then; NOBODY when none ever will. */
  next(): Sequence {
    for (;;) {
      const sequence = this.#agenda.pop();
      this.#acting = sequence;
      if (sequence === NOBODY) return NOBODY;
      this.nowNs = this.#dueNs[sequence];
      if (this.#placeOf[sequence] === NOBODY) {
        // The device has served it.
        if (this.#takeProcessor(sequence)) return sequence;
        this.#standInLine(sequence);
      } else if (this.#leftNs[sequence] === 0) {
        return sequence;
      } else if (this.#lineLength === 0) {
        this.#compute(sequence, this.#leftNs[sequence]);
      } else {
        this.#leaveProcessor(sequence);
        this.#standInLine(sequence);
      }
    }
  }

  /** The acting sequence computes; whether it is the first to act after that, and does so now. */
  work(sequence: Sequence, ns: number): boolean {
    const endNs = this.nowNs + ns;
    if (this.#lineLength > 0 || this.#agenda.precedes(endNs, sequence)) {
      this.#compute(sequence, ns);
      return false;
    }
    this.nowNs = endNs;
    return true;
  }

  /** Whether someone else is to act before `sequence` does again; then it is back in the agenda. */
  givesWay(sequence: Sequence): boolean {
    if (!this.#agenda.precedes(this.nowNs, sequence)) return false;
    this.#enter(sequence, this.nowNs, 0);
    return true;
  }

  /** A sequence that was blocked, or not yet begun, can go on from now. */
  ready(sequence: Sequence): void {
    if (this.#takeProcessor(sequence)) this.#enter(sequence, this.nowNs, 0);
    else {
      this.#leftNs[sequence] = 0;
      this.#standInLine(sequence);
    }
  }

  /** The acting sequence waits for the device. */
  blockUntil(sequence: Sequence, ns: number): void {
    this.#leaveProcessor(sequence);
    this.#enter(sequence, ns, 0);
  }

  /** The acting sequence waits for another, or has ended. */
  stop(sequence: Sequence): void {
    this.#leaveProcessor(sequence);
  }

  #enter(sequence: Sequence, dueNs: number, leftNs: number): void {
    if (sequence === this.#acting) this.#acting = NOBODY;
    this.#dueNs[sequence] = dueNs;
    this.#leftNs[sequence] = leftNs;
    this.#agenda.push(dueNs, sequence);
  }

  #compute(sequence: Sequence, ns: number): void {
    const endNs = this.nowNs + ns;
    const cutNs = this.#lineLength > 0 ? Math.min(endNs, this.#sliceEndNs(sequence)) : endNs;
    this.#enter(sequence, cutNs, endNs - cutNs);
  }

  /** When its slice ends, the one it is in now; now, if that is used up. */
  #sliceEndNs(sequence: Sequence): number {
    const hadNs = this.nowNs - this.#tookAtNs[sequence];
    const overNs = hadNs % this.#quantumNs;
    return hadNs > 0 && overNs === 0 ? this.nowNs : this.nowNs - overNs + this.#quantumNs;
  }

  #takeProcessor(sequence: Sequence): boolean {
    if (this.#runningCount === this.#running.length) return false;
    this.#tookAtNs[sequence] = this.nowNs;
    this.#placeOf[sequence] = this.#runningCount;
    this.#running[this.#runningCount++] = sequence;
    return true;
  }

  /** Its processor goes to the first in line. */
  #leaveProcessor(sequence: Sequence): void {
    const place = this.#placeOf[sequence];
    assert(place !== NOBODY, 'it has a processor');
    const last = this.#running[--this.#runningCount];
    this.#running[place] = last;
    this.#placeOf[last] = place;
    this.#placeOf[sequence] = NOBODY;
    if (sequence === this.#acting) this.#acting = NOBODY;
    if (this.#lineLength === 0) return;
    const first = this.#line[this.#lineHead];
    this.#lineHead = (this.#lineHead + 1) % this.#line.length;
    this.#lineLength--;
    this.#takeProcessor(first);
    this.#compute(first, this.#leftNs[first]);
  }

  #standInLine(sequence: Sequence): void {
    this.#line[(this.#lineHead + this.#lineLength) % this.#line.length] = sequence;
    this.#lineLength++;
    // Those who compute while others stand in line are cut already.
    if (this.#lineLength > 1) return;
    for (let i = 0; i < this.#runningCount; i++) {
      const running = this.#running[i];
      if (running === this.#acting) continue;
      const dueNs = this.#dueNs[running];
      const cutNs = this.#sliceEndNs(running);
      if (dueNs <= cutNs) continue;
      this.#leftNs[running] += dueNs - cutNs;
      this.#dueNs[running] = cutNs;
      this.#agenda.hasten(cutNs, running);
    }
  }
}
