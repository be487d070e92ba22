import { describe, expect, it } from 'vitest';
import { drawnLabels } from '../../src/dataset/drawnLabels.ts';
import { Random } from '../../src/support/random.ts';
import { mixedString, tableOf } from '../learning/decisions.ts';

describe('labels drawn blindly', () => {
  const table = tableOf(mixedString(6000, 3), { candidates: 4 });
  const pool = tableOf(mixedString(6000, 4), { candidates: 6, frameCount: 40 });

  it('are those of the pool in units of the memory, with the farthest as the optimal victim', () => {
    const drawn = drawnLabels(table, pool, new Random(2));
    expect(drawn.features).toBe(table.features);
    const known = new Set(Array.from(pool.forwardDistance, (distance) => distance / 2));
    expect([...drawn.forwardDistance].every((distance) => known.has(distance))).toBe(true);
    for (let decision = 0; decision < table.tick.length; decision++) {
      const rows = [0, 1, 2, 3].map((i) => 4 * decision + i);
      const distances = rows.map((row) => drawn.forwardDistance[row]);
      const farthest = rows[distances.indexOf(Math.max(...distances))];
      expect(rows.filter((row) => drawn.optimalVictim[row] === 1)).toEqual([farthest]);
    }
  });

  it('have nothing to do with the features, between decisions as within them', () => {
    const correlation = (x: readonly number[], y: readonly number[]): number => {
      const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
      const [a, b] = [mean(x), mean(y)];
      const product = (u: readonly number[], v: readonly number[], p: number, q: number) =>
        mean(u.map((one, i) => (one - p) * (v[i] - q)));
      return product(x, y, a, b) / Math.sqrt(product(x, x, a, a) * product(y, y, b, b));
    };
    const seen = (distances: Float32Array) =>
      Array.from(distances, (d) => Math.min(8, Math.log2(1 + d)));
    const drawn = drawnLabels(table, pool, new Random(7));
    for (const column of [0, 2, 3]) {
      const values = Array.from(table.features[column], (value) => Math.log2(1 + value));
      expect(Math.abs(correlation(values, seen(table.forwardDistance)))).toBeGreaterThan(0.2);
      // Of 1200 rows chance makes 0.03.
      expect(Math.abs(correlation(values, seen(drawn.forwardDistance)))).toBeLessThan(0.09);
    }
  });
});
