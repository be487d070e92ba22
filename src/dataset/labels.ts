/*
 * What the future says about a resident page. Labels may look ahead; features never do.
 *
 *   forward distance   references until the page is used again, +∞ if never
 *   optimal victim     the page MIN would evict here
 *   io score           devik's rule: (dirty + 1) ÷ forward distance, 0 if never; least leaves first
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import type { NextUse } from '../engine/nextUse.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';

/**
 * References from `tick` to the next use of the page in `frame`; +∞ when there is none. A page
 * leaves its frame only by leaving memory, so its next use is the one after its last.
 */
export function forwardDistance(
  { lastUsedAt }: FrameTable,
  { next, referenceCount }: NextUse,
  frame: Frame,
  tick: Tick,
): number {
  const nextUseAt = next[lastUsedAt[frame]];
  return nextUseAt === referenceCount ? Number.POSITIVE_INFINITY : nextUseAt - tick;
}

export function ioScore(dirty: number, distance: number): number {
  return (dirty + 1) / distance;
}
