/*
 * Which cells of a study of windows are labelled and judged: those whose memory is no smaller than
 * the capture is right for, and in which LRU is so far from MIN that the way between them tells
 * policies apart. The others are left out before anything is fitted, and listed.
 */
import { frameSizeText } from '../evaluation/frameSizes.ts';
import { isTelling, type LeftOutCell, TELLING } from '../evaluation/part.ts';
import { InputError } from '../support/assert.ts';
import { evaluatePart } from './evaluatePart.ts';
import type { Study } from './studyFile.ts';
import { type Judging, type StudyCells, type StudyInput, uncountedShare } from './studyRun.ts';

/** The cells of windows that count, by what LRU and MIN do in them. */
export async function tellingCells(
  judging: Judging,
  study: Study,
  inputs: readonly StudyInput[],
): Promise<StudyCells> {
  const { rows } = await evaluatePart({
    ...judging,
    inputs,
    lines: [{ label: 'lru', policyFor: () => 'lru' }],
    belowFilter: true,
    window: study.window,
    share: uncountedShare(study),
  });
  const leftOut: LeftOutCell[] = [];
  const left = inputs.map((input) => {
    const sizes = input.sizes.filter((size) => {
      const isCell = (row: (typeof rows)[number]): boolean =>
        row.fingerprint === input.name && row.size === frameSizeText(size);
      const row = rows.find(isCell);
      // One that failed will fail again, and is then told.
      if (row === undefined) return true;
      const isRight = row.frames >= input.framesMin;
      if (isRight && isTelling(row)) return true;
      const { fingerprint, size: text, frames } = row;
      const reason = isRight ? 'near-min' : 'below-filter';
      leftOut.push({ fingerprint, size: text, frames, reason });
      return false;
    });
    return { ...input, sizes };
  });
  const counting = left.filter(({ sizes }) => sizes.length > 0);
  if (counting.length > 0) return { inputs: counting, leftOut };
  throw new InputError(
    `in none of the ${leftOut.length} cells is ${TELLING}`,
    'give a longer window, other frames, or more fingerprints',
  );
}
