import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Action } from '../../src/fingerprint/action.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import { parseFingerprint, printFingerprint } from '../../src/fingerprint/textCodec.ts';
import { InputError } from '../../src/support/assert.ts';
import { anyFingerprint, SEED } from './arbitraries.ts';

const sortls = fs.readFileSync(new URL('./sortls.txt', import.meta.url), 'utf8');

/** `message` and `hint` of the error that `text` causes. */
function errorOf(text: string): string {
  try {
    parseFingerprint(text, 'x.txt');
  } catch (error) {
    if (error instanceof InputError) return `${error.message} | ${error.hint}`;
    throw error;
  }
  return 'no error';
}

describe('the canonical example', () => {
  it('parses into its columns', () => {
    const { sequences, pageNumbers } = parseFingerprint(sortls, 'sortls');
    const { Wake, Sleep, Write, Read, Wait } = Action;
    expect(sequences.map((sequence) => sequence.name)).toEqual(['sortls', 'ls', 'sort']);
    expect([...sequences[0].actions]).toEqual([Wake, Wake, Sleep, Write, Read, Wake, Wait, Wait]);
    expect([...sequences[0].operands]).toEqual([0, 1, 10, 0, 0, 2, 1, 2]);
    expect([...sequences[0].offsets!]).toEqual([0, 0, 0, 0x343, 0x432, 0, 0, 0]);
    expect([...pageNumbers]).toEqual([0n]);
  });

  it('prints back', () => {
    expect(printFingerprint(parseFingerprint(sortls, 'sortls'))).toBe(
      [
        '@name sortls',
        '@page-size 4096',
        '@backing anonymous',
        'sortls U(sortls) U(ls) S(10) W(0x343) R(0x432) U(sort) D(ls,sort)',
        'ls D(sortls) W(0x123) D(sort) R(0x34)',
        'sort D(sortls) R(0x234) U(ls)',
        '',
      ].join('\n'),
    );
  });
});

it('loses nothing: parsing what was printed gives an equal fingerprint and the same text', () => {
  fc.assert(
    fc.property(anyFingerprint, (fingerprint) => {
      const text = printFingerprint(fingerprint);
      const parsed = parseFingerprint(text, 'another name');
      expect(parsed).toEqual(fingerprint);
      expect(printFingerprint(parsed)).toBe(text);
    }),
    { seed: SEED, numRuns: 600 },
  );
});

it('reads directives, comments, quoted names, maps and sequences in several lines', () => {
  const text = `\uFEFF# a comment
    @page-size 256   # bytes
    @backing file
    @origin "made by" hand\r
    "a b" M(0x100,2,anonymous) M(4096,1,file:"/x y"@0x100,shared)W(0x1ff)
    c
    "a b" M(0x2000,1,shm:7@0) S(0) S(2)S(3) R(8447) N(0x100,1) F(c) E`;
  expect(printFingerprint(parseFingerprint(text, 'x.txt'))).toBe(
    [
      '@name x.txt',
      '@page-size 256',
      '@backing file',
      '@origin "made by" hand',
      '"a b" M(0x100,2,anonymous) M(0x1000,1,file:"/x y"@0x100,shared) W(0x1ff) ' +
        'M(0x2000,1,shm:7@0x0) S(5) R(0x20ff) N(0x100,1) F(c) E',
      'c',
      '',
    ].join('\n'),
  );
});

it('passes over the heading only where it is one', () => {
  const names = (text: string) => parseFingerprint(text, 'x').sequences.map(({ name }) => name);
  expect(names('Seq. name Actions\nls R(1)')).toEqual(['ls']);
  expect(names('Seq. R(1)\nls R(1)')).toEqual(['Seq.', 'ls']);
  expect(errorOf('ls R(1)\nSeq. name Actions')).toMatch(/^x.txt:2:6: "name" is no action/);
});

it('joins a sleep longer than 32 bits, and cuts it again', () => {
  const { sequences } = parseFingerprint('a S(4294967295) S(4294967296)', 'x');
  expect([...sequences[0].operands]).toEqual([4294967295, 4294967295, 1]);
});

