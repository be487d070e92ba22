/** The beginning of a fingerprint, to look at. */
import type { Fingerprint } from './fingerprint.ts';

/**
 * At most the first `count` actions of every sequence. To look at, not to run: a wait may have lost
 * its wake. Pages keep their numbers.
 */
export function firstActions(fingerprint: Fingerprint, count: number): Fingerprint {
  return {
    ...fingerprint,
    sequences: fingerprint.sequences.map(({ name, actions, operands, offsets }) => ({
      name,
      actions: actions.subarray(0, count),
      operands: operands.subarray(0, count),
      offsets: offsets?.subarray(0, count),
    })),
  };
}
