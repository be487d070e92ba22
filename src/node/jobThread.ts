/** The other side of a pool's thread: takes a job, returns its result. */
import { type Job, runJob } from './job.ts';

export default (job: Job): Promise<unknown> => runJob(job);
