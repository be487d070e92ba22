/*
 * GCLOCK: CLOCK with a counter in place of the bit. A use counts up, the hand counts down, and the
 * first page it finds at 0 leaves.            (Smith 1978; Nicola, Dan & Dias 1992)
 *
 *        ┌── 3 ─ 1 ─ 0 ◄ hand: takes 1 off each page it passes, stops at a 0
 *        └── 2 ─ 0 ─ 1         uses since the load, at most `max`, minus laps survived
 *
 * Between CLOCK (`max=1`) and LFU: a page used often survives as many laps as its counter allows.
 * The counter is bounded, so that the past is forgotten and no eviction takes more than `max` laps.
 *
 * Per reference: one counter. Per eviction: the hand's walk, O(1) amortised, since each step takes
 * back a count that a use gave. Metadata: 2 bits a frame for the default, and one hand.
 * Differs from the sources: which give each kind of page weights of its own; here all are alike,
 * with 1 for the load and 1 for each use. gclock:max=1 is clock, and with load=0 the CLOCK whose
 * bit is clear at load.
 */
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';

export const policy = definePolicy({
  id: 'gclock',
  title: 'GCLOCK, a counter up to 3',
  source: 'Smith, ACM TODS 1978; Nicola, Dan & Dias, SIGMETRICS 1992',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 0.25,
    perReference: 'one counter',
    perEviction: 'counters counted down on the way, as many laps as the largest allows',
  },
  /** What a load sets the counter to, and what uses raise it to. */
  defaults: { load: 1, max: 3 },
  create: (context, { load, max }) => {
    const most = wholeOption('max', max, 1, 255);
    return new Gclock(context, wholeOption('load', load, 0, most), most);
  },
});

class Gclock implements ReplacementPolicy {
  readonly #counts: Uint8Array;
  readonly #load: number;
  readonly #max: number;
  /** The frame to be looked at next. */
  #hand: Frame = 0;

  constructor({ frames }: PolicyContext, load: number, max: number) {
    this.#counts = new Uint8Array(frames.frameCount);
    this.#load = load;
    this.#max = max;
  }

  onLoad(frame: Frame): void {
    this.#counts[frame] = this.#load;
  }

  onReference(frame: Frame): void {
    if (this.#counts[frame] < this.#max) this.#counts[frame]++;
  }

  chooseVictim(): Frame {
    const counts = this.#counts;
    let hand = this.#hand;
    while (counts[hand] > 0) {
      counts[hand]--;
      hand = this.#after(hand);
    }
    this.#hand = hand;
    return hand;
  }

  onFree(frame: Frame): void {
    if (frame === this.#hand) this.#hand = this.#after(frame);
  }

  onInterval(): void {}

  #after(frame: Frame): Frame {
    return frame + 1 === this.#counts.length ? 0 : frame + 1;
  }
}
