/*
 * Duel: four policies in the shadow, each in a memory of its own; evict what the one with the
 * fewest faults lately has let go. (set-dueling: Qureshi, Jaleel, Patt, Steely & Emer 2007, there
 * on sampled sets of a cache)
 *
 *   leader's memory   a b c d f        f has just come in for this fault, e had left before
 *   memory            a b c d e        e may go
 *
 * No learning, but a choice: none of LRU, LIRS, W-TinyLFU and S3-FIFO is good everywhere, and which
 * of them is changes slowly. Of the pages that may go, the one the leader let go first leaves.
 *
 * Per reference: that of all four. Per eviction: one link. Metadata: that of all four and 20 bytes
 * a frame.
 */
import { type ExpertOptions, Experts } from '../engine/experts.ts';
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { policy as lirs } from './lirs.ts';
import { policy as lru } from './lru.ts';
import { policy as s3Fifo } from './s3Fifo.ts';
import { policy as wTinyLfu } from './wTinylfu.ts';

/** Also the ones whose judgement fitted policies may ask for. */
export const EXPERTS = [lru, lirs, wTinyLfu, s3Fifo];

/** References a frame until a fault is forgotten; the share of the leader's faults to lead at. */
export const DUEL_DEFAULTS = { horizon: 8, margin: 0.97 };

export const policy = definePolicy({
  id: 'duel',
  title: 'Duel of LRU, LIRS, W-TinyLFU and S3-FIFO',
  source: 'after Qureshi, Jaleel, Patt, Steely & Emer, ISCA 2007',
  observes: 'every-reference',
  // The experts see one reference a tick, and hold no page that was not wanted.
  demandOnly: true,
  cost: {
    bytesPerFrame: 20 + EXPERTS.reduce((sum, { cost }) => sum + (cost?.bytesPerFrame ?? 0), 0),
    perReference: 'a reference of each of the four',
    perEviction: 'one link',
  },
  defaults: DUEL_DEFAULTS,
  create: (context, options) => new Duel(context, options),
});

class Duel implements ReplacementPolicy {
  readonly #experts: Experts;

  constructor(context: PolicyContext, options: ExpertOptions) {
    this.#experts = new Experts(context, EXPERTS, options);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#experts.onLoad(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#experts.onReference(frame, tick);
  }

  chooseVictim(wanted: Page, tick: Tick): Frame {
    this.#experts.refer(wanted, tick);
    this.#experts.elect();
    return this.#experts.permitted.front;
  }

  onFree(frame: Frame): void {
    this.#experts.onFree(frame);
  }

  onInterval(): void {}
}
