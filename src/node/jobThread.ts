/*
 * The other side of a pool's thread: takes a job, returns its result. Errors keep no class between
 * threads, so those that a user can mend go back as plain data.
 */
import { EnvironmentError, InputError } from '../support/assert.ts';
import { type Job, type JobResult, runJob } from './job.ts';

export type ThreadAnswer =
  | { readonly kind: 'result'; readonly result: JobResult<Job> }
  | { readonly kind: 'input' | 'environment'; readonly message: string; readonly hint: string };

export default async (job: Job): Promise<ThreadAnswer> => {
  try {
    return { kind: 'result', result: await runJob(job) };
  } catch (error) {
    if (error instanceof InputError) {
      return { kind: 'input', message: error.message, hint: error.hint };
    }
    if (error instanceof EnvironmentError) {
      return { kind: 'environment', message: error.message, hint: error.hint };
    }
    throw error;
  }
};
