/** The captured programs, from text to binary file and back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importPlain } from '../../src/fingerprint/importers/plain.ts';
import { openBytes } from '../../src/node/byteStream.ts';
import { readFingerprint, writeFingerprint } from '../../src/node/fingerprintFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { readTrace, sharedData } from '../support/traces.ts';

const folder = temporaryFolder();
const data = sharedData('the import of captured programs');

/** References, pages and writes as ../shared/data/README.md counts them. */
const PROGRAMS = {
  sort: [267_635, 3_465, 86_034],
  cc1: [3_575_649, 4_308, 538_274],
  sqlite: [3_201_576, 2_090, 582_708],
  xz: [2_287_657, 5_554, 1_730_753],
  gitlog: [1_612_369, 15_627, 641_386],
  pyast: [3_256_557, 3_735, 828_376],
  perl: [3_236_049, 2_270, 906_672],
} as const;

describe.skipIf(data === undefined)('captured programs', () => {
  it('are imported with every reference, and take at most 8 MB in binary files', async () => {
    let totalBytes = 0;
    for (const [name, counts] of Object.entries(PROGRAMS)) {
      const path = join(data!, 'programs', `${name}.pages.zst`);
      const fingerprint = await importPlain(openBytes(path), { name });
      const { actions, operands } = fingerprint.sequences[0];
      const { pages, writes } = readTrace(path);
      expect(Buffer.compare(bytesOf(operands), bytesOf(pages)), name).toBe(0);
      expect(Buffer.compare(actions, writes), name).toBe(0);
      const writeCount = writes.reduce((sum, write) => sum + write, 0);
      expect([actions.length, fingerprint.pageNumbers.length, writeCount]).toEqual(counts);

      const file = join(folder, `${name}.evfp`);
      const { digest, bytes } = await writeFingerprint(file, fingerprint);
      totalBytes += bytes;
      expect(readFileSync(file).length).toBe(bytes);
      const read = await readFingerprint(file, 1);
      expect(read.digest).toBe(digest);
      expect(Buffer.compare(bytesOf(read.fingerprint.sequences[0].operands), bytesOf(pages))).toBe(
        0,
      );
      expect(Buffer.compare(read.fingerprint.sequences[0].actions, writes)).toBe(0);
    }
    expect(totalBytes).toBeLessThan(8_000_000);
  });
});

function bytesOf(column: Uint32Array): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
}
