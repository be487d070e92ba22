import { expect, it } from 'vitest';
import { decodeReferences, encodeReferences } from '../../src/fingerprint/referencesBlock.ts';

/** Every page once in order of first appearance, then the last again. */
function everyPage(pageCount: number) {
  const pages = Uint32Array.from({ length: pageCount + 1 }, (_, i) => Math.min(i, pageCount - 1));
  return { pages, writes: Uint8Array.from(pages, (page) => (page % 3 === 0 ? 1 : 0)) };
}

it.each([
  [1, 1],
  [128, 1],
  [129, 2],
  [32_768, 2],
  [32_769, 3],
  [8_388_608, 3],
  [8_388_609, 4],
])('takes, for %i pages, %i bytes a reference, and reads them back', (pageCount, width) => {
  const references = everyPage(pageCount);
  const bytes = encodeReferences(references, pageCount);
  expect(bytes.length).toBe(width * (pageCount + 1));
  const decoded = decodeReferences(bytes, pageCount + 1, pageCount);
  expect(Buffer.from(decoded.pages.buffer).equals(Buffer.from(references.pages.buffer))).toBe(true);
  expect(Buffer.from(decoded.writes).equals(Buffer.from(references.writes))).toBe(true);
});

it('spells page and write bit as one number', () => {
  const references = { pages: Uint32Array.of(0, 1, 0), writes: Uint8Array.of(1, 0, 0) };
  expect(encodeReferences(references, 2)).toEqual(Uint8Array.of(0b01, 0b10, 0b00));
});

it.each([
  ['too short', [0, 2], 3, 2, 'another length'],
  ['too long', [0, 2, 0, 0], 3, 2, 'another length'],
  ['with a page before its turn', [0, 4, 2], 3, 3, 'a page is out of order'],
  ['with fewer pages than it says', [0, 2, 0], 3, 3, 'another number of pages'],
  ['with more pages than it says', [0, 2, 4], 3, 2, 'another number of pages'],
])('refuses a block %s', (_, bytes, referenceCount, pageCount, message) => {
  const block = Uint8Array.from(bytes);
  expect(() => decodeReferences(block, referenceCount, pageCount)).toThrow(message);
});
