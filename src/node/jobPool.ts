/*
 * Jobs over worker threads (piscina, loaded only here), a long one of a policy by itself. Each
 * result comes back to whoever asked, so nothing depends on the order in which jobs end, nor on the
 * number of threads.
 */
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { EnvironmentError, InputError } from '../support/assert.ts';
import { sweptOnExit } from './atomicWrite.ts';
import { failureOf, type Job, type JobResult, runJob } from './job.ts';
import type { ThreadAnswer } from './jobThread.ts';
import { ThreadKeeper } from './threadKeeper.ts';

export interface JobPool {
  run<J extends Job>(job: J): Promise<JobResult<J>>;
  close(): Promise<void>;
}

export const defaultThreads = (): number => availableParallelism();

/**
 * A thread and the catalog in it take 100 ms of CPU. A policy by itself saves 4 to 7 ns a reference
 * (ten policies; cc1, gitlog and perl; zipf), so that two memory sizes of 10 million pay for one.
 */
const OWN_THREAD_REFERENCES = 10_000_000;

/** At most `threads` workers; none from sources, which Node 20 can't run in a thread. */
export async function openJobPool(threads: number): Promise<JobPool> {
  if (import.meta.url.endsWith('.ts')) {
    return {
      run: <J extends Job>(job: J) => runJob(job) as Promise<JobResult<J>>,
      close: () => Promise.resolve(),
    };
  }
  const { Piscina } = await import('piscina');
  const keeper = new ThreadKeeper<Job, ThreadAnswer>({
    count: threads,
    laneOf,
    start: () => {
      const filename = new URL('./jobThread.js', import.meta.url).href;
      const thread = new Piscina({ filename, minThreads: 1, maxThreads: 1 });
      return { run: (job) => thread.run(job), end: () => thread.destroy() };
    },
  });
  return {
    run: async <J extends Job>(job: J) => (await runInThread(keeper, job)) as JobResult<J>,
    close: () => keeper.close(),
  };
}

/** Whose thread a job wants for itself; undefined where it isn't worth one. */
export function laneOf(job: Job): string | undefined {
  if (job.kind === 'label' || job.references.pages.length < OWN_THREAD_REFERENCES) return undefined;
  return job.kind === 'policy' ? `policy ${job.policy}` : job.kind;
}

async function runInThread(
  keeper: ThreadKeeper<Job, ThreadAnswer>,
  job: Job,
): Promise<JobResult<Job>> {
  if (job.kind === 'label') {
    // The one kind of job that writes a file.
    const folder = dirname(job.request.output);
    return resultOf(await sweptOnExit(folder, () => keeper.run(job)));
  }
  let answer: ThreadAnswer;
  try {
    answer = await keeper.run(job);
  } catch (error) {
    // The thread died of it: no memory was left, for one.
    return failureOf(error);
  }
  return resultOf(answer);
}

function resultOf(answer: ThreadAnswer): JobResult<Job> {
  if (answer.kind === 'result') return answer.result;
  if (answer.kind === 'input') throw new InputError(answer.message, answer.hint);
  throw new EnvironmentError(answer.message, answer.hint);
}

/** The same string with columns that threads share instead of copying. */
export function shareReferences(references: ReferenceString): ReferenceString {
  const { pages, writes, sequences, signatures, kinds, uses, places, releases } = references;
  return {
    ...references,
    pages: new Uint32Array(share(pages)),
    writes: new Uint8Array(share(writes)),
    sequences: sequences && new Uint32Array(share(sequences)),
    signatures: signatures && new Uint32Array(share(signatures)),
    kinds: new Uint8Array(share(kinds)),
    uses: uses && new Uint8Array(share(uses)),
    places: places && {
      objects: new Uint32Array(share(places.objects)),
      indices: new Float64Array(share(places.indices)),
    },
    releases: releases && {
      ticks: new Int32Array(share(releases.ticks)),
      firstPage: new Int32Array(share(releases.firstPage)),
      pages: new Uint32Array(share(releases.pages)),
    },
  };
}

function share(column: Uint8Array | Int32Array | Uint32Array | Float64Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(column.byteLength);
  new Uint8Array(shared).set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  return shared;
}
