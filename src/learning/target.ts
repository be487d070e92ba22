/** What a learner of times predicts: log2((1 + forward distance) ÷ frames), between two bounds. */
import { log2 } from '../support/log2.ts';

export interface TargetBounds {
  /** In powers of two of the memory's size. */
  readonly low: number;
  /** Also of a page that is never used again. */
  readonly high: number;
}

export function targetOf(
  distance: number,
  log2Frames: number,
  { low, high }: TargetBounds,
): number {
  if (distance === Number.POSITIVE_INFINITY) return high;
  return Math.min(high, Math.max(low, log2(1 + distance) - log2Frames));
}
