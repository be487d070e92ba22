/*
 * Jobs over worker threads (piscina, loaded only here). Each result comes back to whoever asked, so
 * nothing depends on the order in which jobs end, nor on the number of threads.
 */
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { EnvironmentError, InputError } from '../support/assert.ts';
import { sweptOnExit } from './atomicWrite.ts';
import { type Job, type JobResult, runJob } from './job.ts';
import type { ThreadAnswer } from './jobThread.ts';

export interface JobPool {
  run<J extends Job>(job: J): Promise<JobResult<J>>;
  close(): Promise<void>;
}

export const defaultThreads = (): number => availableParallelism();

/** `threads` workers; with 1, or from sources that Node 20 can't run in a thread, none at all. */
export async function openJobPool(threads: number): Promise<JobPool> {
  if (threads <= 1 || import.meta.url.endsWith('.ts')) {
    return {
      run: <J extends Job>(job: J) => runJob(job) as Promise<JobResult<J>>,
      close: () => Promise.resolve(),
    };
  }
  const { Piscina } = await import('piscina');
  const pool = new Piscina({
    filename: new URL('./jobThread.js', import.meta.url).href,
    maxThreads: threads,
  });
  const runInThread = async (job: Job) => resultOf((await pool.run(job)) as ThreadAnswer);
  return {
    run: async <J extends Job>(job: J) => {
      // The one kind of job that writes a file.
      const result =
        job.kind === 'label'
          ? await sweptOnExit(dirname(job.request.output), () => runInThread(job))
          : await runInThread(job);
      return result as JobResult<J>;
    },
    close: () => pool.destroy(),
  };
}

function resultOf(answer: ThreadAnswer): unknown {
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
