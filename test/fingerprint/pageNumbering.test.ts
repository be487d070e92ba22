import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PageNumbering } from '../../src/fingerprint/pageNumbering.ts';
import { SEED } from './arbitraries.ts';

const half = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 2 ** 32 - 1 }));

it('numbers by first appearance, as a Map of bigints does', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(half, half), { maxLength: 300 }), (pairs) => {
      const numbering = new PageNumbering();
      const map = new Map<bigint, number>();
      for (const [high, low] of pairs) {
        const number = (BigInt(high) << 32n) | BigInt(low);
        if (!map.has(number)) map.set(number, map.size);
        expect(numbering.pageOf(high, low)).toBe(map.get(number));
      }
      expect(numbering.count).toBe(map.size);
      expect([...numbering.pageNumbers()]).toEqual([...map.keys()]);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

it('keeps its numbers while the table grows', () => {
  const numbering = new PageNumbering();
  const numberOf = (i: number): [number, number] => [i % 7, Math.imul(i, 4096) >>> 0];
  const wrong = { first: 0, again: 0 };
  for (let i = 0; i < 100_000; i++) if (numbering.pageOf(...numberOf(i)) !== i) wrong.first++;
  for (let i = 0; i < 100_000; i++) if (numbering.pageOf(...numberOf(i)) !== i) wrong.again++;
  expect(wrong).toEqual({ first: 0, again: 0 });
});

it('refuses halves that are not 32 bits', () => {
  expect(() => new PageNumbering().pageOf(0, 2 ** 32)).toThrow('have 32 bits');
  expect(() => new PageNumbering().pageOf(-1, 0)).toThrow('have 32 bits');
});
