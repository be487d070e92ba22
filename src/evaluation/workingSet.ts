/*
 * The working set: the distinct pages among the last `window` references.   (Denning, CACM 1968)
 *
 * A page enters with its reference and leaves when its last one falls out of the window, so one
 * pass with a count a page gives the size at every reference: a few ns each. Until the window is
 * full the sizes are those of a shorter one.
 */
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';

/** The size of the working set after each reference, in pages. */
export function workingSetSizes(
  { pages, pageCount }: Pick<ReferenceString, 'pages' | 'pageCount'>,
  window: number,
): Int32Array {
  assert(Number.isInteger(window) && window >= 1, 'a window is at least one reference');
  const sizes = new Int32Array(pages.length);
  const inWindow = new Int32Array(pageCount);
  let size = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    if (inWindow[pages[tick]]++ === 0) size++;
    if (tick >= window && --inWindow[pages[tick - window]] === 0) size--;
    sizes[tick] = size;
  }
  return sizes;
}

/** What a series is in each of some equal stretches of time; all columns are equally long. */
export interface SeriesBins {
  /** The first reference of the stretch. */
  readonly start: readonly number[];
  readonly least: readonly number[];
  readonly mean: readonly number[];
  readonly most: readonly number[];
}

/** `values`, one a reference, in at most `count` stretches that differ by one at the most. */
export function binSeries(values: Int32Array, count: number): SeriesBins {
  const bins = Math.min(count, values.length);
  const start: number[] = [];
  const least: number[] = [];
  const mean: number[] = [];
  const most: number[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * values.length) / bins);
    const to = Math.floor(((bin + 1) * values.length) / bins);
    let low = values[from];
    let high = values[from];
    let sum = 0;
    for (let tick = from; tick < to; tick++) {
      low = Math.min(low, values[tick]);
      high = Math.max(high, values[tick]);
      sum += values[tick];
    }
    start.push(from);
    least.push(low);
    mean.push(sum / (to - from));
    most.push(high);
  }
  return { start, least, mean, most };
}

/**
 * For each of `percents` (0 … 100) the least value that so many percent of `values` do not exceed
 * (nearest rank); 0 is the least of all. By counting: values are whole and not negative.
 */
export function percentilesOf(values: Int32Array, percents: readonly number[]): number[] {
  assert(values.length > 0, 'percentiles are of something');
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const counts = new Float64Array(most + 1);
  for (const value of values) counts[value]++;
  return percents.map((percent) => {
    const rank = Math.max(1, Math.ceil((percent * values.length) / 100));
    let seen = 0;
    for (let value = 0; value <= most; value++) {
      seen += counts[value];
      if (seen >= rank) return value;
    }
    return most;
  });
}

/** Windows to look through: powers of two about a thousandth, a hundredth, a tenth of the string. */
export function usualWindows(referenceCount: number): number[] {
  const windows = [1000, 100, 10].map((part) =>
    Math.max(1, 2 ** Math.round(Math.log2(Math.max(1, referenceCount / part)))),
  );
  return [...new Set(windows)];
}
