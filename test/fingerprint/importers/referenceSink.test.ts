import { describe, expect, it } from 'vitest';
import { ReferenceSink } from '../../../src/fingerprint/importers/referenceSink.ts';
import { referencesOf } from './support.ts';

describe('ReferenceSink', () => {
  it('refuses one reference more than a reference string can hold', () => {
    const sink = new ReferenceSink({ name: 'trace' }, 'test', 3);
    for (let i = 0; i < 3; i++) sink.page(0, i, 0);
    expect(() => sink.page(0, 3, 0)).toThrow('trace has more than 3 references.');
    expect(referencesOf(sink.finish())).toBe('R0 R1 R2');
  });

  it('touches every page of a range of bytes, over the border of the halves too', () => {
    for (const pageSizeBytes of [1, 2, 16, 4096, 2 ** 30]) {
      for (const address of [0n, 0xffff_fffen, 0xf_ffff_ffffn, 0x1fff_ffff_fffen, 4095n]) {
        for (const byteCount of [1, 2, 3, 8, 17]) {
          const sink = new ReferenceSink({ name: 'trace', pageSizeBytes }, 'test');
          const high = Number(address >> 32n);
          expect(sink.bytes(high, Number(address & 0xffffffffn), byteCount, 1)).toBeUndefined();
          const pages = new Set<bigint>();
          for (let i = 0; i < byteCount; i++) {
            pages.add((address + BigInt(i)) / BigInt(pageSizeBytes));
          }
          const expected = Array.from(pages, (page) => `W${page}`).join(' ');
          expect(referencesOf(sink.finish())).toBe(expected);
        }
      }
    }
  });

  it('refuses a range that leaves the 64 bits', () => {
    for (const pageSizeBytes of [1, 4096, 2 ** 30]) {
      const sink = new ReferenceSink({ name: 'trace', pageSizeBytes }, 'test');
      expect(sink.bytes(0xffffffff, 0xfffffffc, 4, 0)).toBeUndefined();
      expect(sink.bytes(0xffffffff, 0xfffffffc, 5, 0)?.what).toMatch(/more than 64 bits/);
    }
  });
});
