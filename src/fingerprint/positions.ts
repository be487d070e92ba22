/** Positions: places in the ascending page numbers a fingerprint references. */
import type { Fingerprint, PageRange } from './fingerprint.ts';

/** How many of the ascending `numbers` are below `number`. */
export function positionFrom(numbers: BigUint64Array, number: bigint): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The positions [start, end) that lie in `range`. */
export function positionsIn(
  numbers: BigUint64Array,
  { address, pageCount }: PageRange,
  { pageSizeBytes }: Pick<Fingerprint, 'pageSizeBytes'>,
): [number, number] {
  const first = address / BigInt(pageSizeBytes);
  return [positionFrom(numbers, first), positionFrom(numbers, first + BigInt(pageCount))];
}
