/*
 * Whose a page is: the sequence that loaded it, whether another one used it since, and when each
 * sequence last ran. A sequence runs whenever it refers to anything, which is seen by looking back
 * over the references made since the last look.
 */
import type { Frame, FrameTable } from '../../engine/frameTable.ts';
import type { Sequence, Tick } from '../../fingerprint/fingerprint.ts';
import type { FeatureContext, Tracker } from '../feature.ts';

export class Owners implements Tracker {
  readonly #sequenceAt: (tick: Tick) => Sequence;
  readonly #ownerOf: Uint32Array;
  readonly #isShared: Uint8Array;
  /** By sequence: the tick of its last reference looked at. */
  readonly #lastRan: number[] = [];
  #looked: Tick = 0;

  static create({ frames, sequenceAt }: FeatureContext): Owners {
    return new Owners(frames, sequenceAt);
  }

  constructor({ frameCount }: FrameTable, sequenceAt: (tick: Tick) => Sequence) {
    this.#sequenceAt = sequenceAt;
    this.#ownerOf = new Uint32Array(frameCount);
    this.#isShared = new Uint8Array(frameCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#ownerOf[frame] = this.#sequenceAt(tick);
    this.#isShared[frame] = 0;
  }

  onReference(frame: Frame, tick: Tick): void {
    if (this.#sequenceAt(tick) !== this.#ownerOf[frame]) this.#isShared[frame] = 1;
  }

  /** References between the last one of its owner and `tick`, not below 0. */
  idle(frame: Frame, tick: Tick): number {
    while (this.#looked < tick) this.#lastRan[this.#sequenceAt(this.#looked)] = this.#looked++;
    return tick - (this.#lastRan[this.#ownerOf[frame]] ?? 0) - 1;
  }

  sharers(frame: Frame): number {
    return 1 + this.#isShared[frame];
  }
}
