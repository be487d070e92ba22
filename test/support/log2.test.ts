import { describe, expect, it } from 'vitest';
import { log2, log2AboveWhole } from '../../src/support/log2.ts';

describe('log2', () => {
  it('is exact at powers of two', () => {
    for (let exponent = -100; exponent <= 100; exponent++) {
      expect(log2(2 ** exponent)).toBe(exponent);
    }
  });

  it('is within 3e-6 of the logarithm of the number as a 32-bit float', () => {
    for (let x = 1; x < 2 ** 40; x = x * 1.0007 + 1e-3) {
      expect(Math.abs(log2(x) - Math.log2(Math.fround(x)))).toBeLessThan(3e-6);
    }
  });

  it('never falls, over every float of one octave and across its ends', () => {
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    // From just below 2 to just above 4: 2^23 floats and a margin.
    float[0] = 2;
    const start = bits[0] - 1000;
    let before = Number.NEGATIVE_INFINITY;
    let falls = 0;
    for (let word = start; word < start + 2 ** 23 + 2000; word++) {
      bits[0] = word;
      const now = log2(float[0]);
      if (!(now > before)) falls++;
      before = now;
    }
    expect(falls).toBe(0);
  });

  it('never falls as whole numbers grow', () => {
    let falls = 0;
    for (let x = 1; x < 2 ** 20; x++) if (!(log2(x + 1) > log2(x))) falls++;
    expect(falls).toBe(0);
  });

  it('has the same bits for a whole number taken as one, also where it is no 32-bit float', () => {
    const check = (x: number): number => (log2AboveWhole(x) === log2(1 + Math.fround(x)) ? 0 : 1);
    let different = 0;
    for (let x = 0; x < 2 ** 20; x++) different += check(x);
    for (let x = 2 ** 20; x < 2 ** 31; x += 1 + (x >>> 15)) different += check(x);
    for (let x = 2 ** 24 - 1000; x < 2 ** 24 + 1000; x++) different += check(x);
    for (let e = 20; e < 31; e++) for (let d = -3; d <= 3; d++) different += check(2 ** e + d);
    expect(different + check(2 ** 31 - 1)).toBe(0);
  });
});
