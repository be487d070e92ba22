/** What `npm run check:long` does more of than `npm test`. */

export const isLong = process.env.EVICTLAB_LONG === '1';

/** How many random strings a property is tried on: a third of them in `npm test`. */
export function runs(count: number): number {
  return isLong ? count : Math.ceil(count / 3);
}
