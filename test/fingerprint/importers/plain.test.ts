import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importPlain } from '../../../src/fingerprint/importers/plain.ts';
import { chunksOf } from '../../support/chunks.ts';
import { inputErrorOf } from '../../support/inputErrors.ts';
import { referencesOf } from './support.ts';

const plain = (text: string | Uint8Array, pageSizeBytes = 4096) =>
  importPlain(chunksOf(text), { name: 'trace', pageSizeBytes });

describe('the plain format', () => {
  it('reads both kinds of numbers, comments, blank lines, CRLF and an open last line', async () => {
    const text = '# begin\r\n\r\n7\r\n 0x1F W # a write\n\t\n7 R\n0XaB\tW\n12#x\n5 W';
    expect(referencesOf(await plain(text))).toBe('R7 W31 R7 W171 R12 W5');
  });

  it('skips a byte order mark before the first line', async () => {
    expect(referencesOf(await plain('\ufeff3 W\n'))).toBe('W3');
  });

  it('makes one file-backed sequence that says where it is from', async () => {
    const options = { name: 'a', pageSizeBytes: 512, origin: { source: 'here' } };
    const fingerprint = await importPlain(chunksOf('1\n2 W\n'), options);
    expect(fingerprint).toMatchObject({
      name: 'a',
      pageSizeBytes: 512,
      backing: 'file',
      origin: { source: 'here', format: 'plain' },
    });
    expect(fingerprint.sequences.map((sequence) => sequence.name)).toEqual(['imported']);
  });

  it('agrees with a naive reader on any pages, in chunks of any size', async () => {
    const line = fc.record({
      page: fc.oneof(fc.bigInt(0n, 2n ** 52n - 1n), fc.bigInt(0n, 2000n)),
      isHex: fc.boolean(),
      letter: fc.constantFrom('', ' R', ' W'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1 }), fc.nat(40), async (lines, chunk) => {
        const text = lines
          .map(({ page, isHex, letter }) => `${isHex ? `0x${page.toString(16)}` : page}${letter}\n`)
          .join('');
        const expected = lines
          .map(({ page, letter }) => `${letter === ' W' ? 'W' : 'R'}${page}`)
          .join(' ');
        const fingerprint = await importPlain(chunksOf(text, chunk + 1), { name: 'trace' });
        expect(referencesOf(fingerprint)).toBe(expected);
      }),
      { seed: 1 },
    );
  });

  it.each([
    ['12\nabc\n', 'trace, line 2: "abc" does not begin with a page number.'],
    ['-3 R\n', 'trace, line 1: "-3 R" does not begin with a page number.'],
    ['0x\n', 'trace, line 1: "0x" does not begin with a page number.'],
    ['1.5\n', 'trace, line 1: "1.5" does not begin with a page number.'],
    ['7 X\n', 'trace, line 1: "7 X" has neither R nor W after the page number.'],
    ['7 W W\n', 'trace, line 1: "7 W W" goes on after its letter.'],
    ['7 WX\n', 'trace, line 1: "7 WX" goes on after its letter.'],
    ['18446744073709551616', /has a page number of more than 64 bits/],
    ['0x10000000000000000', /has a page number of more than 64 bits/],
    ['0x10000000000000', /is on a page whose address has more than 64 bits/],
    ['4503599627370496', /is on a page whose address has more than 64 bits/],
    [
      `x${'y'.repeat(100)}`,
      `trace, line 1: "x${'y'.repeat(39)}…" does not begin with a page number.`,
    ],
    ['', 'trace has no references.'],
    ['# nothing\n\n', 'trace has no references.'],
  ])('refuses %j by its line', async (text, message) => {
    expect(await inputErrorOf(plain(text))).toMatch(message);
  });

  it('takes the last page whose address has 64 bits, at every page size', async () => {
    for (let shift = 0n; shift <= 30n; shift++) {
      const last = (1n << (64n - shift)) - 1n;
      const pageSizeBytes = 2 ** Number(shift);
      expect(referencesOf(await plain(`${last}\n0x${last.toString(16)}`, pageSizeBytes))).toBe(
        `R${last} R${last}`,
      );
      expect(await inputErrorOf(plain(`${last + 1n}`, pageSizeBytes))).toMatch(/more than 64 bits/);
    }
  });

  it('refuses page sizes that are no powers of two', async () => {
    expect(await inputErrorOf(plain('1\n', 4095))).toMatch(/4095/);
  });

  it('calls noise what it is', async () => {
    const noise = Uint8Array.from({ length: 300 }, (_, i) => (i * 167 + 129) & 0xff);
    expect(await inputErrorOf(plain(noise))).toBe('trace, line 1 is not text.');
  });
});
