/** Policies on one reference string at several memory sizes: what each of them costs. */
import { costOf, type Prices } from '../engine/machine.ts';
import type { FaultCounts } from '../engine/memory.ts';
import { computeNextUse } from '../engine/nextUse.ts';
import type { PolicyOptions, PolicySpec } from '../engine/policy.ts';
import { replay } from '../engine/replay.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';

/** A policy with options, as the user named it. */
export interface NamedPolicy {
  readonly label: string;
  readonly spec: PolicySpec;
  readonly options: PolicyOptions;
}

/** The counts of a run; `pageOuts` includes the dirty pages at the end if they are charged. */
export interface SimulationRow extends FaultCounts {
  readonly policy: string;
  readonly frames: number;
  readonly cost: number;
  /** The frames from which on the capture is right, where `frames` is fewer. */
  readonly belowFilter?: number;
}

export interface Simulation {
  readonly policies: readonly NamedPolicy[];
  /** `usedFrames`: frames to run with where the rest would stay empty; `frames` is reported. */
  readonly sizes: readonly {
    readonly frames: number;
    readonly usedFrames: number;
    readonly belowFilter?: number;
  }[];
  readonly prices: Prices;
  readonly seed: number;
}

/** A row a size and policy, size by size. */
export function simulatePolicies(
  references: ReferenceString,
  { policies, sizes, prices, seed }: Simulation,
): SimulationRow[] {
  const needsFuture = policies.some(({ spec }) => spec.observes === 'future');
  const nextUse = needsFuture ? computeNextUse(references) : undefined;
  return sizes.flatMap(({ frames, usedFrames, belowFilter }) =>
    policies.map(({ label, spec, options }) => {
      const run = { frameCount: usedFrames, policy: spec, options, seed, nextUse };
      const counts = replay(references, run);
      const pageOuts = counts.pageOuts + (prices.chargeFinal ? counts.dirtyAtEnd : 0);
      return {
        policy: label,
        frames,
        ...counts,
        pageOuts,
        cost: costOf(counts, prices),
        ...(belowFilter !== undefined && { belowFilter }),
      };
    }),
  );
}