it.each([
  ['', 'x.txt: there is no sequence. | a fingerprint has at least one'],
  ['# only a comment\n@page-size 4096\n', 'x.txt: there is no sequence.'],
  ['ls R(0x1) foo', 'x.txt:1:11: "foo" is no action. | actions are R W S D U E F M N'],
  ['ls\n  ls r(1)', 'x.txt:2:6: "r" is no action.'],
  ['R(0x1)', 'x.txt:1:2: what stands here is no action.'],
  ['ls R(0x1', 'x.txt:1:9: ) is missing before the end of the line. | an action is a letter'],
  ['ls R 0x1)', 'x.txt:1:6: ( is missing before "0".'],
  ['ls R(0x1))', 'x.txt:1:10: what stands here is no action.'],
  ['ls R(0x1,2,3)', 'x.txt:1:11: ) is missing before ",".'],
  ['ls R(-1)', 'x.txt:1:6: "-1" is not an address. | write a whole number, decimal or 0x…'],
  ['ls R(1.5)', 'x.txt:1:6: "1.5" is not an address.'],
  ['ls R(0x)', 'x.txt:1:6: "0x" is not an address.'],
  ['ls R(ls)', 'x.txt:1:6: "ls" is not an address.'],
  ['ls R()', 'x.txt:1:6: ")" is not an address.'],
  ['ls R(0x10000000000000000)', 'x.txt:1:6: an address of more than 64 bits. | the greatest is'],
  ['ls R(18446744073709551616)', 'x.txt:1:6: an address of more than 64 bits.'],
  ['ls S(9007199254740992)', 'x.txt:1:6: 9007199254740992 is too large for a number of ns.'],
  ['ls S(9007199254740991) S(1)', 'x.txt: sequence "ls" sleeps too long at once.'],
  ['ls D(sort)', 'x.txt:1:6: there is no sequence "sort". | give it a line of its own'],
  ['sort\nls D(sotr)', 'x.txt:2:6: there is no sequence "sotr". | did you mean "sort"?'],
  ['ls D()', 'x.txt:1:6: the name of a sequence is missing before ")".'],
  ['ls "unended', 'x.txt:1:4: what stands here is no action.'],
  ['"ls R(0)\n', 'x.txt:1:1: a quoted word does not end well.'],
  ['"l\\s" R(0)', 'x.txt:1:1: a quoted word does not end well.'],
  ['(', 'x.txt:1:1: the name of a sequence is missing before "(".'],
  ['@page-size 3', 'x.txt:1:12: a page of 3 bytes is not possible. | give a power of two'],
  ['@page-size 2147483648', 'x.txt:1:12: a page of 2147483648 bytes is not possible.'],
  ['@page-size -4', 'x.txt:1:12: a page of -4 bytes is not possible.'],
  ['@page-size', 'x.txt:1:11: a value is missing before the end of the line.'],
  ['@page-size 4 4', 'x.txt:1:14: a directive goes on. | quote a value that has blanks'],
  ['@page-size 4\n@page-size 4', 'x.txt:2:2: @page-size a second time.'],
  ['@origin k a\n@origin j a\n@origin k b', 'x.txt:3:2: @origin k a second time. | leave one'],
  ['@backing disk', 'x.txt:1:10: backing disk is not known. | give anonymous or file'],
  ['@page-sise 4', 'x.txt:1:2: there is no directive @page-sise. | did you mean @page-size?'],
  ['ls\n@name x', 'x.txt:2:1: a directive after a sequence. | move it to the top'],
  ['ls M(0,1,disk:x@0)', 'x.txt:1:10: "disk:x" backs no page.'],
  ['ls M(0,1,file:x@0)', 'x.txt:1:18: , is missing before ")".'],
  ['ls M(0,1,file:x@0,rw)', 'x.txt:1:19: a file is mapped private or shared.'],
  ['ls M(0,0,anonymous)', 'x.txt: sequence "ls", action 1: 0 is not a number of pages.'],
])('refuses %.40s with place and hint', (text, message) => {
  expect(errorOf(text).slice(0, message.length)).toBe(message);
});

it('refuses a number of a million digits as quickly as any', () => {
  const text = `ls R(${'9'.repeat(1_000_000)})`;
  expect(errorOf(text)).toMatch(/^x.txt:1:6: an address of more than 64 bits/);
});

it('does not print a page number that has no address', () => {
  const builder = new FingerprintBuilder({ name: 'ids', pageSizeBytes: 4096 });
  builder.referencePage(builder.declare('a'), 2 ** 20, 0, 0);
  expect(() => printFingerprint(builder.finish())).toThrow(
    'ids: page number 0x10000000000000 has no address of 64 bits.',
  );
});
