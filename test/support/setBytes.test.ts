import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SetBytes } from '../../src/support/setBytes.ts';

it('SetBytes finds what indexOf finds, between any two places', () => {
  const columns = fc.record({
    length: fc.integer({ min: 1, max: 100 }),
    ones: fc.array(fc.nat(99), { maxLength: 6 }),
    from: fc.nat(100),
    to: fc.nat(100),
  });
  fc.assert(
    fc.property(columns, ({ length, ones, from, to }) => {
      const bytes = new Uint8Array(length);
      for (const one of ones) if (one < length) bytes[one] = 1;
      const [first, last] = [Math.min(from, to, length), Math.min(Math.max(from, to), length)];
      const found = bytes.subarray(0, last).indexOf(1, first);
      expect(new SetBytes(bytes).next(first, last)).toBe(found < 0 ? last : found);
    }),
    { seed: 1, numRuns: 2000 },
  );
});
