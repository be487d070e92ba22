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
import { ExpertDuel, expertsCost } from '../engine/expertDuel.ts';
import { definePolicy } from '../engine/policy.ts';
import { policy as lirs } from './lirs.ts';
import { policy as lru } from './lru.ts';
import { policy as s3Fifo } from './s3Fifo.ts';
import { policy as wTinyLfu } from './wTinylfu.ts';

export const EXPERTS = [lru, lirs, wTinyLfu, s3Fifo];

export const policy = definePolicy({
  id: 'duel',
  title: 'Duel of LRU, LIRS, W-TinyLFU and S3-FIFO',
  source: 'after Qureshi, Jaleel, Patt, Steely & Emer, ISCA 2007',
  observes: 'every-reference',
  // The experts see one reference a tick, and hold no page that was not wanted.
  demandOnly: true,
  cost: expertsCost(EXPERTS, 'a reference of each of the four'),
  /** References a frame until a fault is forgotten; the share of the leader's faults to lead at. */
  defaults: { horizon: 8, margin: 0.97 },
  create: (context, options) => new ExpertDuel(context, EXPERTS, options),
});
