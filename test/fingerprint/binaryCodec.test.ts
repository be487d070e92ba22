import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  decodeBlocks,
  decodeFingerprint,
  encodeBlocks,
  encodeFingerprint,
} from '../../src/fingerprint/binaryCodec.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { InputError } from '../../src/support/assert.ts';
import { anyFingerprint, SEED } from './arbitraries.ts';

const small = parseFingerprint(
  `@page-size 16
   @origin source hand
   a M(0,8,anonymous) W(0x12) S(5000000000) F(b) D(b) R(0x30) N(0,2) E
   b W(0x20) M(0x400,1,file:/lib/x@0x20,private) R(0x405) U(a)`,
  'small',
);

it('loses nothing, and writes equal fingerprints in equal bytes', () => {
  fc.assert(
    fc.property(anyFingerprint, (fingerprint) => {
      const { header, blocks } = encodeBlocks(fingerprint);
      const decoded = decodeBlocks(header, blocks);
      expect(decoded).toEqual(fingerprint);
      expect(encodeBlocks(decoded)).toEqual({ header, blocks });
      expect(decodeFingerprint(encodeFingerprint(fingerprint))).toEqual(fingerprint);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

it('says the same of a workload whatever its name and origin', () => {
  const renamed: Fingerprint = { ...small, name: 'other', origin: {} };
  const workload = (fingerprint: Fingerprint) => {
    const { header, blocks } = encodeBlocks(fingerprint);
    return [header, ...blocks.filter(({ id }) => id !== 'about').map(({ bytes }) => bytes)];
  };
  expect(workload(renamed)).toEqual(workload(small));
  expect(encodeFingerprint(renamed)).not.toEqual(encodeFingerprint(small));
});

/** Damaged bytes are refused, or are what another valid fingerprint is written in. */
function expectStrict(bytes: Uint8Array): 'refused' | 'another' {
  let decoded: Fingerprint;
  try {
    decoded = decodeFingerprint(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return 'refused';
  }
  expect(encodeFingerprint(decoded)).toEqual(bytes);
  return 'another';
}

it('refuses every changed byte that does not spell another fingerprint', () => {
  const bytes = encodeFingerprint(small);
  const outcomes = { refused: 0, another: 0 };
  for (let place = 0; place < bytes.length; place++) {
    for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
      const changed = bytes.slice();
      changed[place] ^= flip;
      outcomes[expectStrict(changed)]++;
    }
  }
  // Bits of page numbers, offsets and names spell another fingerprint; structure does not.
  expect(outcomes.refused).toBeGreaterThan(outcomes.another);
});

it('refuses bytes cut off, added, or moved within random fingerprints', () => {
  fc.assert(
    fc.property(anyFingerprint, fc.nat(), fc.nat(255), (fingerprint, at, byte) => {
      const bytes = encodeFingerprint(fingerprint);
      const place = at % bytes.length;
      expect(expectStrict(bytes.subarray(0, place))).toBe('refused');
      expect(expectStrict(Uint8Array.of(...bytes, byte))).toBe('refused');
      expectStrict(Uint8Array.of(...bytes.subarray(0, place), byte, ...bytes.subarray(place)));
      expectStrict(Uint8Array.of(...bytes.subarray(0, place), ...bytes.subarray(place + 1)));
    }),
    { seed: SEED, numRuns: 300 },
  );
});

/** The small fingerprint with its header, or one block, changed. */
function tampered(id: string, change: (text: string) => string): () => Fingerprint {
  const { header, blocks } = encodeBlocks(small);
  const edit = (bytes: Uint8Array) =>
    new TextEncoder().encode(change(new TextDecoder().decode(bytes)));
  return () =>
    decodeBlocks(
      id === 'header' ? edit(header) : header,
      blocks.map((block) => (block.id === id ? { id, bytes: edit(block.bytes) } : block)),
    );
}

it.each([
  ['"version":1', '"version":2', 'the fingerprint has version 2; this program reads 1.'],
  ['"version":1', '"colour":1,"version":1', 'its header has unknown or reordered fields'],
  ['"version":1', '"version":1 ', 'its header has unknown or reordered fields'],
  ['"anonymous"', '"paper"', 'its backing is not known'],
  ['"a","b"', '"a","a"', 'its sequences are not named'],
  ['"a","b"', '"a"', 'damaged'],
  ['"a","b"', '"a","b","c"', 'damaged'],
  ['"references":4', '"references":5', 'damaged'],
  ['"pages":4', '"pages":400000000000', 'damaged'],
  ['"pages":4', '"pages":-4', 'its header counts with other than whole numbers'],
  ['["0",8', '["-0",8', 'an address is no number'],
  ['"ranges":[', '"ranges":[["0",1],', 'it has another number of unmaps than it says'],
  ['{', '', 'its header is not JSON'],
])('refuses a header with %s turned into %s', (from, to, message) => {
  const decode = tampered('header', (text) => text.replace(from, to));
  expect(decode).toThrow(InputError);
  expect(decode).toThrow(message);
});

it('refuses blocks of other names, order or number', () => {
  const { header, blocks } = encodeBlocks(small);
  const [first, second, ...rest] = blocks;
  expect(() => decodeBlocks(header, [second, first, ...rest])).toThrow('its blocks are control');
  expect(() => decodeBlocks(header, blocks.slice(1))).toThrow(InputError);
  expect(() => decodeBlocks(header, [...blocks, first])).toThrow(InputError);
  expect(() => decodeBlocks(header, [])).toThrow('its blocks are none');
});

it('refuses what is no binary fingerprint', () => {
  expect(() => decodeFingerprint(new Uint8Array())).toThrow(InputError);
  expect(() => decodeFingerprint(new TextEncoder().encode('ls R(0)'))).toThrow(
    'these bytes are no plain binary fingerprint.',
  );
});
