import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/support/byteColumns.ts';

const MAX = Number.MAX_SAFE_INTEGER;

it('reads back every varint, and nothing more', () => {
  const value = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constant(MAX));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), (values) => {
      const out = new ByteWriter();
      for (const number of values) out.varint(number);
      const input = new ByteReader(out.bytes(), 'it');
      expect(values.map(() => input.varint(MAX))).toEqual(values);
      input.end();
      expect(() => input.byte()).toThrow('it is damaged: it ends early.');
    }),
    { seed: 3, numRuns: 300 },
  );
});

it('writes seven bits a byte, the least significant first', () => {
  const out = new ByteWriter();
  out.varint(300);
  expect(out.bytes()).toEqual(Uint8Array.of(0b10101100, 0b00000010));
});

it.each([
  ['a number above its limit', [0x80, 0x02], 255, 'a number is too large'],
  ['a padded number', [0x80, 0x00], 255, 'a number is padded'],
  ['a number of too many bytes', [128, 128, 128, 128, 128, 128, 128, 128, 1], MAX, 'too long'],
  ['a number that does not end', [0x80], 255, 'it ends early'],
])('refuses %s', (_, bytes, max, message) => {
  const input = new ByteReader(Uint8Array.from(bytes), 'it');
  expect(() => input.varint(max)).toThrow(message);
});

it('refuses bytes left over', () => {
  expect(() => new ByteReader(Uint8Array.of(0), 'it').end()).toThrow('bytes are left over');
});
