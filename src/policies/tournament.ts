/*
 * Tournament: the duel with six experts, chosen for being different: LRU, LIRS, S3-FIFO, CLOCK-Pro,
 * MQ and LeCaR; they are judged by four times as long a past. See duel.ts for how it works.
 *
 * The six and the horizon were chosen on the captures run-*, of seven sets and three horizons, so
 * that other programs can judge it: src/learning/README.md.
 *
 * Per reference: that of all six. Per eviction: one link. Metadata: that of all six and 20 bytes a
 * frame.
 */
import { ExpertDuel, expertsCost } from '../engine/expertDuel.ts';
import { definePolicy } from '../engine/policy.ts';
import { policy as clockPro } from './clockPro.ts';
import { policy as lecar } from './lecar.ts';
import { policy as lirs } from './lirs.ts';
import { policy as lru } from './lru.ts';
import { policy as mq } from './mq.ts';
import { policy as s3Fifo } from './s3Fifo.ts';

/** Also the ones whose judgement fitted policies ask for. */
export const EXPERTS = { lru, lirs, s3Fifo, clockPro, mq, lecar };
export const TOURNAMENT_DEFAULTS = { horizon: 32, margin: 0.97 };

const experts = Object.values(EXPERTS);
export const EXPERTS_COST = expertsCost(experts, 'a reference of each of the six');

export const policy = definePolicy({
  id: 'tournament',
  title: 'Duel of LRU, LIRS, S3-FIFO, CLOCK-Pro, MQ and LeCaR',
  source: 'after Qureshi, Jaleel, Patt, Steely & Emer, ISCA 2007',
  observes: 'every-reference',
  // The experts see one reference a tick, and hold no page that was not wanted.
  demandOnly: true,
  cost: EXPERTS_COST,
  /** As for `duel`. */
  defaults: TOURNAMENT_DEFAULTS,
  create: (context, options) => new ExpertDuel(context, experts, options),
});
