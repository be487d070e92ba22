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

/**
 * The frame MIN evicts at `tick`, when all are occupied: first a page whose loss costs nothing now
 * or later (blank, or clean and never used again), then a dirty one never used again, then the one
 * used farthest ahead; the lowest frame among equals. Looks at every frame.
 */
export function optimalVictim(frames: FrameTable, nextUse: NextUse, tick: Tick): Frame {
  const { frameCount, blank, dirty } = frames;
  let victim: Frame = 0;
  let farthest = Number.NEGATIVE_INFINITY;
  for (let frame = 0; frame < frameCount; frame++) {
    const distance = forwardDistance(frames, nextUse, frame, tick);
    if (blank[frame] === 1 || (distance === Number.POSITIVE_INFINITY && dirty[frame] === 0)) {
      return frame;
    }
    if (distance > farthest) {
      farthest = distance;
      victim = frame;
    }
  }
  return victim;
}
