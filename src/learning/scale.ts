/*
 * How a learner and a fitted policy see the raw value of a feature:
 *
 *   log2         log2(1 + value)
 *   per-memory   log2((1 + value) ÷ frames)
 *   linear       value
 *
 * All are monotone in the value, and the same to the last bit on every machine.
 */
import type { FeatureScale } from '../dataset/feature.ts';
import { log2 } from '../support/log2.ts';

/** `log2Frames`: log2 of the memory's size, by our own logarithm. */
export function scaled(value: number, scale: FeatureScale, log2Frames: number): number {
  if (scale === 'linear') return value;
  return scale === 'log2' ? log2(1 + value) : log2(1 + value) - log2Frames;
}

/** No scaled value is greater: times are below 2³¹, and no count is above the time it took. */
export const SCALED_VALUE_MAX = 2 ** 31;
