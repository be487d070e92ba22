/*
 * A filtered capture leaves out references that a memory of enough frames does not miss. With fewer
 * frames every policy would look far too good, silently; so every command asks here first.
 */
import type { Fingerprint } from '../fingerprint/fingerprint.ts';
import { InputError } from '../support/assert.ts';
import { type FrameSize, frameSizeText, resolveFrames } from './frameSizes.ts';

/** The smallest memory for which replays of `fingerprint` are right, in frames. */
export function framesMinOf({ filter }: Pick<Fingerprint, 'filter'>): number {
  return filter?.framesMin ?? 1;
}

/**
 * The sizes in frames, as `resolveFrames` has them; an InputError when one of them is below the
 * filter of the capture, unless `belowFilter`: then whoever shows the results must say so.
 */
export function framesOn(
  fingerprint: Pick<Fingerprint, 'name' | 'filter'>,
  sizes: readonly FrameSize[],
  { pageCount, belowFilter }: { readonly pageCount: number; readonly belowFilter: boolean },
): number[] {
  const frames = resolveFrames(sizes, pageCount);
  const framesMin = framesMinOf(fingerprint);
  // A memory that holds every page is right whatever was left out.
  const wrong = frames.findIndex((count) => count < Math.min(framesMin, pageCount));
  if (wrong >= 0 && !belowFilter) {
    throw new InputError(
      `${fingerprint.name}: --frames ${frameSizeText(sizes[wrong])} is ${frames[wrong]} frames; ` +
        `the capture left out references that only ${framesMin} frames and more do not miss`,
      'give more frames, capture again with a smaller --filter, or say --below-filter',
    );
  }
  return frames;
}
