/*
 * Second chance: CLOCK as it is taught, a FIFO queue whose used pages go round once more.
 *                                                                   (Tanenbaum, Modern OS, 3.4.4)
 *
 *           ┌──────────── used: cleared, sent back ────────────┐
 *   load ─► ▼ newest ⇄ ● ⇄ ○ ⇄ … ⇄ ● ⇄ oldest ─┴─ not used ─► victim
 *
 * Without exits it evicts exactly what CLOCK evicts: the queue is the ring, cut at the hand. With
 * them the two part, for CLOCK fills a freed frame where it stands, wherever the hand is, and here
 * a newcomer is always the last in the queue.
 *
 * Per reference: one bit, set by hardware. Per eviction: the pages sent back, O(1) amortised, each
 * a move in a list where CLOCK only moves its hand. Metadata: 8 bytes a frame.
 * Differs from the source: the accessed bit is set at load, as for CLOCK.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'second-chance',
  title: 'Second chance',
  source: 'Tanenbaum, Modern Operating Systems',
  observes: 'reference-bits',
  cost: {
    bytesPerFrame: 8.125,
    perReference: 'a bit, set by hardware',
    perEviction: 'bits cleared and pages moved on the way, a lap at most',
  },
  defaults: {},
  create: (context) => new SecondChance(context),
});

class SecondChance implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Front: loaded, or sent back, last. */
  readonly #queue: FrameList;

  constructor({ frames }: PolicyContext) {
    this.#frames = frames;
    this.#queue = new FrameList(frames.frameCount);
  }

  onLoad(frame: Frame): void {
    this.#queue.pushFront(frame);
  }

  onReference(): void {}

  chooseVictim(): Frame {
    const { referenced } = this.#frames;
    let oldest = this.#queue.back;
    while (referenced[oldest] === 1) {
      referenced[oldest] = 0;
      this.#queue.moveToFront(oldest);
      oldest = this.#queue.back;
    }
    return oldest;
  }

  onFree(frame: Frame): void {
    this.#queue.remove(frame);
  }

  onInterval(): void {}
}
