/** Policies on one reference string at several memory sizes: what each of them costs. */
import { costOf, type Prices } from '../engine/machine.ts';
import type { FaultCounts, Memory } from '../engine/memory.ts';
import { computeNextUse } from '../engine/nextUse.ts';
import type { PolicyOptions, PolicySpec, Tallies } from '../engine/policy.ts';
import {
  DEMAND_PAGING,
  type Prefetching,
  type ReadAhead,
  type ReadAheadCounts,
  readAheadOf,
} from '../engine/readAhead.ts';
import { type Run, replayThrough, type Toucher } from '../engine/replay.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { type PrefetchWorth, prefetchWorth } from './prefetchWorth.ts';

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
  /** Pages read ahead cost what page-ins cost. */
  readonly cost: number;
  readonly prefetches?: ReadAheadCounts & PrefetchWorth;
  /** What the policy did, by rule; of those that tell. */
  readonly rules?: Tallies;
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
  readonly prefetching?: Prefetching | undefined;
  /** Stands between each run and its memory, which it touches through the inner one. */
  readonly record?: ((memory: Memory, inner: Toucher) => Toucher) | undefined;
  /** Called with the memory of each run when it has ended. */
  readonly onEnd?: ((memory: Memory) => void) | undefined;
}

/** A row a size and policy, size by size. */
export function simulatePolicies(
  references: ReferenceString,
  { policies, sizes, prices, seed, prefetching, record, onEnd }: Simulation,
): SimulationRow[] {
  const needsFuture = policies.some(({ spec }) => spec.observes === 'future');
  const nextUse = needsFuture ? computeNextUse(references) : undefined;
  return sizes.flatMap(({ frames, usedFrames, belowFilter }) =>
    policies.map(({ label, spec, options }) => {
      const run = { frameCount: usedFrames, policy: spec, options, seed, nextUse };
      const told = runOnce(references, run, { prefetching, record, onEnd });
      const { counts, prefetches, rules } = told;
      const { issued = 0 } = prefetches ?? {};
      const pageOuts = counts.pageOuts + (prices.chargeFinal ? counts.dirtyAtEnd : 0);
      return {
        policy: label,
        frames,
        ...counts,
        pageOuts,
        cost: costOf({ ...counts, pageIns: counts.pageIns + issued }, prices),
        ...(prefetches !== undefined && { prefetches }),
        ...(rules !== undefined && { rules }),
        ...(belowFilter !== undefined && { belowFilter }),
      };
    }),
  );
}

function runOnce(
  references: ReferenceString,
  run: Run,
  { prefetching, record, onEnd }: Pick<Simulation, 'prefetching' | 'record' | 'onEnd'>,
): Pick<SimulationRow, 'prefetches' | 'rules'> & { readonly counts: FaultCounts } {
  let readAhead: ReadAhead | undefined;
  // Nobody stands between where nobody has to: that loop is the fast one.
  const isPlain = (prefetching ?? record) === undefined;
  const memory = isPlain
    ? replayThrough(references, run)
    : replayThrough(references, run, (started) => {
        readAhead = readAheadOf(references, started, run.policy, prefetching ?? DEMAND_PAGING);
        return record?.(started, readAhead) ?? readAhead;
      });
  onEnd?.(memory);
  const counts = memory.counts(references.pages.length);
  const rules = memory.tallies();
  const told = { counts, ...(rules !== undefined && { rules }) };
  if (prefetching === undefined || readAhead === undefined) return told;
  const prefetches = readAhead.counts();
  return { ...told, prefetches: { ...prefetches, ...prefetchWorth(prefetches, counts.pageIns) } };
}
