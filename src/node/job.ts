/*
 * The unit of work for a thread: one policy or the optimum on one fingerprint at one memory size,
 * or the labelling of one fingerprint. A job is plain data, but for reference strings, whose
 * columns threads share; it does not depend on any other job, nor on which thread runs it.
 *
 * A mistake in what was asked for, such as an option there is not, would be one in every job: it is
 * thrown. What goes wrong in a replay or a solver is the failure of that cell, and is returned.
 */
import type { Prices } from '../engine/machine.ts';
import type { FaultCounts } from '../engine/memory.ts';
import type { Observation } from '../engine/policy.ts';
import { replay } from '../engine/replay.ts';
import { countsFrom } from '../evaluation/part.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { computeOptimum, type Effort, type Optimum } from '../optimal/optimum.ts';
import { InputError } from '../support/assert.ts';
import type { WrittenDecisions } from './decisionFile.ts';
import { type LabelRequest, labelFiles } from './labelFiles.ts';
import { resolveNamedPolicy } from './namedPolicy.ts';
import type { SavedOptimum } from './planFile.ts';

export interface PolicyJob {
  readonly kind: 'policy';
  readonly references: ReferenceString;
  /** As on the command line: an id with options, `model:FILE`, `plan:FILE` or a module's path. */
  readonly policy: string;
  readonly frameCount: number;
  readonly seed: number;
  /** Counts are those from this reference on; absent: all. */
  readonly from?: number | undefined;
}

export interface PolicyResult {
  readonly observes: Observation;
  readonly counts: FaultCounts;
}

/** A cell that has no result, and why, in one line that is the same on every machine. */
export interface Failure {
  readonly failed: string;
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
  ? PolicyResult | Failure
  : J extends OptimumJob
    ? Optimum | Failure
    : WrittenDecisions;

export function runJob(job: Job): Promise<JobResult<Job>> {
  if (job.kind === 'policy') return runPolicy(job);
  if (job.kind === 'optimum') return runOptimum(job);
  return labelFiles({ ...job.request, onDone: () => {} });
}

async function runPolicy(job: PolicyJob): Promise<PolicyResult | Failure> {
  const { references, frameCount, seed, from } = job;
  const { spec: policy, options } = await resolveNamedPolicy(job.policy);
  try {
    const run = { frameCount, policy, options, seed };
    const counts = from === undefined ? replay(references, run) : countsFrom(references, run, from);
    return { observes: policy.observes, counts };
  } catch (error) {
    return failureOf(error);
  }
}

async function runOptimum(job: OptimumJob): Promise<Optimum | Failure> {
  const { references, frameCount, prices, effort, known } = job;
  try {
    return await computeOptimum(references, {
      frameCount,
      prices,
      effort,
      ...(known !== undefined && { known }),
    });
  } catch (error) {
    // What was known is wrong: a file of the user's.
    if (error instanceof InputError) throw error;
    return failureOf(error);
  }
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { failed: String(error) };
  const text = error instanceof InputError ? error.message : `${error.name}: ${error.message}`;
  return { failed: text.replaceAll(/\s*[\r\n]+\s*/g, ' ') };
}
