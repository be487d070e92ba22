import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoMoments } from '../../src/learning/coMoments.ts';

const WIDTH = 3;
const value = fc.double({ min: -100, max: 100, noNaN: true });
const row = fc.tuple(value, value, value);
const decisions = fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 12,
});

function gathered(list: readonly (readonly (readonly number[])[])[]): CoMoments {
  const moments = new CoMoments(WIDTH);
  for (const rows of list) moments.addDecision(Float64Array.from(rows.flat()), rows.length);
  return moments;
}

/** Two passes over all rows, by the definition. */
function naive(rows: readonly (readonly number[])[]): { mean: number[]; scatter: number[] } {
  const columns = Array.from({ length: WIDTH }, (_, i) => rows.map((one) => one[i]));
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  const mean = columns.map((column) => sum(column) / rows.length);
  const scatter = columns.flatMap((a, i) =>
    columns.map((b, j) => sum(a.map((x, k) => (x - mean[i]) * (b[k] - mean[j])))),
  );
  return { mean, scatter };
}

function expectClose(actual: Float64Array, wanted: readonly number[]): void {
  actual.forEach((x, i) => {
    expect(Math.abs(x - wanted[i])).toBeLessThan(1e-7);
  });
}

describe('CoMoments', () => {
  it('agrees with two passes by the definition, over all rows and within decisions', () => {
    fc.assert(
      fc.property(decisions, (list) => {
        const moments = gathered(list);
        const { mean, scatter } = naive(list.flat());
        expect(moments.weight).toBe(list.flat().length);
        expectClose(moments.mean, mean);
        expectClose(moments.scatter, scatter);
        const parts = list.map((rows) => naive(rows).scatter);
        const within = scatter.map((_, i) => parts.reduce((sum, part) => sum + part[i], 0));
        expectClose(moments.within, within);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('merges a part counted twice as if its rows were there twice', () => {
    fc.assert(
      fc.property(decisions, decisions, (once, twice) => {
        const merged = new CoMoments(WIDTH);
        merged.merge(gathered(once), 1);
        merged.merge(gathered(twice), 2);
        const whole = gathered([...once, ...twice, ...twice]);
        expect(merged.weight).toBe(whole.weight);
        expectClose(merged.mean, [...whole.mean]);
        expectClose(merged.scatter, [...whole.scatter]);
        expectClose(merged.within, [...whole.within]);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('keeps the variance of a column far from zero, where sums of squares lose it', () => {
    const shift = 1e9;
    const noise = Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1000) / 1000);
    const moments = gathered([noise.map((x) => [x + shift, x, 0])]);
    const [shifted, plain] = [moments.scatter[0], moments.scatter[4]];
    expect(Math.abs(shifted / plain - 1)).toBeLessThan(1e-6);
    const squares = noise.reduce((sum, x) => sum + (x + shift) ** 2, 0);
    const sums = noise.reduce((sum, x) => sum + x + shift, 0);
    const naiveScatter = squares - sums ** 2 / noise.length;
    expect(Math.abs(naiveScatter / plain - 1)).toBeGreaterThan(0.5);
  });
});
