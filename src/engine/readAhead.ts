/*
 * Prefetchers at work on a memory. Whoever drives a run tells what happened at a reference that was
 * no hit; what the prefetchers then ask for is read while there is room:
 *
 *   page-in, first use ──► prefetcher ──ask(page)──► Memory.prefetch: free frames, then victims
 *
 * On one occasion no more than `evictionsMax` pages make room, and never all frames, so that under
 * LRU the page that was wanted stays. Hits cost nothing: nobody is told of them.
 */
import type {
  Page,
  PageFacts,
  ReferenceString,
  Sequence,
  Tick,
} from '../fingerprint/fingerprint.ts';
import { assert, InputError } from '../support/assert.ts';
import { NONE } from './frameTable.ts';
import type { Memory, PrefetchCounts } from './memory.ts';
import { type Neighbourhood, type Places, PlacesOfPages } from './neighbourhood.ts';
import type { PolicySpec } from './policy.ts';
import type {
  PrefetchContext,
  Prefetcher,
  PrefetcherOptions,
  PrefetcherSpec,
  PrefetchProfile,
} from './prefetcher.ts';
import type { Toucher } from './replay.ts';

/** A prefetcher with options, as the user named it. */
export interface NamedPrefetcher {
  readonly spec: PrefetcherSpec;
  /** Laid over the spec's defaults. */
  readonly options: PrefetcherOptions;
  readonly profile?: PrefetchProfile | undefined;
}

export interface Prefetching {
  /** Each is told of everything; what they ask for is read in this order. */
  readonly prefetchers: readonly NamedPrefetcher[];
  /** Pages that may make room on one occasion. */
  readonly evictionsMax: number;
}

export const DEMAND_PAGING: Prefetching = { prefetchers: [], evictionsMax: 0 };

/** As much as Linux reads ahead of a file at once. */
export const EVICTIONS_MAX = 32;

export interface ReadAheadCounts extends PrefetchCounts {
  /** Asked for where nobody ever uses a page. A kernel would have read them, to no use. */
  readonly absent: number;
}

export interface ReadAheadFacts {
  readonly pages: PageFacts;
  readonly sequenceAt: (tick: Tick) => Sequence;
  /** Absent: as `pages` has them. */
  readonly places?: Places;
  /** Absent: nobody keeps any. */
  readonly slots?: Neighbourhood;
  /** A policy that looks into the future is told the next use of pages read ahead, too. */
  readonly isForeseen?: boolean;
  /** Asked before a page makes room; absent: any may. */
  readonly mayEvict?: () => boolean;
}

/** The prefetchers of a replay of `references`. */
export function readAheadOf(
  references: ReferenceString,
  memory: Memory,
  policy: PolicySpec,
  prefetching: Prefetching,
): ReadAhead {
  const { sequences } = references;
  const sequenceAt = (tick: Tick): Sequence => (sequences === undefined ? 0 : sequences[tick]);
  return new ReadAhead(memory, policy, { pages: references, sequenceAt }, prefetching);
}

export class ReadAhead implements Toucher {
  readonly #memory: Memory;
  readonly #prefetchers: readonly Prefetcher[];
  readonly #evictionsMax: number;
  readonly #mayEvict: () => boolean;
  #tick: Tick = 0;
  /** Pages that may still make room on this occasion. */
  #evictionsLeft = 0;
  #absent = 0;

  constructor(
    memory: Memory,
    policy: PolicySpec,
    facts: ReadAheadFacts,
    { prefetchers, evictionsMax }: Prefetching,
  ) {
    assert(Number.isInteger(evictionsMax) && evictionsMax >= 0, 'evictions are counted');
    const asking = prefetchers.filter(({ spec }) => spec.asksNothing !== true);
    const isBlind = policy.observes === 'future' && facts.isForeseen !== true;
    if ((policy.demandOnly === true || isBlind) && asking.length > 0) {
      throw new InputError(
        `${policy.id} takes each page that comes for one that is wanted, so none is read ahead.`,
        'give --prefetch none, or name another policy, one that does not look into the future',
      );
    }
    const { pages, sequenceAt, slots, places = new PlacesOfPages(pages) } = facts;
    this.#memory = memory;
    this.#mayEvict = facts.mayEvict ?? (() => true);
    this.#evictionsMax = Math.min(evictionsMax, memory.frames.frameCount - 1);
    const isResident = (page: Page): boolean => memory.frameOf(page) !== NONE;
    const shared = { pages, slots, sequenceAt, isResident, places };
    const ask = (page: Page): boolean => this.#ask(page);
    this.#prefetchers = asking.map(({ spec, options, profile }) => {
      const context: PrefetchContext = { ...shared, profile, ask };
      return spec.create(context, { ...spec.defaults, ...options });
    });
  }

  start(): void {
    this.#evictionsLeft = 0;
    for (const prefetcher of this.#prefetchers) prefetcher.onStart?.();
  }

  /** The reference at `tick` had to read `page`. */
  onPageIn(page: Page, tick: Tick, isCall = false): void {
    this.#begin(tick);
    for (const prefetcher of this.#prefetchers) prefetcher.onPageIn(page, tick, isCall);
  }

  /** The reference at `tick` was the first use of `page`, read ahead. */
  onFirstUse(page: Page, tick: Tick, isCall = false): void {
    this.#begin(tick);
    for (const prefetcher of this.#prefetchers) prefetcher.onFirstUse(page, tick, isCall);
  }

  /** `Memory.touch`, and what is read ahead because of it. */
  touch(page: Page, write: number, tick: Tick): void {
    const memory = this.#memory;
    const { pageIns, usefulPrefetches } = memory;
    memory.touch(page, write, tick);
    this.follow(page, tick, { pageIns, usefulPrefetches });
  }

  /** What is read ahead because of the reference at `tick`, which is over; `before`: before it. */
  follow(page: Page, tick: Tick, before: Pick<Memory, 'pageIns' | 'usefulPrefetches'>): void {
    const { pageIns, usefulPrefetches } = this.#memory;
    if (pageIns > before.pageIns) this.onPageIn(page, tick);
    else if (usefulPrefetches > before.usefulPrefetches) this.onFirstUse(page, tick);
  }

  counts(): ReadAheadCounts {
    return { ...this.#memory.prefetchCounts(), absent: this.#absent };
  }

  #begin(tick: Tick): void {
    this.#tick = tick;
    this.#evictionsLeft = this.#evictionsMax;
  }

  #ask(page: Page): boolean {
    if (page === NONE) {
      this.#absent++;
      return false;
    }
    const memory = this.#memory;
    const isFull = memory.freeCount === 0;
    const wasRead = memory.prefetch(page, this.#tick, this.#evictionsLeft > 0 && this.#mayEvict());
    if (wasRead && isFull) this.#evictionsLeft--;
    return wasRead;
  }
}
