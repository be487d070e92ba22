/** How often a policy that ages its pages is called, for those that let the user say so. */
import { InputError } from '../support/assert.ts';

/**
 * References between two calls: `interval` as the user gave it, a whole number; 0 stands for as many
 * references as there are frames, so that a page's chance to be used between two calls does not
 * depend on the size of memory, and work on every frame at each call is O(1) a reference.
 */
export function intervalOption(frameCount: number, interval: number): number {
  if (!Number.isInteger(interval) || interval < 0) {
    throw new InputError(
      `an interval of ${interval} references is not possible.`,
      'give a whole number of references, or 0 for as many as there are frames',
    );
  }
  return interval === 0 ? frameCount : interval;
}
