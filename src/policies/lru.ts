/*
 * LRU: evict the page not used for the longest time. (Mattson, Gecsei, Slutz & Traiger 1970)
 *
 *           ┌───────── used ─────────┐
 *   load ─► ▼ most recent ⇄ … ⇄ … ⇄ least recent ─► victim
 *
 * The yardstick of locality: what was used lately will be used soon. A loop one page longer than
 * memory defeats it completely. It is a stack algorithm: a smaller memory holds a subset of what a
 * larger one holds, so more memory never costs a page-in.
 *
 * Per reference: one move in the list, which no kernel could afford in software. Per eviction: one
 * link. Metadata: 8 bytes a frame.
 * Differs from the source: frames freed by an exit leave the list from wherever they stand.
 */
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'lru',
  title: 'LRU',
  source: 'Mattson, Gecsei, Slutz & Traiger, IBM Systems Journal 1970',
  observes: 'every-reference',
  readsHistory: false,
  inclusion: true,
  choosesWhenever: true,
  cost: {
    bytesPerFrame: 8,
    perReference: 'one move in a list',
    perEviction: 'one link',
    operations: { perReference: 9, perEviction: 9 },
  },
  defaults: {},
  create: (context) => new Lru(context),
});

class Lru implements ReplacementPolicy {
  /** Front: the page used last. */
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
    return this.#recency.back;
  }

  onFree(frame: Frame): void {
    this.#recency.remove(frame);
  }

  onInterval(): void {}
}
