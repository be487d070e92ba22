/*
 * Policies on a part of each fingerprint, beside LRU and MIN: the rows of a study of windows, or
 * later in time (../evaluation/part.ts). Cells are jobs, stored and reported as those of the gap table are.
 */
import type { FailedCell } from '../evaluation/evaluation.ts';
import { type FrameSize, frameSizeText } from '../evaluation/frameSizes.ts';
import { borderOf, type PartRow, partRow } from '../evaluation/part.ts';
import type { Window } from '../fingerprint/window.ts';
import { InputError } from '../support/assert.ts';
import {
  type EvaluateRequest,
  LRU,
  type PolicyLine,
  parted,
  readSubject,
  resultsAt,
} from './evaluate.ts';
import { overlapped } from './overlapped.ts';

export type EvaluatePartRequest = Pick<
  EvaluateRequest,
  'lines' | 'belowFilter' | 'prices' | 'seed' | 'pool' | 'store' | 'onProgress'
> & {
  readonly inputs: readonly { readonly path: string; readonly sizes: readonly FrameSize[] }[];
  /** Absent: the whole of each fingerprint. */
  readonly window: Window | undefined;
  /** Of these references so many are not judged. */
  readonly share: number;
};

/** What became of the cells: each is a row or a failure, in the order asked for. */
export interface EvaluatedPart {
  readonly rows: readonly PartRow[];
  readonly failures: readonly FailedCell[];
}

/** What every cell is put beside, besides LRU. */
const MIN: PolicyLine = { label: 'min', policyFor: () => 'min' };

export async function evaluatePart(request: EvaluatePartRequest): Promise<EvaluatedPart> {
  const { inputs, lines, seed, prices, share } = request;
  const total = lines.length * inputs.reduce((sum, { sizes }) => sum + sizes.length, 0);
  let done = 0;
  request.onProgress(done, total);
  const cells = await overlapped(inputs, async ({ path, sizes }) => {
    const { window, ...asked } = request;
    const inWindow = window === undefined ? {} : { window };
    const subject = await readSubject(path, { ...asked, sizes, ...inWindow });
    const referenceCount = subject.references.pages.length;
    const from = borderOf(referenceCount, share);
    if ((from === 0 && share > 0) || from === referenceCount) {
      throw new InputError(
        `${path}: ${referenceCount} references are too few to be cut at a share of ${share}`,
        'leave it out of the study, or give another share',
      );
    }
    const ended = subject.frames.flatMap((frames, i) => {
      const resultWith = resultsAt(subject, frames, request, share > 0 ? from : undefined);
      return lines.map(async (line): Promise<PartRow | FailedCell> => {
        const key = {
          fingerprint: subject.name,
          digest: subject.digest,
          policy: line.label,
          frames,
          size: frameSizeText(sizes[i]),
          seed,
        };
        const [result, lru, min] = await Promise.all([line, LRU, MIN].map(resultWith));
        request.onProgress(++done, total);
        if ('failed' in result) return { ...key, reason: result.failed };
        if ('failed' in lru) return { ...key, reason: `lru beside it: ${lru.failed}` };
        if ('failed' in min) return { ...key, reason: `min beside it: ${min.failed}` };
        const { observes, counts } = result;
        const beside = { counts, lru: lru.counts, min: min.counts };
        return partRow({ ...key, observes }, subject.start + from, beside, prices);
      });
    });
    return { ended: Promise.all(ended) };
  });
  return parted(cells.flat());
}
