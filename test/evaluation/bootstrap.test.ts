import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../src/evaluation/bootstrap.ts';

describe('the bootstrap interval', () => {
  it('equals that of every draw there is, where there are few', () => {
    // Three groups: 27 draws. Of their means 1 in 27 is 0, so 2.5 % lie below the next one up.
    const groups = [[0], [3], [9]];
    const means = [0, 3, 9].flatMap((a) =>
      [0, 3, 9].flatMap((b) => [0, 3, 9].map((c) => (a + b + c) / 3)),
    );
    means.sort((a, b) => a - b);
    expect(bootstrapInterval(groups, 5)).toEqual([
      means[Math.floor(0.025 * 27)],
      means[Math.ceil(0.975 * 27) - 1],
    ]);
  });

  it('is as wide as the deviation of a mean says', () => {
    const groups = Array.from({ length: 400 }, (_, i) => [i % 2]);
    const [low, high] = bootstrapInterval(groups, 2)!;
    // 1.96 · ½ ÷ √400 = 0.049 to each side.
    expect(low).toBeCloseTo(0.451, 2);
    expect(high).toBeCloseTo(0.549, 2);
  });

  it('draws whole groups: twice the same values are no surer', () => {
    const once = bootstrapInterval([[1], [2], [4]], 3);
    expect(
      bootstrapInterval(
        [
          [1, 1],
          [2, 2],
          [4, 4],
        ],
        3,
      ),
    ).toEqual(once);
  });

  it('has nothing to say of no values, and leaves empty groups out', () => {
    expect(bootstrapInterval([[], []], 1)).toBe(null);
    expect(bootstrapInterval([[], [7]], 1)).toEqual([7, 7]);
  });
});
