import { describe, expect, it } from 'vitest';
import { eachLine } from '../../../src/fingerprint/importers/lines.ts';
import { chunksOf } from '../../support/chunks.ts';
import { inputErrorOf } from '../../support/inputErrors.ts';

describe('eachLine', () => {
  it('refuses a gigabyte without a line feed after its first chunk', async () => {
    let chunkCount = 0;
    async function* gigabyte(): AsyncGenerator<Uint8Array> {
      const chunk = new Uint8Array(2 ** 20).fill(0x31);
      for (; chunkCount < 1024; chunkCount++) yield chunk;
    }
    const read = eachLine('trace', gigabyte(), () => undefined);
    expect(await inputErrorOf(read)).toBe('trace, line 1 is longer than 65536 bytes.');
    expect(chunkCount).toBe(0);
  });

  it.each([100, 65536, 2 ** 20])(
    'has the same limit for a line in chunks of %i bytes',
    async (chunkBytes) => {
      const longest = `1\n${'x'.repeat(65536)}\n2\n`;
      const lengths: number[] = [];
      await eachLine('trace', chunksOf(longest, chunkBytes), (_, start, end) => {
        lengths.push(end - start);
        return undefined;
      });
      expect(lengths).toEqual([1, 65536, 1]);
      const longer = `1\n${'x'.repeat(65537)}\n2\n`;
      expect(
        await inputErrorOf(eachLine('trace', chunksOf(longer, chunkBytes), () => undefined)),
      ).toBe('trace, line 2 is longer than 65536 bytes.');
    },
  );

  it('cuts a long line between characters in its message', async () => {
    const line = `${'ä'.repeat(30)}\n`;
    const read = eachLine('trace', chunksOf(`a${line}`), () => ({ what: 'is wrong', hint: 'h' }));
    expect(await inputErrorOf(read)).toBe(`trace, line 1: "a${'ä'.repeat(19)}…" is wrong.`);
  });
});
