/*
 * Policies beside the optimum, on fingerprints at several memory sizes: the gap table. Every cell
 * is a job of its own; what a store holds already is not run again. Counts don't depend on prices,
 * so a cell of a policy serves all of them; one of the optimum is of its prices. A cell that fails
 * is reported in place of its row, and the others go on. Page-ins of LRU, a row's yardstick, are
 * those of a cell of its own.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prices } from '../engine/machine.ts';
import {
  type EvaluationRow,
  evaluationRow,
  type FailedCell,
  residentFrames,
} from '../evaluation/evaluation.ts';
import { framesOn } from '../evaluation/filterLimit.ts';
import { type FrameSize, frameSizeText } from '../evaluation/frameSizes.ts';
import { linearize } from '../fingerprint/linearize.ts';
import { type Window, windowOf, windowStart } from '../fingerprint/window.ts';
import type { Effort, Optimum } from '../optimal/optimum.ts';
import { InputError } from '../support/assert.ts';
import { readFingerprint } from './fingerprintFile.ts';
import type { Failure, PolicyResult } from './job.ts';
import { type JobPool, shareReferences } from './jobPool.ts';
import { overlapped } from './overlapped.ts';
import { readPlan, writePlan } from './planFile.ts';
import { keyOf, policyIdentity, type ResultStore } from './resultStore.ts';

/** A line of the table: the same label everywhere, perhaps another policy on each fingerprint. */
export interface PolicyLine {
  readonly label: string;
  /** As on the command line, for the fingerprint of this name; at once, or when it is known. */
  policyFor(fingerprint: string): string | Promise<string>;
}

/** What rows are put beside. */
export const LRU: PolicyLine = { label: 'lru', policyFor: () => 'lru' };

export interface EvaluateRequest {
  readonly inputs: readonly string[];
  readonly lines: readonly PolicyLine[];
  readonly sizes: readonly FrameSize[];
  /** Also with fewer frames than a filtered capture is right for. */
  readonly belowFilter?: boolean;
  readonly prices: Prices;
  readonly seed: number;
  readonly effort: Effort;
  /** Also the optimum of the frames that a policy which keeps some free used on average. */
  readonly equalResident?: boolean;
  readonly pool: JobPool;
  /** Folders with optima found before; the first is written to. */
  readonly optimaFolders: readonly string[];
  readonly store: ResultStore | undefined;
  /** Called as each job ends. */
  readonly onProgress: (done: number, total: number) => void;
}

type Subject = Awaited<ReturnType<typeof readSubject>>;

/** What became of the cells: each is a row or a failure. */
export interface Evaluated {
  /** By fingerprint, memory size and policy, in the order asked for. */
  readonly rows: readonly EvaluationRow[];
  /** In the same order; none of them is stored, so a second run tries them again. */
  readonly failures: readonly FailedCell[];
  /** Of the fingerprints, in the order of the inputs. */
  readonly names: readonly string[];
}

export async function evaluateFingerprints(request: EvaluateRequest): Promise<Evaluated> {
  const { inputs, sizes, lines } = request;
  const total = inputs.length * sizes.length * (1 + lines.length);
  let done = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    request.onProgress(++done, total);
    return result;
  };
  request.onProgress(done, total);
  const names = new Set<string>();
  const cells = await overlapped(inputs, async (input) => {
    const subject = await readSubject(input, request);
    requireNewName(input, subject.name, [...names]);
    names.add(subject.name);
    const found = new Map<number, Promise<Optimum | Failure>>();
    const optimumWith = (frames: number): Promise<Optimum | Failure> => {
      const known = found.get(frames);
      if (known !== undefined) return known;
      const optimum = optimumOf(subject, frames, request);
      found.set(frames, optimum);
      return optimum;
    };
    const optima = subject.frames.map((frames) => counted(optimumWith(frames)));
    const ended = subject.frames.flatMap((frames, i) => {
      const resultWith = resultsAt(subject, frames, request);
      return lines.map(async (line): Promise<EvaluationRow | FailedCell> => {
        const key = {
          fingerprint: subject.name,
          digest: subject.digest,
          policy: line.label,
          frames,
          size: frameSizeText(sizes[i]),
          seed: request.seed,
        };
        const [result, lru] = await Promise.all([counted(resultWith(line)), resultWith(LRU)]);
        if ('failed' in result) return { ...key, reason: result.failed };
        if ('failed' in lru) return { ...key, reason: `lru beside it: ${lru.failed}` };
        const { observes, counts } = result;
        const isAsked = request.equalResident === true;
        const [optimum, resident] = await Promise.all([
          optima[i],
          isAsked ? optimumWith(residentFrames(frames, counts)) : undefined,
        ]);
        if ('failed' in optimum) return { ...key, reason: `its optimum: ${optimum.failed}` };
        if (resident !== undefined && 'failed' in resident) {
          return { ...key, reason: `the optimum of the frames it used: ${resident.failed}` };
        }
        const rowKey = { ...key, observes };
        const { pageIns } = lru.counts;
        return evaluationRow(rowKey, counts, optimum, resident, pageIns, request.prices);
      });
    });
    return { ended: Promise.all([Promise.all(ended), ...optima]).then(([cells]) => cells) };
  });
  return { ...parted(cells.flat()), names: [...names] };
}

