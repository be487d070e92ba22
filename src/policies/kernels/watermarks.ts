/*
 * How many frames a kernel keeps free: it wakes up when there are fewer than `low`, and reclaims
 * until there are `high`.
 *
 *   0 ──── low ─────── high ──────────────── all frames      free ► after each load
 *          wakes below  sleeps from here on
 *
 * The kernels' own numbers are for machines of megabytes. A memory here may be as small as one
 * frame, so they are limited by a share of it; but one frame is always free, for the next page to
 * come in without delay, except where there is only one.
 */
import { wholeOption } from '../../engine/policyOptions.ts';
export interface Watermarks {
  readonly low: number;
  readonly high: number;
}

/** The two limited to a memory of `frameCount`: 1 … frameCount − 1. */
export function watermarksOf(frameCount: number, low: number, high: number): Watermarks {
  const limited = (count: number): number => Math.min(Math.max(count, 1), frameCount - 1);
  return { low: limited(low), high: limited(high) };
}

/** Options of the reserves of Linux 2.2 and 2.4, and their defaults. */
export const LINUX_2_RESERVE = { freeShare: 128, freeLeast: 20, freeMost: 255 };

/**
 * Linux 2.2 and 2.4: `min` is a 128th of memory, 20 to 255 frames, low = 2 min, high = 3 min. Below
 * 640 frames, less than any of their machines had, min is a 32nd.
 */
export function linux2Minimum(
  frameCount: number,
  { freeShare, freeLeast, freeMost }: Readonly<typeof LINUX_2_RESERVE>,
): number {
  wholeOption('freeShare', freeShare, 1, 1_000_000);
  wholeOption('freeLeast', freeLeast, 0, 1_000_000);
  wholeOption('freeMost', freeMost, freeLeast, 1_000_000);
  const asWritten = Math.min(Math.max(Math.floor(frameCount / freeShare), freeLeast), freeMost);
  return Math.min(asWritten, Math.floor(frameCount / 32));
}
