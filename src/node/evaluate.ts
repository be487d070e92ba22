/*
 * Policies beside the optimum, on fingerprints at several memory sizes: the gap table. Every cell
 * is a job of its own; what a store holds already is not run again.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prices } from '../engine/machine.ts';
import { type EvaluationRow, evaluationRow, residentFrames } from '../evaluation/evaluation.ts';
import { framesOn } from '../evaluation/filterLimit.ts';
import { type FrameSize, frameSizeText } from '../evaluation/frameSizes.ts';
import { linearize } from '../fingerprint/linearize.ts';
import { lruFaultCurve } from '../optimal/faultCurve.ts';
import type { Effort, Optimum } from '../optimal/optimum.ts';
import { InputError } from '../support/assert.ts';
import { readFingerprint } from './fingerprintFile.ts';
import type { PolicyResult } from './job.ts';
import { type JobPool, shareReferences } from './jobPool.ts';
import { readPlan, writePlan } from './planFile.ts';
import { keyOf, policyIdentity, type ResultStore } from './resultStore.ts';

/** A line of the table: the same label everywhere, perhaps another policy on each fingerprint. */
export interface PolicyLine {
  readonly label: string;
  /** As on the command line, for the fingerprint of this name. */
  policyFor(fingerprint: string): string;
}

export interface EvaluateRequest {
  readonly inputs: readonly string[];
  readonly lines: readonly PolicyLine[];
  readonly sizes: readonly FrameSize[];
  /** Also with fewer frames than a filtered capture is right for. */
  readonly belowFilter?: boolean;
  readonly prices: Prices;
  readonly seed: number;
  readonly effort: Effort;
  readonly pool: JobPool;
  /** Folders with optima found before; the first is written to. */
  readonly optimaFolders: readonly string[];
  readonly store: ResultStore | undefined;
  /** Called as each job ends. */
  readonly onProgress: (done: number, total: number) => void;
}

type Subject = Awaited<ReturnType<typeof readSubject>>;

/** Rows by fingerprint, memory size and policy, in the order asked for. */
export async function evaluateFingerprints(request: EvaluateRequest): Promise<EvaluationRow[]> {
  const { inputs, sizes, lines } = request;
  const total = inputs.length * (sizes.length + lines.length);
  let done = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    request.onProgress(++done, total);
    return result;
  };
  const names = new Set<string>();
  const rows: EvaluationRow[] = [];
  for (const input of inputs) {
    const subject = await readSubject(input, request);
    if (names.has(subject.name)) {
      throw new InputError(
        `${input}: another input is called "${subject.name}" too, and rows are told apart by name`,
        'give it another name: `evictlab import FILE --format fingerprint --name NAME -o NEW`',
      );
    }
    names.add(subject.name);
    // One fingerprint at a time is in memory; its cells run side by side.
    const found = new Map<number, Promise<Optimum>>();
    const optimumWith = (frames: number): Promise<Optimum> => {
      const known = found.get(frames);
      if (known !== undefined) return known;
      const optimum = optimumOf(subject, frames, request);
      found.set(frames, optimum);
      return optimum;
    };
    const [optima, results] = await Promise.all([
      Promise.all(subject.frames.map((frames) => counted(optimumWith(frames)))),
      Promise.all(lines.map((line) => counted(resultOf(subject, line, request)))),
    ]);
    const residents = await Promise.all(
      results.map(({ counts }) =>
        Promise.all(
          counts.map((count, i) => optimumWith(residentFrames(subject.frames[i], count))),
        ),
      ),
    );
    for (const [i, frames] of subject.frames.entries()) {
      for (const [j, { label }] of lines.entries()) {
        const key = {
          fingerprint: subject.name,
          digest: subject.digest,
          policy: label,
          observes: results[j].observes,
          frames,
          size: frameSizeText(sizes[i]),
          seed: request.seed,
        };
        const counts = results[j].counts[i];
        const lruPageIns = subject.lruPageIns[i];
        const resident = residents[j][i];
        rows.push(evaluationRow(key, counts, optima[i], resident, lruPageIns, request.prices));
      }
    }
  }
  return rows;
}

async function readSubject(input: string, { seed, sizes, belowFilter = false }: EvaluateRequest) {
  const { fingerprint, digest } = await readFingerprint(input, seed);
  const references = shareReferences(linearize(fingerprint));
  const frames = framesOn(fingerprint, sizes, { pageCount: references.pageCount, belowFilter });
  // One pass gives LRU, the yardstick, at every size; with more frames than pages it does as with
  // one for each.
  const curve = lruFaultCurve(references).pageIns;
  const lruPageIns = frames.map((count) => curve[Math.min(count, curve.length) - 1]);
  return { name: fingerprint.name, digest, references, frames, lruPageIns };
}

async function resultOf(
  { name, digest, references, frames }: Subject,
  line: PolicyLine,
  { pool, seed, store }: EvaluateRequest,
): Promise<PolicyResult> {
  const policy = line.policyFor(name);
  const run = () => pool.run({ kind: 'policy', references, policy, frames, seed } as const);
  const identity = await policyIdentity(policy);
  if (store === undefined || identity === undefined) return run();
  return store.getOrMake(keyOf(['policy', digest, identity, frames, seed]), run);
}

/** From a folder of optima found before, else found now and put into the first of them. */
async function optimumOf(
  subject: Subject,
  frameCount: number,
  { prices, effort, pool, optimaFolders }: EvaluateRequest,
): Promise<Optimum> {
  const { name, digest, references } = subject;
  const file = planFileName(digest, frameCount, prices);
  const folder = optimaFolders.find((candidate) => existsSync(join(candidate, file)));
  const known = folder === undefined ? undefined : await readPlan(join(folder, file));
  const optimum = await pool.run({
    kind: 'optimum',
    references,
    frameCount,
    prices,
    effort,
    known,
  } as const);
  if (known === undefined && effort !== 'rules' && optimaFolders.length > 0) {
    await mkdir(optimaFolders[0], { recursive: true });
    const path = join(optimaFolders[0], file);
    await writePlan(path, { name, digest, references: references.pages.length }, optimum);
  }
  return optimum;
}

/** One file for each workload, memory and prices. */
function planFileName(digest: string, frames: number, prices: Prices): string {
  const { pageInCost, pageOutCost, chargeFinal } = prices;
  const end = chargeFinal ? '-final' : '';
  return `${digest.replace('sha256:', '').slice(0, 12)}-${frames}-${pageInCost}-${pageOutCost}${end}.plan`;
}