/** A fingerprint, or a window of it. */
export async function readSubject(
  input: string,
  {
    seed,
    sizes,
    belowFilter = false,
    window,
  }: Pick<EvaluateRequest, 'seed' | 'sizes' | 'belowFilter'> & { readonly window?: Window },
) {
  const { fingerprint, digest } = await readFingerprint(input, seed);
  const whole = linearize(fingerprint);
  const start = window === undefined ? 0 : windowStart(whole.pages.length, window);
  const references = shareReferences(window === undefined ? whole : windowOf(whole, window));
  const frames = framesOn(fingerprint, sizes, { pageCount: references.pageCount, belowFilter });
  return { name: fingerprint.name, digest, references, start, window, frames };
}

/** What policies do in so many frames; each is asked for once, whoever wants it beside. */
export function resultsAt(
  subject: Subject,
  frameCount: number,
  request: Pick<EvaluateRequest, 'pool' | 'seed' | 'store'>,
  /** Counted from this reference on. */
  from?: number,
): (line: PolicyLine) => Promise<PolicyResult | Failure> {
  const found = new Map<string, Promise<PolicyResult | Failure>>();
  return async (line) => {
    const policy = await line.policyFor(subject.name);
    const result = found.get(policy) ?? resultOf(subject, policy, frameCount, request, from);
    found.set(policy, result);
    return result;
  };
}

/** Of a run, or of the store. */
async function resultOf(
  { digest, references, window }: Subject,
  policy: string,
  frameCount: number,
  { pool, seed, store }: Pick<EvaluateRequest, 'pool' | 'seed' | 'store'>,
  from: number | undefined,
): Promise<PolicyResult | Failure> {
  const asked = { references, policy, frameCount, seed, from };
  const run = () => pool.run({ kind: 'policy', ...asked } as const);
  const identity = await policyIdentity(policy);
  if (store === undefined || identity === undefined) return run();
  const part = [from, window].filter((value) => value !== undefined);
  const key = keyOf(['policy', digest, identity, frameCount, seed, ...part]);
  return store.getOrMake(key, run, (result) => !('failed' in result));
}

/** Rows, and cells that have none, each in the order they came. */
export function parted<Row extends object>(
  cells: readonly (Row | FailedCell)[],
): { readonly rows: readonly Row[]; readonly failures: readonly FailedCell[] } {
  const rows: Row[] = [];
  const failures: FailedCell[] = [];
  for (const cell of cells) {
    if ('reason' in cell) failures.push(cell);
    else rows.push(cell);
  }
  return { rows, failures };
}

/** From a folder of optima found before, else found now and put into the first of them. */
async function optimumOf(
  subject: Subject,
  frameCount: number,
  { prices, effort, pool, optimaFolders }: EvaluateRequest,
): Promise<Optimum | Failure> {
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
  if ('failed' in optimum) return optimum;
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

/** Labels, models and rows are told apart by the names of fingerprints. */
export function requireNewName(input: string, name: string, known: readonly string[]): void {
  if (!known.includes(name)) return;
  throw new InputError(
    `${input}: another fingerprint is called "${name}" too, and rows are told apart by name`,
    'give it another name: `evictlab import FILE --format fingerprint --name NAME -o NEW`',
  );
}
