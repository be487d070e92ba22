/*
 * MIN among candidates: of K frames, the best P of last time and others drawn at random, evict the
 * page used farthest ahead.
 *
 * It knows the future, but finds its victims as fitted policies do (../engine/candidates.ts): what
 * it loses to MIN is lost by looking at few pages, what they lose to it by what they don't know.
 * That is the ceiling a model with the same candidates can be held to.
 *
 * Per reference: nothing. Per eviction: K draws and look-ups. With candidates=0 every page is
 * looked at, and no policy has fewer page-ins.
 */
import { CandidatePool, checkCandidateOptions, highest } from '../engine/candidates.ts';
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import type { NextUse } from '../engine/nextUse.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { assert, InputError } from '../support/assert.ts';

const DEFAULTS = {
  /** As for fitted models: frames looked at for each eviction; 0: all. */
  candidates: 24,
  /** Of these, so many are the best, but for the victim, of last time; the others are drawn. */
  pool: 8,
  /** 1: the others are not drawn, but the next ones in turn. */
  hand: 0,
};

type Options = Readonly<Record<keyof typeof DEFAULTS, number>>;

export const policy = definePolicy({
  id: 'min-sampled',
  title: 'MIN among candidates (oracle of fitted policies)',
  source: 'after Bélády, IBM Systems Journal 1966; the pool is that of Redis 3.0',
  observes: 'future',
  readsHistory: true,
  // Of a page read ahead the last use tells nothing of the next.
  demandOnly: true,
  cost: {
    bytesPerFrame: 8,
    perReference: 'nothing',
    perEviction: 'as many draws and look-ups as candidates',
  },
  defaults: DEFAULTS,
  create: (context, options) => new MinSampled(context, options),
});

class MinSampled implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #nextUse: NextUse;
  readonly #pool: CandidatePool;
  readonly #scores: Float64Array;

  constructor({ frames, nextUse, random }: PolicyContext, options: Options) {
    checkOptions(options);
    assert(nextUse !== undefined, 'the oracle is given the future');
    this.#frames = frames;
    this.#nextUse = nextUse;
    this.#pool = new CandidatePool(frames, options, random);
    this.#scores = new Float64Array(this.#pool.candidates.length);
  }

  chooseVictim(): Frame {
    const { candidates } = this.#pool;
    const scores = this.#scores;
    const count = this.#pool.draw();
    for (let i = 0; i < count; i++) scores[i] = this.#distance(candidates[i]);
    const row = highest(scores, count);
    const victim = candidates[row];
    this.#pool.keepBest(scores, count, row);
    return victim;
  }

  /** How late the page is read again; if never, as late as can be, clean before dirty. */
  #distance(frame: Frame): number {
    const { blank, dirty, lastUsedAt } = this.#frames;
    if (blank[frame] === 1) return Number.POSITIVE_INFINITY;
    const next = this.#nextUse.next[lastUsedAt[frame]];
    if (next < this.#nextUse.referenceCount) return next;
    return dirty[frame] === 1 ? Number.MAX_VALUE : Number.POSITIVE_INFINITY;
  }

  onLoad(): void {}

  onReference(): void {}

  onFree(): void {}

  onInterval(): void {}
}

function checkOptions(options: Options): void {
  checkCandidateOptions(options, 'min-sampled');
  const { candidates, pool } = options;
  if (candidates > 0 && pool >= candidates) {
    throw new InputError(
      `a pool of ${pool} is part of a sample, here of ${candidates}`,
      'give more candidates than pool',
    );
  }
}
