/*
 * 2 to the power x, the same to the last bit on every machine; Math.exp is not, by the standard.
 * Logistic and ranking learners rest on it.
 *
 *   x = n + i/256 + r     2ˣ = 2ⁿ · table[i] · (1 + t + t²/2 + t³/6 + t⁴/24), t = r·ln 2
 *
 * The table is made by square roots, which are exact to the last bit everywhere. Off by less than
 * 10⁻¹⁴ of the result.
 */
const INDEX_COUNT = 256;
/** Below it the result is taken for 0, above −it for 2^1000: no gradient needs more. */
const EXPONENT_MAX = 1000;

/** 2^(i/256). */
const table = Float64Array.from({ length: INDEX_COUNT }, (_, i) => {
  let root = 2;
  let power = 1;
  for (let half = INDEX_COUNT / 2; half >= 1; half /= 2) {
    root = Math.sqrt(root);
    if ((i & half) !== 0) power *= root;
  }
  return power;
});

/** 2^(i − EXPONENT_MAX). */
const wholePowers = new Float64Array(2 * EXPONENT_MAX + 1);
wholePowers[EXPONENT_MAX] = 1;
for (let i = 1; i <= EXPONENT_MAX; i++) {
  wholePowers[EXPONENT_MAX + i] = 2 * wholePowers[EXPONENT_MAX + i - 1];
  wholePowers[EXPONENT_MAX - i] = wholePowers[EXPONENT_MAX - i + 1] / 2;
}

export function exp2(x: number): number {
  if (x <= -EXPONENT_MAX) return 0;
  if (x >= EXPONENT_MAX) return wholePowers[2 * EXPONENT_MAX];
  const whole = Math.floor(x);
  // The difference to −1 of a number just below 0 is rounded to 1.
  const index = Math.min(INDEX_COUNT - 1, Math.floor((x - whole) * INDEX_COUNT));
  const t = (x - whole - index / INDEX_COUNT) * Math.LN2;
  const rest = 1 + t * (1 + (t / 2) * (1 + (t / 3) * (1 + t / 4)));
  return wholePowers[whole + EXPONENT_MAX] * table[index] * rest;
}
