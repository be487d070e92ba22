import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openBytes } from '../../src/node/byteStream.ts';
import { inputErrorOf } from '../support/inputErrors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

const TEXT = Array.from(
  { length: 120 },
  (_, i) => `${(i * i) % 97} ${i % 3 === 0 ? 'W' : 'R'}\n`,
).join('');
const GZIP = gzipSync(TEXT);
/** TEXT by `zstd -19 --check`, version 1.5.4. */
const ZSTD = Buffer.from(
  'KLUv/WRDAZ0GAEKKFgvAPe5dkiRJfsctMNZbWldXV/e6AeEhw6OxmZuyIKgTFMEKI0fl3B2m9xiDhuF9jaVQoRjWEF' +
    'lvWQGTNtbLeX9kPYn1432g9WTWJ3lvY32J9Rbep/VkfXgPAVKowcxbWv87oCiQqvIwJgX5AoClFgIXG+ZstRYPK+z3' +
    'zyXXcACBjAo6MdCCgg3eVifqyGETFP7JYDtQiQUymLh/xLtvUaNkwAzwn5bFhbjh/ztw5JV185Zcik4JqimOJDb1ti' +
    '8UdSesWhoFH6KAqbPSB1tgmiqT+2yA',
  'base64',
);
/** A frame to be skipped, of five bytes. */
const SKIPPABLE = Buffer.from('502a4d18050000006162636465', 'hex');

async function textOf(path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of openBytes(path)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('openBytes', () => {
  it.each([
    ['plain bytes', TEXT, TEXT],
    ['gzip', GZIP, TEXT],
    ['zstd', ZSTD, TEXT],
    ['two gzip members', Buffer.concat([GZIP, GZIP]), TEXT + TEXT],
    ['two zstd frames', Buffer.concat([ZSTD, ZSTD]), TEXT + TEXT],
    ['zstd after a skippable frame', Buffer.concat([SKIPPABLE, ZSTD]), TEXT],
    ['an empty file', '', ''],
    ['a single byte', '7', '7'],
    ['an empty gzip', gzipSync(''), ''],
  ])('reads %s whatever its name', async (_, bytes, text) => {
    expect(await textOf(file('trace.bin', bytes))).toBe(text);
  });

  it.each([
    ['gzip', GZIP],
    ['zstd', ZSTD],
  ])('says that %s is cut short, wherever it is', async (format, bytes) => {
    for (let length = 4; length < bytes.length; length++) {
      const path = file('short', bytes.subarray(0, length));
      expect(await inputErrorOf(textOf(path))).toBe(
        `${path} is cut short: its ${format} data has no end.`,
      );
    }
  });

  it.each([
    ['gzip', Buffer.concat([GZIP.subarray(0, 20), Buffer.alloc(40, 0xff)])],
    ['zstd', Buffer.concat([ZSTD, Buffer.from('something else here')])],
  ])('says that %s is damaged', async (format, bytes) => {
    const path = file('damaged', bytes);
    expect(await inputErrorOf(textOf(path))).toBe(
      `${path} is damaged: its ${format} data cannot be decompressed.`,
    );
  });

  it('refuses a folder, and what is not there', async () => {
    mkdirSync(join(folder, 'sub'));
    expect(await inputErrorOf(textOf(join(folder, 'sub')))).toMatch(/sub is a folder\.$/);
    expect(await inputErrorOf(textOf(join(folder, 'none')))).toMatch(/none does not exist\.$/);
    const inside = join(file('leaf', ''), 'x');
    expect(await inputErrorOf(textOf(inside))).toMatch(/is inside something that is no folder\.$/);
  });

  it('stops reading when its reader has enough', async () => {
    const path = file('long', gzipSync(Buffer.alloc(8 * 2 ** 20, '1\n')));
    let bytes = 0;
    for await (const chunk of openBytes(path)) {
      bytes += chunk.length;
      break;
    }
    expect(bytes).toBeLessThan(2 ** 20);
  });
});
