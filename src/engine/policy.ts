/*
 * What a replacement policy is: five methods over the frame table, and a declaration of what it
 * needs to see. Choosing a victim and forgetting it are apart, so that a recorder may ask "whom
 * would you evict?" and an exit may free a frame nobody chose.
 */
import type { Page, PageFacts, Sequence, Tick } from '../fingerprint/fingerprint.ts';
import type { Random } from '../support/random.ts';
import type { Frame, FrameTable } from './frameTable.ts';
import type { NextUse } from './nextUse.ts';

/**
 * What a kernel would have to supply, weakest first; a policy may use its class and all before it.
 *   faults           pageOf, loadedAt, ahead, the page wanted, and who wants it
 *   reference-bits   referenced, dirty, blank, and soft faults on pages the policy has unmapped
 *   every-reference  lastUsedAt, useCount, and a call at each reference
 *   future           nextUse
 */
export const OBSERVATIONS = ['faults', 'reference-bits', 'every-reference', 'future'] as const;
export type Observation = (typeof OBSERVATIONS)[number];

/** Of several observations, the one that includes all the others. */
export function strongestObservation(observations: readonly Observation[]): Observation {
  return observations.reduce(
    (a, b) => (OBSERVATIONS.indexOf(a) >= OBSERVATIONS.indexOf(b) ? a : b),
    'faults',
  );
}

export interface ReplacementPolicy {
  /**
   * `frame` now holds `frames.pageOf[frame]`, brought in by the reference at `tick`; or, where
   * `frames.ahead[frame]` is 1, read ahead on that occasion: several such pages may have one tick,
   * and the page is neither referenced nor mapped until its first use.
   */
  onLoad(frame: Frame, tick: Tick): void;
  /** A resident page was used; called only for policies that observe every reference. */
  onReference(frame: Frame, tick: Tick): void;
  /**
   * The frame to give to `wanted`, which may be about to be read ahead; every frame is occupied.
   * May move hands, forgets nothing yet.
   */
  chooseVictim(wanted: Page, tick: Tick): Frame;
  /** The page left, evicted or released by an exit; `pageOf` still names it. */
  onFree(frame: Frame, tick: Tick): void;
  /** Called before every reference whose tick is a multiple of the spec's interval. */
  onInterval(tick: Tick): void;
  /**
   * A page that was not mapped was used, and now is: this policy had unmapped it, or it had been
   * read ahead. Called instead of onReference, by which alone others learn of it.
   */
  onSoftFault?(frame: Frame, tick: Tick): void;
  /** What it did so far, by rule: which rule chose how many victims, and the like. For reports. */
  tallies?(): Tallies;
}

/** Counts by name, in the words of the policy. */
export type Tallies = Readonly<Record<string, number>>;

/** What a policy may do besides naming a victim. Not from within `chooseVictim` or `onFree`. */
export interface Pager {
  /** Frames that hold no page. */
  readonly freeCount: number;
  /** The page leaves now, written if it is dirty; `onFree` is called. Not the page just loaded. */
  evict(frame: Frame, tick: Tick): void;
  /** Writes a dirty page, a page-out, and keeps it. */
  clean(frame: Frame): void;
  /** Whether such a write is on its way; whoever takes the frame then waits for it. Takes time in
   * elastic runs only. */
  isWriting(frame: Frame): boolean;
  /** Keeps the page where it is; its next use is a soft fault and calls `onSoftFault`. */
  unmap(frame: Frame): void;
  isMapped(frame: Frame): boolean;
}

/**
 * Numbers read, written, compared or worked out, as counted in our code, in the usual case: right
 * to a factor of two. A move in a list is 9, an insertion 5. What every policy needs is not in it:
 * the page table, the bits that hardware sets.
 */
export interface Operations {
  readonly perReference: number;
  readonly perEviction: number;
  /** And for each frame, at an eviction; absent: it does not look at all of them. */
  readonly perEvictionAndFrame?: number;
  /** And for each frame of a sample; absent: it draws none. */
  readonly sample?: SampleOperations;
}

/** A memory of no more frames than the sample is looked at as a whole, and nothing is drawn. */
export interface SampleOperations {
  readonly frames: number;
  readonly perFrame: number;
  readonly perDraw: number;
}

/** What an implementation of the idea needs at least, not what ours takes for its speed. */
export interface PolicyCost {
  readonly bytesPerFrame: number;
  /** Of history kept for a page that has left; absent: none is kept. */
  readonly bytesPerGhost?: number;
  /** Pages that have left and are remembered, at most, as a multiple of the frames. */
  readonly ghostsPerFrame?: number;
  /** In words, like `a bit, set by hardware` or `one move in a list`. */
  readonly perReference: string;
  readonly perEviction: string;
  /** The same in numbers; absent: nobody has counted. */
  readonly operations?: Operations;
}

export type PolicyOptions = Readonly<Record<string, number>>;

export interface PolicyContext {
  readonly frames: FrameTable;
  readonly pageCount: number;
  /** Seeded; the only randomness there is. */
  readonly random: Random;
  /** The future, for those who declare that they observe it. */
  readonly nextUse: NextUse | undefined;
  readonly pager: Pager;
  /**
   * What is known of the pages, a row a page. In an elastic run with maps a page comes to be known
   * with its first use, so look when it is loaded.
   */
  readonly pages: PageFacts;
  /** Who made the reference at `tick`, which is not after the present one. */
  sequenceAt(tick: Tick): Sequence;
  /** A hash of the instruction that made it; 0: unknown. */
  signatureAt(tick: Tick): number;
  /** 1 when it wrote: for memories in a policy's shadow, whose pages are dirty by it. */
  writeAt(tick: Tick): number;
}

export interface PolicySpec<Options extends PolicyOptions = PolicyOptions> {
  /** Lower case with dashes; pins one variant. Command line, reports, files. */
  readonly id: string;
  readonly title: string;
  /** The paper. */
  readonly source: string;
  readonly observes: Observation;
  /**
   * Whether it looks at `lastUsedAt` and `useCount`, which else are not kept. Absent: where what it
   * observes lets it.
   */
  readonly readsHistory?: boolean;
  /** References between two calls of `onInterval`; absent: never called. */
  readonly interval?: (frameCount: number, options: Options) => number;
  /** Claims to be a stack algorithm: more frames never cost a page-in. */
  readonly inclusion?: true;
  /** Uses the pager: may evict before memory is full, and can't be another policy's shadow. */
  readonly usesPager?: true;
  /** May be asked for victims while frames are free: it keeps one order of what is resident. */
  readonly choosesWhenever?: true;
  /** Takes each load for the reference at its tick, so that nothing can be read ahead for it. */
  readonly demandOnly?: true;
  /** Absent: nobody has worked it out. */
  readonly cost?: PolicyCost;
  /** Numbers a user may change: `--policy aging:interval=1000`. */
  readonly defaults: Options;
  create(context: PolicyContext, options: Options): ReplacementPolicy;
}

/** Declares a policy; the file's export `policy`. */
export function definePolicy<const Options extends PolicyOptions>(
  spec: PolicySpec<{ [K in keyof Options]: number }> & { readonly defaults: Options },
): PolicySpec {
  // The catalog hands every policy its own defaults overlaid by numbers, so the names are there.
  return spec as unknown as PolicySpec;
}
