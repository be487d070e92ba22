import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveSymmetric } from '../../src/support/linearAlgebra.ts';

const times = (matrix: Float64Array, vector: Float64Array): number[] =>
  Array.from(vector, (_, i) =>
    vector.reduce((sum, x, j) => sum + matrix[i * vector.length + j] * x, 0),
  );

describe('solveSymmetric', () => {
  it('solves a system worked by hand', () => {
    // 4x + 2y = 10, 2x + 3y = 9: x = 1.5, y = 2.
    const solution = solveSymmetric(Float64Array.of(4, 2, 2, 3), Float64Array.of(10, 9));
    expect(solution[0]).toBeCloseTo(1.5, 14);
    expect(solution[1]).toBeCloseTo(2, 14);
  });

  it('gives back the right side of any positive definite system', () => {
    const value = fc.double({ min: -3, max: 3, noNaN: true });
    const system = fc
      .integer({ min: 1, max: 8 })
      .chain((size) =>
        fc.tuple(
          fc.array(value, { minLength: size * size, maxLength: size * size }),
          fc.array(value, { minLength: size, maxLength: size }),
        ),
      );
    fc.assert(
      fc.property(system, ([root, right]) => {
        const size = right.length;
        // RRᵀ + 1 is positive definite, whatever R.
        const matrix = Float64Array.from({ length: size * size }, (_, place) => {
          const [i, j] = [Math.floor(place / size), place % size];
          let sum = i === j ? 1 : 0;
          for (let k = 0; k < size; k++) sum += root[i * size + k] * root[j * size + k];
          return sum;
        });
        const solution = solveSymmetric(matrix, Float64Array.from(right));
        times(matrix, solution).forEach((x, i) => {
          expect(Math.abs(x - right[i])).toBeLessThan(1e-10);
        });
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('gives a column that repeats another the coefficient 0 and still solves the rest', () => {
    // Columns 0 and 1 are the same; the right side is reachable.
    const matrix = Float64Array.of(2, 2, 1, 2, 2, 1, 1, 1, 3);
    const solution = solveSymmetric(matrix, Float64Array.of(5, 5, 5));
    expect(solution[1]).toBe(0);
    times(matrix, solution).forEach((x) => {
      expect(x).toBeCloseTo(5, 12);
    });
  });

  it('gives an all-zero column the coefficient 0', () => {
    const solution = solveSymmetric(Float64Array.of(0, 0, 0, 4), Float64Array.of(0, 12));
    expect([...solution]).toEqual([0, 3]);
  });
});
