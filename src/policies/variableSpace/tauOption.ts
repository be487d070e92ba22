/** How long a page that is not used belongs to a working set, for those that let the user say so. */
import { InputError } from '../../support/assert.ts';

/**
 * Where a hand looks for what is outside the working sets: of 1/4 … 64, page-ins and page-outs
 * together are fewest at 1 and 4 (README.md here).
 */
export const HAND_TAU = 4;

/** Where what is outside leaves at once: so that memory is mostly used (README.md here). */
export const LEAVING_TAU = 64;

/** As the user gave them: references of a process; −1 for `perFrame` references a frame. */
export interface TauOptions {
  readonly tau: number;
  readonly perFrame: number;
}

const TAU_MAX = 2 ** 31 - 1;

/** τ in references of a process, at least `least`. */
export function tauOption({ tau, perFrame }: TauOptions, frameCount: number, least = 0): number {
  if (tau === -1) {
    if (perFrame >= 0 && perFrame * frameCount <= TAU_MAX) {
      return Math.max(least, Math.round(perFrame * frameCount));
    }
    throw new InputError(
      `the option perFrame=${perFrame} is not possible with ${frameCount} frames.`,
      'give a number of references, 0 and more: with all frames 2^31 - 1 at most',
    );
  }
  if (Number.isInteger(tau) && tau >= least && tau <= TAU_MAX) return tau;
  throw new InputError(
    `the option tau=${tau} is not possible.`,
    `give a whole number of references, ${least} to 2^31 - 1, or -1 for ${perFrame} a frame`,
  );
}
