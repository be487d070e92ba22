/*
 * The one file that loads ml-regression: the same equations solved by somebody else's code. Its
 * multivariate part is a package of its own, which has types; the whole would load eight more.
 */

/**
 * The coefficients β that minimise |rows · β − right|², without an intercept. The package boxes
 * every number and keeps all rows several times, about 2 kB a row: for small tables.
 */
export async function solveByMlRegression(
  rows: number[][],
  right: readonly number[],
): Promise<Float64Array> {
  const { default: MultivariateLinearRegression } = await import(
    'ml-regression-multivariate-linear'
  );
  const { weights } = new MultivariateLinearRegression(
    rows,
    right.map((value) => [value]),
    { intercept: false, statistics: false },
  );
  return Float64Array.from(weights, ([coefficient]) => coefficient);
}
