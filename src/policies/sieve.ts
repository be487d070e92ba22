/*
 * SIEVE: CLOCK whose newcomers enter at the front while the hand stays put, so that a page used
 * once is reached soon after it came.                               (Zhang et al., NSDI 2024)
 *
 *   load ─► newest ─ ○ ─ ● ─ ○ ─ ○ ─ ● ─ oldest     ● used since the hand last passed
 *                            ↑ hand: clears ●, moves left; evicts ○; goes on from the oldest
 *
 * CLOCK's hand meets a newcomer only after a whole lap. Here the pages left of the hand are those
 * that came since, sifted one after the other; what has been pardoned stays right of it, together.
 * The bit starts clear: a newcomer must be used again to be pardoned, while CLOCK pardons its load.
 *
 * Per reference: one bit, set by hardware. Per eviction: the hand's walk, O(1) amortised. Metadata:
 * 8 bytes a frame and one hand.
 * Differs from the paper: hardware sets the bit at load too, so it is cleared there, which a kernel
 * does on its way out of the fault; a frame freed by an exit leaves the list, and the hand moves on
 * if it stood there.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'sieve',
  title: 'SIEVE',
  source: 'Zhang et al., NSDI 2024',
  observes: 'reference-bits',
  cost: {
    bytesPerFrame: 8.125,
    perReference: 'a bit, set by hardware',
    perEviction: 'bits cleared on the way, a lap at most',
    operations: { perReference: 0, perEviction: 10 },
  },
  defaults: {},
  create: (context) => new Sieve(context),
});

class Sieve implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Front: the newest page. */
  readonly #list: FrameList;
  /** The frame to be looked at next; the sentinel: start from the oldest. */
  #hand: Frame;

  constructor({ frames }: PolicyContext) {
    this.#frames = frames;
    this.#list = new FrameList(frames.frameCount);
    this.#hand = this.#list.sentinel;
  }

  onLoad(frame: Frame): void {
    this.#frames.referenced[frame] = 0;
    this.#list.pushFront(frame);
  }

  onReference(): void {}

  chooseVictim(): Frame {
    const { referenced } = this.#frames;
    const list = this.#list;
    let hand = this.#hand === list.sentinel ? list.previous(list.sentinel) : this.#hand;
    while (referenced[hand] === 1) {
      referenced[hand] = 0;
      hand = list.previous(hand);
      if (hand === list.sentinel) hand = list.previous(list.sentinel);
    }
    this.#hand = hand;
    return hand;
  }

  onFree(frame: Frame): void {
    if (frame === this.#hand) this.#hand = this.#list.previous(frame);
    this.#list.remove(frame);
  }

  onInterval(): void {}
}
