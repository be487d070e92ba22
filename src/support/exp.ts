/** The exponential function, by sums, products and one division: the same bits everywhere. */

/** e to the x, to within 1e-12 of itself for −700 ≤ x ≤ 700. */
export function exp(x: number): number {
  if (x < 0) return 1 / exp(-x);
  // Halved ten times, the series of a number below 0.7 needs sixteen terms, and is squared back.
  // What is squared is kept as e^x − 1, which loses no digits while it is small.
  const small = x / 1024;
  let term = small;
  let rest = small;
  for (let n = 2; n <= 16; n++) {
    term *= small / n;
    rest += term;
  }
  for (let i = 0; i < 10; i++) rest *= 2 + rest;
  return 1 + rest;
}
