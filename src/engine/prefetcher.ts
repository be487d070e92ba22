/*
 * What a prefetcher is: it is told of page-ins, and of the first uses of pages read ahead, and asks
 * for pages that it expects to be used. What is read, and what leaves for it, is not its business:
 * a page that is resident, or has nothing on disk, or finds no room, is not read.
 */
import type { Page, PageFacts, Sequence, Tick } from '../fingerprint/fingerprint.ts';
import type { Neighbourhood, Places } from './neighbourhood.ts';

export interface Prefetcher {
  /** Called once, before the first reference. */
  onStart?(): void;
  /**
   * The reference at `tick` had to read `page`, which is resident now. `isCall`: it was a read() of
   * a file, not an access through a map.
   */
  onPageIn(page: Page, tick: Tick, isCall: boolean): void;
  /** `page`, read ahead, was used for the first time at `tick`. */
  onFirstUse(page: Page, tick: Tick, isCall: boolean): void;
}

export type PrefetcherOptions = Readonly<Record<string, number>>;

/** Pages by the object they lie in and their index there, from an earlier run. */
export interface PrefetchProfile {
  readonly objects: Uint32Array;
  /** In pages. */
  readonly indices: Float64Array;
}

export interface PrefetchContext {
  readonly pages: PageFacts;
  /** Pages beside each other in a file, in shared memory, in a map of a process. */
  readonly places: Places;
  /** Pages beside each other in swap; undefined where nobody keeps slots. */
  readonly slots: Neighbourhood | undefined;
  /** For those who need one. */
  readonly profile: PrefetchProfile | undefined;
  isResident(page: Page): boolean;
  /** Who made the reference at `tick`, which is not after the present one. */
  sequenceAt(tick: Tick): Sequence;
  /**
   * Asks for a page, and returns whether it was read. NONE, for a place where nobody ever uses a
   * page, is counted and not read.
   */
  ask(page: Page): boolean;
}

export interface PrefetcherSpec<Options extends PrefetcherOptions = PrefetcherOptions> {
  /** Lower case with dashes; pins one variant. Command line, reports. */
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Is of no use without a profile: `replay:FILE`. */
  readonly needsProfile?: true;
  /** Never asks for a page: a run with it is one without any. */
  readonly asksNothing?: true;
  /** Numbers a user may change: `--prefetch next-n:n=4`. */
  readonly defaults: Options;
  create(context: PrefetchContext, options: Options): Prefetcher;
}

/**
 * Pages that one occasion may ask for, at most: 16 MiB of usual pages. Each place is looked at,
 * whether there is room or not, so more would only make runs long.
 */
export const DEGREE_MAX = 4096;

/** Declares a prefetcher; the file's export `prefetcher`. */
export function definePrefetcher<const Options extends PrefetcherOptions>(
  spec: PrefetcherSpec<{ [K in keyof Options]: number }> & { readonly defaults: Options },
): PrefetcherSpec {
  // Whoever creates one overlays its own defaults by numbers, so the names are there.
  return spec as unknown as PrefetcherSpec;
}
