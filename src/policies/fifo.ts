/*
 * FIFO: evict the page that came in first.                        (Bélády, IBM Systems J. 1966)
 *
 *   load ─► newest ⇄ … ⇄ oldest ─► victim
 *
 * It never looks at a use, so a page in constant use leaves as surely as one that was used once;
 * and more memory may cost it page-ins (Bélády's anomaly, Bélády, Nelson & Shedler 1969).
 *
 * Per reference: nothing. Per load and eviction: one link. Metadata: 8 bytes a frame.
 * Differs from the source: frames freed by an exit leave the queue from wherever they stand.
 */
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'fifo',
  title: 'FIFO',
  source: 'Bélády, IBM Systems Journal 1966',
  observes: 'faults',
  choosesWhenever: true,
  cost: {
    bytesPerFrame: 8,
    perReference: 'nothing',
    perEviction: 'one link',
    operations: { perReference: 0, perEviction: 9 },
  },
  defaults: {},
  create: (context) => new Fifo(context),
});

class Fifo implements ReplacementPolicy {
  /** Front: the newest page. */
  readonly #queue: FrameList;

  constructor({ frames }: PolicyContext) {
    this.#queue = new FrameList(frames.frameCount);
  }

  onLoad(frame: Frame): void {
    this.#queue.pushFront(frame);
  }

  onReference(): void {}

  chooseVictim(): Frame {
    return this.#queue.back;
  }

  onFree(frame: Frame): void {
    this.#queue.remove(frame);
  }

  onInterval(): void {}
}
