import { expect, it } from 'vitest';
import { exp } from '../../src/support/exp.ts';

it('agrees with Math.exp in twelve digits', () => {
  for (let x = -700; x <= 700; x += 0.37) {
    expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-12);
  }
});

it('is exact at 0 and keeps the digits of small numbers', () => {
  expect(exp(0)).toBe(1);
  expect(exp(1e-9) - 1).toBe(Math.exp(1e-9) - 1);
});
