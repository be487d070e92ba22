/** The pages of a run of references as bytes. */
import { ByteReader, ByteWriter } from '../support/byteColumns.ts';
import type { Page } from './fingerprint.ts';

/** The bytes of `pages`, numbered by first appearance. */
export function encodePages(pages: Uint32Array): Uint8Array {
  const out = new ByteWriter();
  let pageCount = 0;
  for (const page of pages) {
    // 0: a page not seen before, which can only be the next number.
    out.varint(page === pageCount ? 0 : page + 1);
    if (page === pageCount) pageCount++;
  }
  return out.bytes();
}

/** The pages of `referenceCount` references to `pageCount` pages. */
export function decodePages(
  bytes: Uint8Array,
  referenceCount: number,
  pageCount: number,
): Uint32Array {
  const input = new ByteReader(bytes, 'block pages');
  const pages = new Uint32Array(referenceCount);
  let seen: Page = 0;
  for (let i = 0; i < referenceCount; i++) {
    const code = input.varint(seen);
    pages[i] = code === 0 ? seen++ : code - 1;
  }
  input.end();
  if (seen !== pageCount) throw input.damaged('pages are missing');
  return pages;
}
