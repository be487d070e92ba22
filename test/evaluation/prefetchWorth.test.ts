import { expect, it } from 'vitest';
import { prefetchWorth } from '../../src/evaluation/prefetchWorth.ts';

it('takes accuracy of what was read ahead, coverage of what had to be read', () => {
  expect(prefetchWorth({ issued: 40, useful: 30 }, 10)).toEqual({
    accuracyPercent: 75,
    coveragePercent: 75,
    bandwidth: 5,
  });
});

it('has no share of nothing', () => {
  const worth = prefetchWorth({ issued: 0, useful: 0 }, 0);
  expect(Object.values(worth).every(Number.isNaN)).toBe(true);
});
