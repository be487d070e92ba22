/*
 * A feature: a number a kernel could know about a resident page when it looks for a victim. One
 * file of features/ each. Tables hold the raw values, in their unit; `scale` says how a learner and
 * a fitted policy see them.
 */
import type { FrameTable } from '../engine/frameTable.ts';
import type { Observation } from '../engine/policy.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';

/** log2: the learner sees log2(1 + value), for times and counts; linear: the value as it is. */
export type FeatureScale = 'log2' | 'linear';

export interface Feature {
  /** Column name in tables and models: letters and digits. */
  readonly id: string;
  readonly title: string;
  readonly unit: 'references' | 'count' | 'bit';
  /** What a kernel must supply; a fitted policy declares the strongest of its features. */
  readonly observes: Observation;
  readonly scale: FeatureScale;
  /** What keeping it costs a kernel, for each resident page. */
  readonly bytesPerPage: number;
  /**
   * Writes the values of `candidates[0] … candidates[count − 1]`, occupied frames all, to
   * `out[offset] …`. Values are finite and not negative. `tick` is that of the reference that
   * needs a frame, so every page was last used before it.
   */
  fill(
    frames: FrameTable,
    candidates: Int32Array,
    count: number,
    tick: Tick,
    out: Float32Array,
    offset: number,
  ): void;
}

/** Declares a feature; the file's export `feature`. */
export function defineFeature(feature: Feature): Feature {
  return feature;
}
