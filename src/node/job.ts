/*
 * The unit of work for a thread: one policy or the optimum on one fingerprint at several memory
 * sizes, or the labelling of one fingerprint. A job is plain data, but for reference strings, whose
 * columns are shared between threads; it does not depend on any other job, nor on which thread runs
 * it.
 */
import type { Prices } from '../engine/machine.ts';
import type { FaultCounts } from '../engine/memory.ts';
import { computeNextUse } from '../engine/nextUse.ts';
import type { Observation } from '../engine/policy.ts';
import { replay } from '../engine/replay.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { computeOptimum, type Effort, type Optimum } from '../optimal/optimum.ts';
import type { WrittenDecisions } from './decisionFile.ts';
import { type LabelRequest, labelFiles } from './labelFiles.ts';
import { resolveNamedPolicy } from './namedPolicy.ts';
import type { SavedOptimum } from './planFile.ts';

export interface PolicyJob {
  readonly kind: 'policy';
  readonly references: ReferenceString;
  /** As on the command line: an id with options, `model:FILE`, `plan:FILE` or a module's path. */
  readonly policy: string;
  readonly frames: readonly number[];
  readonly seed: number;
}

/** Counts at each memory size, and what the policy observes. */
export interface PolicyResult {
  readonly observes: Observation;
  readonly counts: readonly FaultCounts[];
}

export interface OptimumJob {
  readonly kind: 'optimum';
  readonly references: ReferenceString;
  readonly frameCount: number;
  readonly prices: Prices;
  readonly effort: Effort;
  /** From an earlier run; checked, and then nothing else is tried. */
  readonly known: Pick<SavedOptimum, 'certificate' | 'plan'> | undefined;
}

export interface LabelJob {
  readonly kind: 'label';
  readonly request: Omit<LabelRequest, 'onDone'>;
}

export type Job = PolicyJob | OptimumJob | LabelJob;

export type JobResult<J extends Job> = J extends PolicyJob
  ? PolicyResult
  : J extends OptimumJob
    ? Optimum
    : WrittenDecisions;

export function runJob(job: Job): Promise<PolicyResult | Optimum | WrittenDecisions> {
  if (job.kind === 'policy') return runPolicy(job);
  if (job.kind === 'optimum') return runOptimum(job);
  return labelFiles({ ...job.request, onDone: () => {} });
}

async function runPolicy({ references, policy, frames, seed }: PolicyJob): Promise<PolicyResult> {
  const { spec, options } = await resolveNamedPolicy(policy);
  const nextUse = spec.observes === 'future' ? computeNextUse(references) : undefined;
  const counts = frames.map((frameCount) =>
    replay(references, { frameCount, policy: spec, options, seed, nextUse }),
  );
  return { observes: spec.observes, counts };
}

function runOptimum(job: OptimumJob): Promise<Optimum> {
  const { references, frameCount, prices, effort, known } = job;
  return computeOptimum(references, {
    frameCount,
    prices,
    effort,
    ...(known !== undefined && { known }),
  });
}
