import { expect, it } from 'vitest';
import { partialDependence, permutationImportance } from '../../src/evaluation/influence.ts';
import { Random } from '../../src/support/random.ts';

const random = new Random(8);
const columns = [0, 1, 2].map(() => Float32Array.from({ length: 4000 }, () => random.unit()));
const score = ([a, b]: readonly Float32Array[]): Float64Array =>
  Float64Array.from(a, (value, row) => 3 * value + b[row] * b[row]);

it('finds what a shuffled column moves: √2 of its own part of the deviation', () => {
  // 3·u has deviation 3/√12, u² has √(4/45); they are independent.
  const [partA, partB] = [3 / Math.sqrt(12), Math.sqrt(4 / 45)];
  const whole = Math.hypot(partA, partB);
  const [a, b, c] = permutationImportance(score, columns, 1);
  expect(a).toBeCloseTo((Math.SQRT2 * partA) / whole, 1);
  expect(b).toBeCloseTo((Math.SQRT2 * partB) / whole, 1);
  expect(c).toBe(0);
});

it('gives 0 to every column when all scores are equal', () => {
  const flat = ([a]: readonly Float32Array[]): Float64Array => new Float64Array(a.length);
  expect(permutationImportance(flat, columns, 1)).toEqual([0, 0, 0]);
});

it('recovers the function of one column, up to the mean of the others', () => {
  const { values, scores, usual } = partialDependence(score, columns, 1);
  const rest = 3 * (columns[0].reduce((a, b) => a + b, 0) / columns[0].length);
  expect(values).toHaveLength(21);
  values.forEach((value, i) => {
    expect(scores[i]).toBeCloseTo(rest + value * value, 6);
  });
  expect(usual[0]).toBeCloseTo(0.05, 1);
  expect(usual[1]).toBeCloseTo(0.95, 1);
});

it('keeps each value of a bit once', () => {
  const bits = Float32Array.from({ length: 100 }, (_, row) => row % 2);
  expect(partialDependence(([a]) => Float64Array.from(a), [bits], 0).values).toEqual([0, 1]);
});
