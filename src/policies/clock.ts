/*
 * CLOCK: FIFO with one pardon for each page used since the hand last passed.  (Corbató, MIT 1968)
 *
 *        ● ─ ○ ─ ●
 *       /         \          ● used since the hand last passed: cleared, and pardoned
 *      ○     ↗     ●         ○ not used: the victim
 *       \         /
 *        ● ─ ○ ─ ○          frames in order of their number; the hand starts at frame 0
 *
 * The hand needs no queue to be kept: the frames themselves are the ring, and the page wanted takes
 * the victim's place, just behind the hand, so that it is the last one to be looked at. The
 * accessed bit is set at load, as hardware does, for the faulting instruction runs again: a
 * newcomer survives one lap whether or not it is ever used again.
 *
 * Per reference: one bit, set by hardware. Per eviction: the hand's walk, O(1) amortised over the
 * references that set the bits. Metadata: one hand.
 * Differs from the source: one bit of history, not a shift register of k bits. Frames freed by an
 * exit keep their place in the ring and are filled where they stand.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';

export const policy = definePolicy({
  id: 'clock',
  title: 'CLOCK',
  source: 'Corbató, MIT Project MAC 1968',
  observes: 'reference-bits',
  cost: {
    bytesPerFrame: 0.125,
    perReference: 'a bit, set by hardware',
    perEviction: 'bits cleared on the way, a lap at most',
    operations: { perReference: 0, perEviction: 6 },
  },
  defaults: {},
  create: (context) => new Clock(context),
});

class Clock implements ReplacementPolicy {
  readonly #frames: FrameTable;
  #hand: Frame = 0;

  constructor({ frames }: PolicyContext) {
    this.#frames = frames;
  }

  onLoad(): void {}

  onReference(): void {}

  chooseVictim(): Frame {
    const { referenced, frameCount } = this.#frames;
    let hand = this.#hand;
    while (referenced[hand] === 1) {
      referenced[hand] = 0;
      hand = hand + 1 === frameCount ? 0 : hand + 1;
    }
    this.#hand = hand;
    return hand;
  }

  onFree(frame: Frame): void {
    // The hand leaves an emptied frame behind, so that whoever comes in there has a full lap.
    if (frame === this.#hand) this.#hand = frame + 1 === this.#frames.frameCount ? 0 : frame + 1;
  }

  onInterval(): void {}
}
