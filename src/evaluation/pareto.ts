/*
 * How good policies are beside what they cost to run: operations at each reference and at each
 * eviction, bytes for each page in memory with its share of history. A policy is on the front when
 * no other closes as much for as little of all three, and one of the four is better there.
 */
import type { PolicyCost, SampleOperations } from '../engine/policy.ts';
import type { PolicyClosed } from './closedStatistics.ts';

export interface ParetoRow
  extends Pick<PolicyClosed, 'policy' | 'closedPercent' | 'minGapPercent'> {
  /** As counted by hand (Operations); null: nobody has. */
  readonly operationsPerEviction: number | null;
  readonly operationsPerReference: number | null;
  readonly bytesPerPage: number | null;
  /** Null where something is not known. */
  readonly isOnFront: boolean | null;
}

export interface RunningCost {
  readonly operationsPerEviction: number;
  readonly operationsPerReference: number;
  readonly bytesPerPage: number;
}

/** What it costs in a memory of so many frames; undefined where nobody has counted. */
export function runningCost(cost: PolicyCost, frames: number): RunningCost | undefined {
  const { operations, bytesPerFrame, bytesPerGhost = 0, ghostsPerFrame = 1 } = cost;
  if (operations === undefined) return undefined;
  const { perReference, perEviction, perEvictionAndFrame = 0, sample } = operations;
  return {
    operationsPerEviction: perEviction + perEvictionAndFrame * frames + ofSample(sample, frames),
    operationsPerReference: perReference,
    bytesPerPage: bytesPerFrame + bytesPerGhost * ghostsPerFrame,
  };
}

function ofSample(sample: SampleOperations | undefined, frames: number): number {
  if (sample === undefined) return 0;
  if (frames <= sample.frames) return frames * sample.perFrame;
  return sample.frames * (sample.perFrame + sample.perDraw);
}

/** Policies that do not know the future, in the order given. */
export function paretoRows(
  policies: readonly PolicyClosed[],
  costs: ReadonlyMap<string, RunningCost>,
): ParetoRow[] {
  const possible = policies.filter(({ observes }) => observes !== 'future');
  return possible.map(({ policy, closedPercent, minGapPercent }) => {
    const own = pointOf(policy, closedPercent, costs);
    const others = possible.map((other) => pointOf(other.policy, other.closedPercent, costs));
    const cost = costs.get(policy);
    return {
      policy,
      closedPercent,
      minGapPercent,
      operationsPerEviction: cost?.operationsPerEviction ?? null,
      operationsPerReference: cost?.operationsPerReference ?? null,
      bytesPerPage: cost?.bytesPerPage ?? null,
      isOnFront: own && !others.some((other) => other !== null && isBetter(other, own)),
    };
  });
}

/** The less the better, each. */
function pointOf(
  policy: string,
  closedPercent: number | null,
  costs: ReadonlyMap<string, RunningCost>,
): readonly number[] | null {
  const cost = costs.get(policy);
  if (cost === undefined || closedPercent === null) return null;
  return [
    -closedPercent,
    cost.operationsPerEviction,
    cost.operationsPerReference,
    cost.bytesPerPage,
  ];
}

function isBetter(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value <= b[i]) && a.some((value, i) => value < b[i]);
}
