/*
 * A feature: a number a kernel could know about a resident page when it looks for a victim. One
 * file of features/ each. Tables hold the raw values, in their unit; `scale` says how a learner and
 * a fitted policy see them. What must be remembered from one reference to the next is kept by
 * trackers, which several features of one run share.
 */
import type { Frame } from '../engine/frameTable.ts';
import type { Observation, PolicyContext } from '../engine/policy.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';

/**
 * log2: the learner sees log2(1 + value), for counts; per-memory: log2((1 + value) ÷ frames), for
 * times, so that they mean the same in every memory; linear: the value as it is.
 */
export const FEATURE_SCALES = ['log2', 'per-memory', 'linear'] as const;
export type FeatureScale = (typeof FEATURE_SCALES)[number];

export const FEATURE_UNITS = ['references', 'faults', 'count', 'bit', 'share'] as const;
export type FeatureUnit = (typeof FEATURE_UNITS)[number];

/** All that features may know: the context of a policy without the future. */
export interface FeatureContext
  extends Pick<
    PolicyContext,
    'frames' | 'pages' | 'random' | 'sequenceAt' | 'signatureAt' | 'writeAt'
  > {
  /** The tracker of this kind: the same for all features of a run. */
  track<T extends object>(kind: TrackerKind<T>): T;
}

/** Is told what happens to the pages in memory; those it was made with are told first. */
export interface Tracker {
  onLoad?(frame: Frame, tick: Tick): void;
  /** Only where every reference is observed. */
  onReference?(frame: Frame, tick: Tick): void;
  /** The page leaves; `pageOf` still names it. */
  onFree?(frame: Frame, tick: Tick): void;
  /** Called by `interval` of its kind. */
  onInterval?(tick: Tick): void;
}

/** Makes a tracker, or something that only trackers it is made with need to tell. */
export interface TrackerKind<T extends object> {
  /** References between two calls of `onInterval`; absent: never called. */
  readonly interval?: (frameCount: number) => number;
  create(context: FeatureContext): T;
}

/**
 * Writes the values of `candidates[0] … candidates[count − 1]`, occupied frames all, to
 * `out[offset] …`. Values are finite and not negative. `tick` is that of the reference that needs a
 * frame, so every page was last used before it.
 */
export interface FillColumn {
  (candidates: Int32Array, count: number, tick: Tick, out: Float32Array, offset: number): void;
  /** Where the values stand, if they are whole numbers in one column, or the times since them. */
  readonly whole?: WholeColumn;
}

/** So that who wants one value of many candidates need not ask for each column on its own. */
export interface WholeColumn {
  readonly column: Int32Array | Uint16Array | Uint8Array;
  /** What has a row in it. */
  readonly row: 'frame' | 'page';
  /** The value is the time by this clock since the number; absent: the number. */
  readonly since?: 'tick' | { readonly now: number };
}

export interface Feature {
  /** Column name in tables and models: letters and digits. */
  readonly id: string;
  readonly title: string;
  readonly unit: FeatureUnit;
  /** What a kernel must supply; a fitted policy declares the strongest of its features. */
  readonly observes: Exclude<Observation, 'future'>;
  readonly scale: FeatureScale;
  /** What keeping it costs a kernel, for each resident page. */
  readonly bytesPerPage: number;
  /** And for each page that has left and is remembered, see trackers/ghosts.ts; absent: nothing. */
  readonly bytesPerGhost?: number;
  /** Asks the hand-made policies of `tournament`, which cost what they cost there, once for all. */
  readonly asksExperts?: true;
  /** That of its tracker, if that has one. */
  readonly interval?: (frameCount: number) => number;
  create(context: FeatureContext): FillColumn;
}

/** Declares a feature; the file's export `feature`. */
export function defineFeature(feature: Feature): Feature {
  return feature;
}
