/*
 * The device that pages are read from and written to: `queueDepth` requests are served at a time,
 * in the order they were made.
 *
 *   depth 2   ──[ read p ][ read r    ]──        a request takes the lane that is free first;
 *             ──[ write q     ][ read s ]        one that must wait for another keeps it
 *
 * Per request: the logarithm of the depth.
 */
import { Agenda } from '../support/agenda.ts';
import { assert } from '../support/assert.ts';

export interface DeviceTiming {
  /** Reading one page, whole ns. */
  readonly readNs: number;
  /** Writing one page, whole ns. */
  readonly writeNs: number;
  /** Requests served at a time, at least 1. */
  readonly queueDepth: number;
}

export class Device {
  readonly #timing: DeviceTiming;
  readonly #freeAtNs: Float64Array;
  readonly #lanes: Agenda;
  /** When requests end, those that had when the queue was last looked at left out; if watched. */
  #endsNs: number[] | undefined;

  constructor(timing: DeviceTiming) {
    const { readNs, writeNs, queueDepth } = timing;
    assert(Number.isSafeInteger(readNs) && readNs >= 0, 'a read takes whole ns');
    assert(Number.isSafeInteger(writeNs) && writeNs >= 0, 'a write takes whole ns');
    assert(Number.isInteger(queueDepth) && queueDepth >= 1, 'a device serves someone');
    this.#timing = timing;
    this.#freeAtNs = new Float64Array(queueDepth);
    this.#lanes = new Agenda(queueDepth);
    for (let lane = 0; lane < queueDepth; lane++) this.#lanes.push(0, lane);
  }

  /** When a page has been read whose read may not begin before `earliestNs`. */
  read(earliestNs: number): number {
    return this.#serve(earliestNs, this.#timing.readNs);
  }

  /** When a page has been written whose write may not begin before `earliestNs`. */
  write(earliestNs: number): number {
    return this.#serve(earliestNs, this.#timing.writeNs);
  }

  /** From now on it is known how long the queue is: 8 bytes for each request until it is looked at. */
  watchQueue(): void {
    this.#endsNs = [];
  }

  /** Requests that have not ended at `nowNs`, which is not before that of an earlier call. */
  queueLength(nowNs: number): number {
    assert(this.#endsNs !== undefined, 'a queue is watched before it is looked at');
    this.#endsNs = this.#endsNs.filter((ns) => ns > nowNs);
    return this.#endsNs.length;
  }

  #serve(earliestNs: number, durationNs: number): number {
    const lane = this.#lanes.pop();
    const endNs = Math.max(earliestNs, this.#freeAtNs[lane]) + durationNs;
    this.#freeAtNs[lane] = endNs;
    this.#lanes.push(endNs, lane);
    this.#endsNs?.push(endNs);
    return endNs;
  }
}
