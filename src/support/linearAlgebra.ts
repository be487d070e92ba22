/** Linear equations of the small symmetric kind that least squares ends in. */
import { assert } from './assert.ts';

/**
 * A pivot this much smaller than its diagonal: the column is a sum of those before it, as far as
 * doubles can tell. Standardised columns lose that many digits only when they are copies.
 */
const PIVOT_MIN = 1e-11;

/**
 * Solves A·x = b by Cholesky's decomposition, A = L·Lᵀ. `matrix` is symmetric, positive
 * semidefinite, `size` × `size`, row by row; `right` has `size` values. A row that depends on the
 * ones before it gets x = 0, which leaves the fit the same. Arguments are left as they are.
 */
export function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  assert(matrix.length === size * size, 'the matrix is square and fits the right side');
  const lower = new Float64Array(size * size);
  const solution = new Float64Array(size);
  const isDependent = new Uint8Array(size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) {
      if (isDependent[column] === 1) continue;
      const rest = remainder(matrix, lower, size, row, column);
      lower[row * size + column] = rest / lower[column * size + column];
    }
    const pivot = remainder(matrix, lower, size, row, row);
    if (pivot > PIVOT_MIN * matrix[row * size + row]) lower[row * size + row] = Math.sqrt(pivot);
    else isDependent[row] = 1;
  }
  // L·y = b downwards, then Lᵀ·x = y upwards, in one array.
  for (let row = 0; row < size; row++) {
    if (isDependent[row] === 1) continue;
    let sum = right[row];
    for (let k = 0; k < row; k++) sum -= lower[row * size + k] * solution[k];
    solution[row] = sum / lower[row * size + row];
  }
  for (let row = size - 1; row >= 0; row--) {
    if (isDependent[row] === 1) continue;
    let sum = solution[row];
    for (let k = row + 1; k < size; k++) sum -= lower[k * size + row] * solution[k];
    solution[row] = sum / lower[row * size + row];
  }
  return solution;
}

/** A[row][column] less what the columns of L before `column` already account for. */
function remainder(
  matrix: Float64Array,
  lower: Float64Array,
  size: number,
  row: number,
  column: number,
): number {
  let rest = matrix[row * size + column];
  for (let k = 0; k < column; k++) rest -= lower[row * size + k] * lower[column * size + k];
  return rest;
}
