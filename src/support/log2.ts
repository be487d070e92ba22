/*
 * The logarithm to base 2, the same to the last bit on every machine, and monotone; Math.log2 is
 * neither by the standard. A model's scores rest on it, when it is fitted and when it evicts.
 *
 *   x = 2^e · (1 + i/256 + r)     as a 32-bit float: sign | e | i: 8 bits | r: 15 bits
 *   log2 x ≈ e + table[i] + r · slope[i]          off by less than 3·10⁻⁶
 *
 * The table is made by squaring, of multiplications only, and ends 32 bits behind the point, so
 * that the products and sums after it are exact in a double and the pieces meet without a step.
 */
import { assert } from './assert.ts';

const INDEX_BITS = 8;
const REST_BITS = 23 - INDEX_BITS;
// Said beforehand: what is worked out in a function makes it too long to be inlined often.
const INDEX_MASK = 2 ** INDEX_BITS - 1;
const REST_MASK = 2 ** REST_BITS - 1;
const TABLE_BITS = 32;

/** log2 of 1 + i/256; `slope` is the rise to the next entry, a unit of r's last bit. */
const table = Float64Array.from({ length: 2 ** INDEX_BITS + 1 }, (_, i) =>
  logarithmBySquaring(1 + i / 2 ** INDEX_BITS),
);
const slope = Float64Array.from(
  { length: 2 ** INDEX_BITS },
  (_, i) => (table[i + 1] - table[i]) / 2 ** REST_BITS,
);

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** log2 of `x`, taken as a 32-bit float; 2⁻¹²⁶ ≤ x < 2¹²⁸. */
export function log2(x: number): number {
  float[0] = x;
  const word = bits[0];
  const index = (word >>> REST_BITS) & INDEX_MASK;
  const rest = word & REST_MASK;
  return (word >>> 23) - 127 + (table[index] + rest * slope[index]);
}

/** Beyond it a whole number may have no 32-bit float of its own. */
const WHOLE_MAX = 2 ** 24;
/** Of a word whose highest bit is the leading one. */
const INDEX_SHIFT = 31 - INDEX_BITS;
const REST_SHIFT = INDEX_SHIFT - REST_BITS;

/** log2(1 + x), x itself taken as a 32-bit float, for a whole number x: the same bits, sooner. */
export function log2AboveWhole(x: number): number {
  if (x >= WHOLE_MAX) return log2(1 + Math.fround(x));
  const zeros = Math.clz32(x + 1);
  const mantissa = (x + 1) << zeros;
  const index = (mantissa >>> INDEX_SHIFT) & INDEX_MASK;
  const rest = (mantissa >>> REST_SHIFT) & REST_MASK;
  return 31 - zeros + (table[index] + rest * slope[index]);
}

/** Each squaring of a number in [1, 2] doubles its logarithm, whose next bit shows as passing 2. */
function logarithmBySquaring(number: number): number {
  assert(number >= 1 && number <= 2, 'a mantissa is between 1 and 2');
  if (number === 2) return 1;
  let logarithm = 0;
  for (let bit = 1; bit <= TABLE_BITS; bit++) {
    number *= number;
    if (number >= 2) {
      number /= 2;
      logarithm += 2 ** -bit;
    }
  }
  return logarithm;
}
