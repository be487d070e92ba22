/* Options of a fitted policy that were chosen by what it costs: the values, and where they lead. */
import type { PolicyOptions } from '../engine/policy.ts';

/** A setting, and what it costs as a multiple of the first one. */
export interface TriedOptions {
  readonly options: PolicyOptions;
  readonly costRatio: number;
}

export interface TunedOptions {
  readonly chosen: PolicyOptions;
  /** In the order of the grid. */
  readonly tried: readonly TriedOptions[];
}

/** Chosen on other fingerprints than these. */
export interface TunedFold extends TunedOptions {
  readonly fingerprints: readonly string[];
}
