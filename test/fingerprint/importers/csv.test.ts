import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvOptions, importCsv } from '../../../src/fingerprint/importers/csv.ts';
import { chunksOf } from '../../support/chunks.ts';
import { inputErrorOf } from '../../support/inputErrors.ts';
import { referencesOf } from './support.ts';

const csv = (text: string, options: CsvOptions = {}) =>
  importCsv(chunksOf(text), { name: 'trace', ...options });

describe('comma-separated values', () => {
  it('are reads of the first column when nothing is said', async () => {
    expect(referencesOf(await csv('5,W,a\r\n0x10,R\n5\n'))).toBe('R5 R16 R5');
  });

  it('have columns by number', async () => {
    const text = '1,Write,4096\n2,Read,8191\n\n3,w,8192\n';
    expect(referencesOf(await csv(text, { address: '3', write: '2' }))).toBe('W1 R1 W2');
    expect(referencesOf(await csv(text, { page: '3' }))).toBe('R4096 R8191 R8192');
  });

  it('have columns by name', async () => {
    const text = 'time, op ,"page ""no"""\n1,1,7\n2,0,8\n';
    expect(referencesOf(await csv(text, { page: 'page "no"', write: 'op' }))).toBe('W7 R8');
  });

  it('have a header when the first line has a name where the page should be', async () => {
    for (const header of ['page', '"page"', '_id', 'Σελίδα', ' Page']) {
      expect(referencesOf(await csv(`${header}\n7\n`))).toBe('R7');
    }
    expect(referencesOf(await csv('7\n8\n'))).toBe('R7 R8');
  });

  it('may separate fields by any sign, or tabs', async () => {
    expect(
      referencesOf(await csv('a;7;w\nb;8;r\n', { page: '2', write: '3', delimiter: ';' })),
    ).toBe('W7 R8');
    expect(referencesOf(await csv('a\t7\nb\t8\n', { page: '2', delimiter: 'tab' }))).toBe('R7 R8');
  });

  it('know the words for writes and reads in any case', async () => {
    const writes = [
      'w',
      'W',
      'Write',
      'WRITE',
      '1',
      'true',
      'yes',
      'S',
      'store',
      'M',
      ' w ',
      '"w"',
    ];
    const reads = ['r', 'R', 'Read', '0', 'FALSE', 'no', 'l', 'load'];
    const text = [...writes, ...reads].map((word) => `1,${word}\n`).join('');
    expect(referencesOf(await csv(text, { write: '2' }))).toBe(
      `${'W1 '.repeat(writes.length)}${'R1 '.repeat(reads.length)}`.trim(),
    );
  });

  it('agree with a naive reader whatever stands in the other fields', async () => {
    const other = fc.string({ unit: fc.constantFrom('a', ',', '"', ' ', 'é') });
    const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;
    const row = fc.tuple(other, fc.bigInt(0n, 2n ** 64n - 1n), fc.boolean(), fc.boolean(), other);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (rows) => {
        const text = rows
          .map(([before, address, isQuoted, isWrite, after]) => {
            const field = isQuoted ? `"${address}"` : `${address}`;
            return `${quoted(before)},${field},${isWrite ? 'W' : 'R'},${quoted(after)}\n`;
          })
          .join('');
        const expected = rows
          .map(([, address, , isWrite]) => `${isWrite ? 'W' : 'R'}${address / 4096n}`)
          .join(' ');
        expect(referencesOf(await csv(text, { address: '2', write: '3' }))).toBe(expected);
      }),
      { seed: 1 },
    );
  });

  it.each<[string, CsvOptions, string]>([
    ['1,2\nx,3\n', {}, 'trace, line 2: "x,3" has no number'],
    ['1,2\n,3\n', {}, 'trace, line 2: ",3" has no number'],
    ['-5\n1\n', {}, 'trace, line 1: "-5" has no number'],
    ['"-5"\n1\n', {}, 'trace, line 1: ""-5"" has no number'],
    ['+5\n1\n', {}, 'trace, line 1: "+5" has no number'],
    ['.5\n1\n', {}, 'trace, line 1: ".5" has no number'],
    [',2\n1,2\n', {}, 'trace, line 1: ",2" has no number'],
    ['18446744073709551616\n', {}, 'trace, line 1: "18446744073709551616" has no number'],
    ['4503599627370496\n', {}, 'is on a page whose address has more than 64 bits'],
    ['1,2\n3\n', { page: '2' }, 'trace, line 2: "3" has fewer fields'],
    ['1,2\n', { page: '3' }, 'trace has no column 3: its first line has 2.'],
    ['1,2\n', { page: '0' }, 'trace has no column 0'],
    ['page,write\n', { page: 'pgae' }, 'trace has no column named "pgae".'],
    ['page,page\n', { page: 'page' }, 'trace has more than one column named "page".'],
    ['1,x\n', { write: '2' }, 'trace, line 1: "1,x" says neither write nor read'],
    ['1,\n', { write: '2' }, 'says neither write nor read'],
    ['1\n"2\n', {}, 'has a quoted field that does not end with its line'],
    ['1\n"2"3\n', {}, 'goes on after a closing quote'],
    ['page\n', { page: 'page' }, 'trace has no references.'],
    ['', {}, 'trace has no references.'],
    ['1\n', { page: '1', address: '2' }, 'both given'],
    ['1\n', { delimiter: ',,' }, '",," cannot separate fields.'],
    ['1\n', { delimiter: '"' }, 'cannot separate fields.'],
    ['1\n', { delimiter: '' }, 'cannot separate fields.'],
  ])('refuse %j with %j', async (text, options, message) => {
    expect(await inputErrorOf(csv(text, options))).toContain(message);
  });
});
