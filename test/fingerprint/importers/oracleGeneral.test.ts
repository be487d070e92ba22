import { describe, expect, it } from 'vitest';
import { importOracleGeneral } from '../../../src/fingerprint/importers/oracleGeneral.ts';
import { chunksOf } from '../../support/chunks.ts';
import { inputErrorOf } from '../../support/inputErrors.ts';
import { referencesOf } from './support.ts';

function records(ids: readonly bigint[], next: (row: number) => bigint = () => -1n): Uint8Array {
  const bytes = new Uint8Array(ids.length * 24);
  const view = new DataView(bytes.buffer);
  ids.forEach((id, row) => {
    view.setUint32(row * 24, row, true);
    view.setBigUint64(row * 24 + 4, id, true);
    view.setUint32(row * 24 + 12, 512, true);
    view.setBigInt64(row * 24 + 16, next(row), true);
  });
  return bytes;
}

const oracle = (bytes: Uint8Array, chunkBytes?: number) =>
  importOracleGeneral(chunksOf(bytes, chunkBytes), { name: 'trace' });

describe('oracleGeneral', () => {
  const IDS = [2n ** 64n - 1n, 5n, 2n ** 63n, 5n, 2n ** 64n - 1n, 0n];

  it.each([1, 7, 23, 24, 25, 48, 1000])(
    'numbers opaque ids by first appearance, in chunks of %i bytes',
    async (chunkBytes) => {
      const fingerprint = await oracle(records(IDS), chunkBytes);
      expect(referencesOf(fingerprint)).toBe('R0 R1 R2 R1 R0 R3');
      expect(fingerprint.origin.format).toMatch(/first appearance/);
    },
  );

  it('takes every way to say that there is no next access', async () => {
    const ways = [-1n, -2n, 2n ** 63n - 1n, 0n, 17n, 2n ** 40n];
    expect(referencesOf(await oracle(records(IDS, (row) => ways[row])))).toBe('R0 R1 R2 R1 R0 R3');
  });

  it('refuses every length that cuts a record, by its byte', async () => {
    const bytes = records(IDS);
    for (let length = 1; length < bytes.length; length++) {
      if (length % 24 === 0) continue;
      expect(await inputErrorOf(oracle(bytes.subarray(0, length)))).toBe(
        `trace ends within the record at byte ${length - (length % 24)}.`,
      );
    }
    expect(await inputErrorOf(oracle(new Uint8Array(0)))).toBe('trace has no references.');
  });

  it('refuses text and noise', async () => {
    const text = new TextEncoder().encode('12 W\n13 R\n14 W\n15 R\n16 W\n'.repeat(24));
    expect(await inputErrorOf(oracle(text))).toBe(
      'trace has no next access in the record at byte 0.',
    );
  });
});
