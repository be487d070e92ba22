/*
 * MRU: evict the page that was used last.                          (Chou & DeWitt, VLDB 1985)
 *
 *              ┌──────── used ────────┐
 *   victim ◄── ▼ most recent ⇄ … ⇄ least recent        load ─► most recent
 *
 * Right for a loop longer than memory, where the page just used is the one wanted last; wrong for
 * nearly everything else, since whatever filled memory first stays in it. It is the mirror of LRU,
 * and like it a stack algorithm: more memory never costs a page-in.
 *
 * Per reference: one move in the list. Per eviction: one link. Metadata: 8 bytes a frame.
 * Differs from the source: one memory for all, not one buffer pool for each file of a query; frames
 * freed by an exit leave the list from wherever they stand.
 */
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'mru',
  title: 'MRU',
  source: 'Chou & DeWitt, VLDB 1985',
  observes: 'every-reference',
  readsHistory: false,
  inclusion: true,
  choosesWhenever: true,
  cost: {
    bytesPerFrame: 8,
    perReference: 'one move in a list',
    perEviction: 'one link',
  },
  defaults: {},
  create: (context) => new Mru(context),
});

class Mru implements ReplacementPolicy {
  /** Front: the page used last, the one wanted not being in memory yet. */
  readonly #recency: FrameList;

  constructor({ frames }: PolicyContext) {
    this.#recency = new FrameList(frames.frameCount);
  }

  onLoad(frame: Frame): void {
    this.#recency.pushFront(frame);
  }

  onReference(frame: Frame): void {
    this.#recency.moveToFront(frame);
  }

  chooseVictim(): Frame {
    return this.#recency.front;
  }

  onFree(frame: Frame): void {
    this.#recency.remove(frame);
  }

  onInterval(): void {}
}
