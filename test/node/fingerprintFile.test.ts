import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBlocks } from '../../src/fingerprint/binaryCodec.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { generate } from '../../src/fingerprint/synthetic.ts';
import { parseFingerprint, printFingerprint } from '../../src/fingerprint/textCodec.ts';
import { readFingerprint, writeFingerprint } from '../../src/node/fingerprintFile.ts';
import { anyFingerprint, SEED } from '../fingerprint/arbitraries.ts';
import { inputErrorOf } from '../support/inputErrors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const QUALITY_9 = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
const SORTLS = resolve(import.meta.dirname, '../fingerprint/sortls.txt');

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A small fingerprint with references, so that some blocks are compressed and some are not. */
function loop(): Fingerprint {
  return generate('loop:pages=40,rounds=5', 1);
}

async function bytesOf(fingerprint: Fingerprint): Promise<Buffer> {
  const path = join(folder, 'bytes.evfp');
  await writeFingerprint(path, fingerprint);
  return readFileSync(path);
}

/** `content` under a right checksum. */
function sealed(content: Uint8Array): Buffer {
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

describe('a binary fingerprint file', () => {
  it('gives back every fingerprint, and the digest it was written with', async () => {
    const path = join(folder, 'any.evfp');
    await fc.assert(
      fc.asyncProperty(anyFingerprint, async (fingerprint) => {
        const { digest, bytes } = await writeFingerprint(path, fingerprint);
        expect(await readFingerprint(path, 1)).toEqual({ fingerprint, digest });
        expect(bytes).toBe(readFileSync(path).length);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('has the same bytes each time', async () => {
    expect(await bytesOf(loop())).toEqual(await bytesOf(loop()));
  });

  it('is refused when any byte is altered', async () => {
    const bytes = await bytesOf(loop());
    for (let at = 0; at < bytes.length; at++) {
      for (const change of [0x01, 0x80, 0xff]) {
        const altered = Buffer.from(bytes);
        altered[at] ^= change;
        const message = await inputErrorOf(readFingerprint(file('altered.evfp', altered), 1));
        expect(message).toContain('altered.evfp: ');
      }
    }
  });

  it('is refused when it is cut short anywhere, or goes on', async () => {
    const bytes = await bytesOf(loop());
    for (let length = 0; length < bytes.length; length++) {
      await inputErrorOf(readFingerprint(file('short.evfp', bytes.subarray(0, length)), 1));
    }
    const longer = file('longer.evfp', Buffer.concat([bytes, Buffer.from([0])]));
    expect(await inputErrorOf(readFingerprint(longer, 1))).toMatch(/checksum is wrong/);
  });

  it('has version 2 where references that repeat no stretch are stored as varints', async () => {
    const fingerprint = generate('zipf:pages=20000,references=60000', 1);
    const bytes = await bytesOf(fingerprint);
    expect([bytes[4], (await bytesOf(loop()))[4]]).toEqual([2, 1]);
    const byBrotli = encodeBlocks(fingerprint).blocks.map(
      (block) => brotliCompressSync(block.bytes, QUALITY_9).length,
    );
    expect(bytes.length).toBeLessThan(byBrotli.reduce((sum, length) => sum + length));
    const read = await readFingerprint(file('zipf.evfp', bytes), 1);
    const { digest } = await readFingerprint('synthetic:zipf:pages=20000,references=60000', 1);
    expect(read).toEqual({ fingerprint, digest });
  });

  it('is refused in another version, and says which', async () => {
    const bytes = await bytesOf(loop());
    bytes[4] = 3;
    const path = file('newer.evfp', sealed(bytes.subarray(0, -32)));
    expect(await inputErrorOf(readFingerprint(path, 1))).toBe(
      `${path}: the file has version 3; this program reads 1 and 2.`,
    );
  });

  it('is refused when it is wrong under a right checksum', async () => {
    const content = (await bytesOf(loop())).subarray(0, -32);
    const refusal = async (change: (bytes: Buffer) => Uint8Array): Promise<string> =>
      inputErrorOf(readFingerprint(file('wrong.evfp', sealed(change(Buffer.from(content)))), 1));
    expect(await refusal((bytes) => Buffer.concat([bytes, Buffer.from([0])]))).toMatch(
      /something after its last block/,
    );
    expect(await refusal((bytes) => bytes.subarray(0, -1))).toMatch(/damaged/);
    expect(await refusal((bytes) => bytes.subarray(0, 5))).toMatch(/a block is missing/);
    const setByte = (at: number, value: number) => (bytes: Buffer) => {
      bytes[at] = value;
      return bytes;
    };
    // Of the first block: method, raw length, stored length, first byte.
    expect(await refusal(setByte(5, 3))).toMatch(/compressed in an unknown way/);
    expect(await refusal(setByte(5, 2))).toMatch(/no such numbers/);
    expect(await refusal(setByte(5, 0))).toMatch(/another length than it says/);
    expect(await refusal(setByte(6, 1))).toMatch(/damaged/);
    expect(await refusal(setByte(13, 255))).toMatch(/a block is longer than the file/);
    expect(await refusal(setByte(14, 0xff))).toMatch(/cannot be decompressed|damaged/);
  });

  it('may be compressed once more, and has the same digest', async () => {
    const { digest } = await writeFingerprint(join(folder, 'a.evfp'), loop());
    const path = file('a.evfp.gz', gzipSync(readFileSync(join(folder, 'a.evfp'))));
    expect(await readFingerprint(path, 1)).toEqual({ fingerprint: loop(), digest });
  });
});

describe('the digest', () => {
  const digestOf = async (fingerprint: Fingerprint): Promise<string> =>
    (await writeFingerprint(join(folder, 'digest.evfp'), fingerprint)).digest;

  it('does not depend on name and origin', async () => {
    const named = { ...loop(), name: 'other', origin: { from: 'elsewhere' } };
    expect(await digestOf(named)).toBe(await digestOf(loop()));
  });

  it('depends on everything else', async () => {
    const variants = await Promise.all(
      [
        loop(),
        { ...loop(), backing: 'anonymous' as const },
        { ...loop(), pageSizeBytes: 8192 },
        generate('loop:pages=40,rounds=6', 1),
        generate('loop:pages=41,rounds=5', 1),
        { ...loop(), sequences: [{ ...loop().sequences[0], name: 'b' }] },
        { ...loop(), pageNumbers: loop().pageNumbers.map((page) => page + 1n) },
      ].map(digestOf),
    );
    expect(new Set(variants).size).toBe(variants.length);
  });

  it('is the same through the notation and through the binary file', async () => {
    const text = await readFingerprint(SORTLS, 1);
    const { digest } = await writeFingerprint(join(folder, 'sortls.evfp'), text.fingerprint);
    expect(digest).toBe(text.digest);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe('a fingerprint in the notation', () => {
  it('is written for a path that ends in .txt, and read back', async () => {
    const fingerprint = parseFingerprint(readFileSync(SORTLS, 'utf8'), 'sortls');
    const path = join(folder, 'sortls.txt');
    const { bytes } = await writeFingerprint(path, fingerprint);
    expect(readFileSync(path, 'utf8')).toBe(printFingerprint(fingerprint));
    expect(bytes).toBe(readFileSync(path).length);
    expect((await readFingerprint(path, 1)).fingerprint).toEqual(fingerprint);
  });

  it('may be compressed, and is named after its file', async () => {
    const path = file('sorting.txt.gz', gzipSync('ls R(0x1000)'));
    expect((await readFingerprint(path, 1)).fingerprint.name).toBe('sorting');
  });

  it('is told from noise, and from nothing', async () => {
    for (const bytes of [Buffer.alloc(100, 0), Buffer.from([0xff, 0xfe]), Buffer.from([0x81])]) {
      expect(await inputErrorOf(readFingerprint(file('noise', bytes), 1))).toMatch(
        /neither a binary fingerprint nor text/,
      );
    }
    await inputErrorOf(readFingerprint(file('empty', ''), 1));
    expect(await inputErrorOf(readFingerprint(folder, 1))).toBe(`${folder} is a folder.`);
  });

  it('leaves no file behind when it cannot be printed', async () => {
    const builder = new FingerprintBuilder({ name: 'far' });
    builder.referencePage(builder.declare('a'), 0xffffffff, 0, 0);
    const path = join(folder, 'far.txt');
    const before = readdirSync(folder);
    await inputErrorOf(writeFingerprint(path, builder.finish()));
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('synthetic:', () => {
  it('is a generated fingerprint with the seed given', async () => {
    const { fingerprint } = await readFingerprint('synthetic:zipf:pages=50,references=200', 7);
    expect(fingerprint).toEqual(generate('zipf:pages=50,references=200', 7));
  });

  it('is refused when nothing of that name is known', async () => {
    await inputErrorOf(readFingerprint('synthetic:zipff', 7));
  });
});
