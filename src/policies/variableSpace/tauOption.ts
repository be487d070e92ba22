/** How long a page that is not used belongs to a working set, for those that let the user say so. */
import { InputError } from '../../support/assert.ts';

/**
 * Where a hand looks for what is outside the working sets: of 1/4 … 64, page-ins and page-outs
 * together are fewest at 1 and 4 (README.md here).
 */
export const HAND_TAU = 4;

/** Where what is outside leaves at once: so that memory is mostly used (README.md here). */
export const LEAVING_TAU = 64;

/**
 * `tau` as the user gave it, in references of a process; −1 stands for `perFrame` references a
 * frame. `least` is the least that makes sense.
 */
export function tauOption(tau: number, frameCount: number, perFrame: number, least = 0): number {
  if (tau === -1) return perFrame * frameCount;
  if (Number.isInteger(tau) && tau >= least && tau < 2 ** 31) return tau;
  throw new InputError(
    `the option tau=${tau} is not possible.`,
    `give a whole number of references, ${least} to 2^31 - 1, or -1 for ${perFrame} a frame`,
  );
}
