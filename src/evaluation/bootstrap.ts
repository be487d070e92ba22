/*
 * How sure a mean is: groups are drawn again with replacement, all values of one together, for they
 * are not independent; what 95 % of the draws' means lie in is the interval.
 *                                                  (Efron, Annals of Statistics 1979; percentiles)
 */
import { Random } from '../support/random.ts';

export type Interval = readonly [low: number, high: number];

const DRAWS = 2000;

/**
 * What 95 % of the means lie in when groups are drawn with replacement, as many as there are; a
 * draw without values is drawn again. Null without any value.
 */
export function bootstrapInterval(
  groups: readonly (readonly number[])[],
  seed: number,
): Interval | null {
  if (groups.every((group) => group.length === 0)) return null;
  const random = new Random(seed);
  const means: number[] = [];
  while (means.length < DRAWS) {
    const drawn = groups.map(() => groups[random.below(groups.length)]);
    const mean = pooledMean(drawn);
    if (mean !== null) means.push(mean);
  }
  means.sort((a, b) => a - b);
  return [means[Math.floor(0.025 * DRAWS)], means[Math.ceil(0.975 * DRAWS) - 1]];
}

/** The mean of all values together; null without any. */
export function pooledMean(groups: readonly (readonly number[])[]): number | null {
  let sum = 0;
  let count = 0;
  for (const group of groups) {
    for (const value of group) sum += value;
    count += group.length;
  }
  return count === 0 ? null : sum / count;
}
