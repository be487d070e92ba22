/** How far a cost is from the optimum, given only a bracket around the optimum. */
import { assert } from '../support/assert.ts';

/** The optimum lies between the two, ends included. */
export interface Bracket {
  readonly lowerBound: number;
  readonly upperBound: number;
}

/**
 * (cost − optimum) ÷ optimum in percent: at least the first number, at most the second. A policy
 * may beat the best schedule known, never the optimum, so the first is not below 0. Above an
 * optimum that may be 0 the gap is unbounded: Infinity.
 */
export function gapPercent(cost: number, bracket: Bracket): [low: number, high: number] {
  assert(cost >= bracket.lowerBound, 'no schedule costs less than the lower bound');
  const above = (optimum: number): number => {
    if (cost <= optimum) return 0;
    return optimum === 0 ? Number.POSITIVE_INFINITY : (100 * (cost - optimum)) / optimum;
  };
  return [above(bracket.upperBound), above(bracket.lowerBound)];
}

/**
 * The share of the way from LRU's page-ins to MIN's that a policy has gone, in percent: 100 is MIN,
 * 0 is LRU, negative is worse than LRU. Undefined where LRU is MIN.
 */
export function closedPercent(
  pageIns: number,
  lruPageIns: number,
  minPageIns: number,
): number | undefined {
  if (lruPageIns === minPageIns) return undefined;
  return (100 * (lruPageIns - pageIns)) / (lruPageIns - minPageIns);
}
