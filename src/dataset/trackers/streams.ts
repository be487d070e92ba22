/*
 * Where a page lies ahead if the program does again what it did before: when a page is visited that
 * was visited `lag` faults ago, what came after it then may come again now.
 *
 *   faults   ─────────── then ──────────────────────── now
 *   visits       a  b  c   │a   d  e  f …               a         lag: from a to a
 *                          └──── 2 faults ────► d       d is 2 faults ahead
 *
 * Of a page, its last visits are known: the first of them after `then` says how far it lies ahead.
 * One that was not used since is further away than the lag. The lags of the last returns are kept,
 * for a single one may be chance. (Temporal streams: Wenisch, Somogyi, Hardavellas, Kim, Ailamaki &
 * Falsafi, ISCA 2005, there to prefetch.)
 *
 * Short lags, of pages hardly gone, say nothing of what leaves memory and comes back: only those of
 * a quarter of a memory's worth of faults and more count. 64 bytes in all; by page nothing but what
 * visits keep: the last use, the gaps, and 4 bytes for the start of the last one.
 */
import type { Page } from '../../fingerprint/fingerprint.ts';
import type { FeatureContext, TrackerKind } from '../feature.ts';
import { FaultClock } from './faultClock.ts';
import { SampledVisits } from './sampledVisits.ts';
import { GAP_COUNT, UNKNOWN_MEMORIES, Visits } from './visits.ts';

/** Returns whose lags are kept. */
const LAG_COUNT = 8;
/** The least of a lag, in parts of a memory. */
const LAGS_PER_MEMORY = 4;

export class Streams {
  readonly #visits: Visits;
  readonly #clock: FaultClock;
  readonly #unknown: number;
  /** Of the last returns, as they came; 0: none yet. */
  readonly #lags = new Int32Array(LAG_COUNT);
  readonly #sorted = new Int32Array(LAG_COUNT);
  #next = 0;

  constructor(visits: Visits, clock: FaultClock, frameCount: number) {
    this.#visits = visits;
    this.#clock = clock;
    this.#unknown = UNKNOWN_MEMORIES * frameCount;
    const least = frameCount / LAGS_PER_MEMORY;
    visits.onReturn((gap) => {
      if (gap >= least) this.#onLag(gap);
    });
  }

  /** Faults from now to `page`, by the lag of the last return. */
  latest(page: Page): number {
    return this.#ahead(page, this.#lags[(this.#next + LAG_COUNT - 1) % LAG_COUNT]);
  }

  /** The same by the median of the lags that are kept: of a loop, its length. */
  median(page: Page): number {
    return this.#ahead(page, this.#sorted[LAG_COUNT / 2]);
  }

  /** The least by any lag that is kept. */
  soonest(page: Page): number {
    let least = this.#unknown;
    for (const lag of this.#lags) least = Math.min(least, this.#ahead(page, lag));
    return least;
  }

  #onLag(lag: number): void {
    this.#lags[this.#next] = lag;
    this.#next = (this.#next + 1) % LAG_COUNT;
    this.#sorted.set(this.#lags);
    this.#sorted.sort();
  }

  #ahead(page: Page, lag: number): number {
    if (lag === 0) return this.#unknown;
    const visits = this.#visits;
    const then = this.#clock.now - lag;
    let use = visits.lastUse[page];
    // It was idle even then, and will be for as long again.
    if (use <= then) return lag + then - use;
    let start = visits.visitStart[page];
    for (let i = 0; start > then; i++) {
      use = start;
      if (i === GAP_COUNT) break;
      start -= visits.gap(page, i);
    }
    return use - then;
  }
}

/** By every reference. */
export const streams: TrackerKind<Streams> = {
  create: (context) => streamsOf(context, context.track(Visits)),
};

/** By accessed bits. */
export const sampledStreams: TrackerKind<Streams> = {
  create: (context) => streamsOf(context, context.track(SampledVisits).visits),
};

function streamsOf(context: FeatureContext, visits: Visits): Streams {
  return new Streams(visits, context.track(FaultClock), context.frames.frameCount);
}
