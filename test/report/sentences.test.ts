import { expect, it } from 'vitest';
import { ratioPercent, slowerSentence } from '../../src/report/sentences.ts';

it.each([
  [[71.2, 71.9], 'lru is 71.2 to 71.9 % slower than the best case on sort.'],
  [[71.91, 71.94], 'lru is 71.9 % slower than the best case on sort.'],
  [[0, 3.2], 'lru is at most 3.2 % slower than the best case on sort.'],
  [[0, 0], 'lru is as fast as the best case on sort.'],
  [[0, 0.01], 'lru is as fast as the best case on sort.'],
  [[12, null], 'lru is at least 12.0 % slower than the best case on sort.'],
  [[null, null], 'lru is slower than the best case on sort without bound.'],
] as const)('says of a gap of %j both ends, or what there is of them', (gap, sentence) => {
  expect(slowerSentence('lru', 'sort', gap)).toBe(sentence);
});

it('takes a ratio as per cent above 1', () => {
  expect(ratioPercent([1.5, Number.POSITIVE_INFINITY])).toEqual([50, null]);
});
