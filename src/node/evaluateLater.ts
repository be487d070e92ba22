/*
 * Policies on the later part of fingerprints, beside LRU and MIN: the rows of a study later in time
 * (../evaluation/later.ts). Cells are jobs, stored and reported as those of the gap table are.
 */
import type { FailedCell } from '../evaluation/evaluation.ts';
import { frameSizeText } from '../evaluation/frameSizes.ts';
import { borderOf, type LaterRow, laterRow } from '../evaluation/later.ts';
import { InputError } from '../support/assert.ts';
import { type EvaluateRequest, type PolicyLine, readSubject, resultOf } from './evaluate.ts';
import type { Failure, PolicyResult } from './job.ts';

export type EvaluateLaterRequest = Pick<
  EvaluateRequest,
  'inputs' | 'lines' | 'sizes' | 'prices' | 'seed' | 'pool' | 'store' | 'onProgress'
> & {
  /** Of each fingerprint's references so many are not judged. */
  readonly share: number;
};

/** What became of the cells: each is a row or a failure, in the order asked for. */
export interface EvaluatedLater {
  readonly rows: readonly LaterRow[];
  readonly failures: readonly FailedCell[];
}

/** What every cell is put beside. */
const YARDSTICKS: readonly PolicyLine[] = ['lru', 'min'].map((policy) => ({
  label: policy,
  policyFor: () => policy,
}));

export async function evaluateLater(request: EvaluateLaterRequest): Promise<EvaluatedLater> {
  const { inputs, sizes, lines, seed, prices, share } = request;
  const total = inputs.length * sizes.length * lines.length;
  let done = 0;
  request.onProgress(done, total);
  const rows: LaterRow[] = [];
  const failures: FailedCell[] = [];
  for (const input of inputs) {
    const subject = await readSubject(input, request);
    const referenceCount = subject.references.pages.length;
    const from = borderOf(referenceCount, share);
    if (from === 0 || from === referenceCount) {
      throw new InputError(
        `${input}: ${referenceCount} references are too few to be cut at a share of ${share}`,
        'leave it out of the study, or give another split-at',
      );
    }
    // One fingerprint at a time is in memory; its cells run side by side.
    const cells = subject.frames.flatMap((frames, i) => {
      const found = new Map<string, Promise<PolicyResult | Failure>>();
      const resultWith = (line: PolicyLine): Promise<PolicyResult | Failure> => {
        const policy = line.policyFor(subject.name);
        const result = found.get(policy) ?? resultOf(subject, line, frames, request, from);
        found.set(policy, result);
        return result;
      };
      return lines.map(async (line): Promise<LaterRow | FailedCell> => {
        const key = {
          fingerprint: subject.name,
          digest: subject.digest,
          policy: line.label,
          frames,
          size: frameSizeText(sizes[i]),
          seed,
        };
        const [result, lru, min] = await Promise.all([line, ...YARDSTICKS].map(resultWith));
        request.onProgress(++done, total);
        if ('failed' in result) return { ...key, reason: result.failed };
        if ('failed' in lru) return { ...key, reason: `lru beside it: ${lru.failed}` };
        if ('failed' in min) return { ...key, reason: `min beside it: ${min.failed}` };
        const { observes, counts } = result;
        const beside = { counts, lru: lru.counts, min: min.counts };
        return laterRow({ ...key, observes }, from, beside, prices);
      });
    });
    for (const cell of await Promise.all(cells)) {
      if ('reason' in cell) failures.push(cell);
      else rows.push(cell);
    }
  }
  return { rows, failures };
}
