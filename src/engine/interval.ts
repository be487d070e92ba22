/** How often a policy that ages its pages is called, for those that let the user say so. */
import { InputError } from '../support/assert.ts';

/** Of 1/8 … 64, aging was nearest to MIN at 4, nru at 8 with 4 close: see policies/README.md. */
const REFERENCES_PER_FRAME = 4;

/**
 * References between two calls: `interval` as the user gave it, a whole number; 0 stands for four
 * references a frame. That grows with memory, so that a page's chance to be used between two calls
 * does not depend on its size, and work on every frame at each call is O(1) a reference.
 */
export function intervalOption(frameCount: number, interval: number): number {
  if (!Number.isInteger(interval) || interval < 0) {
    throw new InputError(
      `an interval of ${interval} references is not possible.`,
      'give a whole number of references, or 0 for four times the number of frames',
    );
  }
  return interval === 0 ? REFERENCES_PER_FRAME * frameCount : interval;
}

/** The longest interval that both can be called by; 0 stands for never. */
export function commonInterval(a: number, b: number): number {
  return b === 0 ? a : commonInterval(b, a % b);
}
