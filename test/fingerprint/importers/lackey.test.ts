import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importLackey } from '../../../src/fingerprint/importers/lackey.ts';
import { chunksOf } from '../../support/chunks.ts';
import { inputErrorOf } from '../../support/inputErrors.ts';
import { referencesOf } from './support.ts';

const lackey = (text: string, options = {}) =>
  importLackey(chunksOf(text), { name: 'trace', ...options });

const LOG = `==12== Lackey, an example Valgrind tool
==12==
--12-- warning: something
I  04001000,3
 L 1ffeffe7e0,8
 S 1ffefff000,8
 M 0421c7cc,4

I  04001003,5
==12== Counted 2 calls
`;

/** Lines as they are usual, and as they are not, with what they touch. */
const line = fc
  .record({
    letter: fc.constantFrom('I ', ' L', ' S', ' M'),
    address: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    digits: fc.constantFrom(1, 8, 10),
    size: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 5000 })),
    end: fc.constantFrom('\n', '\n', '\n', '\r\n', '\n==12== counted\n', '\n\n'),
  })
  .map(({ letter, address, digits, size, end }) => {
    const pages: string[] = [];
    for (let page = address >> 12n; page <= (address + BigInt(size) - 1n) >> 12n; page++) {
      pages.push(`${letter === ' S' || letter === ' M' ? 'W' : 'R'}${page}`);
    }
    return { text: `${letter} ${address.toString(16).padStart(digits, '0')},${size}${end}`, pages };
  });

describe('the output of lackey', () => {
  it('is read the same in chunks of every length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 200 }),
        async (lines, chunkBytes) => {
          const chunks = chunksOf(lines.map(({ text }) => text).join(''), chunkBytes);
          const fingerprint = await importLackey(chunks, { name: 'trace' });
          expect(referencesOf(fingerprint)).toBe(lines.flatMap(({ pages }) => pages).join(' '));
        },
      ),
      { seed: 20, numRuns: 100 },
    );
  });

  it('is read on over the border of a batch', async () => {
    const pages = Array.from({ length: 10_000 }, (_, i) => (i * i) % 777);
    const text = pages.map((page) => ` L ${(page * 4096).toString(16)},4\n`).join('');
    expect(referencesOf(await lackey(text))).toBe(pages.map((page) => `R${page}`).join(' '));
  });

  it('is reads for fetches and loads, one write for stores and modifies', async () => {
    const expected = `R${0x4001} R${0x1ffeffe} W${0x1ffefff} W${0x421c} R${0x4001}`;
    expect(referencesOf(await lackey(LOG))).toBe(expected);
  });

  it('is data alone without instruction fetches', async () => {
    const expected = `R${0x1ffeffe} W${0x1ffefff} W${0x421c}`;
    expect(referencesOf(await lackey(LOG, { instructions: false }))).toBe(expected);
  });

  it('touches both pages of an access that straddles them', async () => {
    expect(referencesOf(await lackey(' S 00001ffe,8\n'))).toBe('W1 W2');
    expect(referencesOf(await lackey(' L 1ffe,2\n'))).toBe('R1');
    expect(referencesOf(await lackey(' L 10,4\n', { pageSizeBytes: 2 }))).toBe('R8 R9');
  });

  it('has addresses of 64 bits', async () => {
    expect(referencesOf(await lackey(' L ffffffffffffffff,1\n'))).toBe(`R${2n ** 52n - 1n}`);
    expect(await inputErrorOf(lackey(' L ffffffffffffffff,2\n'))).toMatch(/more than 64 bits/);
    expect(await inputErrorOf(lackey(' L 10000000000000000,2\n'))).toMatch(/more than 64 bits/);
  });

  it.each([
    'hello',
    'I 04001000,3',
    'L 1ffe,8',
    ' X 1ffe,8',
    ' L 1ffe',
    ' L ,8',
    ' L 1ffe,',
    ' L 1ffe,0',
    ' L 1ffe,8x',
    ' L 1ffe,70000',
    ' L 1ffg,8',
    'I',
    ' ',
    ' L',
    '=12=',
  ])('refuses %j by its line', async (line) => {
    expect(await inputErrorOf(lackey(`${LOG}${line}\n L 1ffe,8\n`))).toBe(
      `trace, line 11: "${line}" is not an access as lackey prints them.`,
    );
  });

  it('refuses a log without accesses', async () => {
    expect(await inputErrorOf(lackey('==12== done\n'))).toBe('trace has no references.');
  });
});
