import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeVarintWords, encodeVarintWords } from '../../src/fingerprint/varintWords.ts';
import { ByteWriter } from '../../src/support/byteColumns.ts';
import { SEED } from './arbitraries.ts';

/** Numbers of all lengths, and the ends of each. */
const numbers = (width: number): fc.Arbitrary<number[]> => {
  const most = 256 ** width - 1;
  const ends = [0, 127, 128, 16_383, 16_384, 2 ** 21 - 1, 2 ** 21, most].filter((n) => n <= most);
  return fc.array(fc.oneof(fc.constantFrom(...ends), fc.integer({ min: 0, max: most })), {
    maxLength: 40,
  });
};

function wordsOf(list: readonly number[], width: number): Uint8Array {
  return Uint8Array.from(
    list.flatMap((n) => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255].slice(0, width)),
  );
}

const anyWords = fc
  .constantFrom(1, 2, 3)
  .chain((width) => numbers(width).map((list) => ({ width, list })));

describe('varints of a block of numbers', () => {
  it('are those of each number, and give back the block', () => {
    const check = fc.property(anyWords, ({ width, list }) => {
      const words = wordsOf(list, width);
      const varints = encodeVarintWords(words, width);
      const naive = new ByteWriter();
      for (const number of list) naive.varint(number);
      expect([...varints]).toEqual([...naive.bytes()]);
      expect([...decodeVarintWords(varints, width, words.length)]).toEqual([...words]);
    });
    fc.assert(check, { seed: SEED, numRuns: 500 });
  });

  it('are refused when there are more or fewer, or one is too large', () => {
    const check = fc.property(anyWords, ({ width, list }) => {
      const words = wordsOf([...list, 1], width);
      const varints = encodeVarintWords(words, width);
      const decode = (bytes: Uint8Array, length: number) => () =>
        decodeVarintWords(bytes, width, length);
      expect(decode(varints.subarray(0, -1), words.length)).toThrow(/damaged/);
      expect(decode(varints, words.length - width)).toThrow(/damaged/);
      expect(decode(varints, words.length + width)).toThrow(/damaged/);
      expect(decode(varints, words.length + 1)).toThrow(/damaged/);
      const unending = Uint8Array.from([...varints.subarray(0, -1), 0x81]);
      expect(decode(unending, words.length)).toThrow(/damaged/);
    });
    fc.assert(check, { seed: SEED, numRuns: 200 });
    for (const width of [1, 2, 3]) {
      const large = new ByteWriter();
      large.varint(256 ** width);
      expect(() => decodeVarintWords(large.bytes(), width, width)).toThrow(/damaged/);
    }
    expect(() => decodeVarintWords(Uint8Array.of(129, 128, 128, 128), 3, 3)).toThrow(/damaged/);
  });
});
