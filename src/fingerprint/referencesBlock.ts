/*
 * Block references: page and write bit of each reference as one number, 2 · page + write, in as few
 * bytes as the last page needs, the same for all, least significant first.
 *
 * Programs repeat themselves: a compressor finds the stretches of bytes that came before, and does
 * better with these than with anything cleverer (README.md, "tried and left").
 */
import { damaged } from './damaged.ts';
import type { Page } from './fingerprint.ts';

export interface References {
  /** Dense, numbered by first appearance. */
  readonly pages: Uint32Array;
  /** 1 for a write. */
  readonly writes: Uint8Array;
}

export function encodeReferences({ pages, writes }: References, pageCount: number): Uint8Array {
  const width = bytesPerReference(pageCount);
  const bytes = new Uint8Array(pages.length * width);
  let end = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    let value = 2 * pages[tick] + writes[tick];
    for (let byte = 0; byte < width; byte++) {
      bytes[end++] = value;
      value >>>= 8;
    }
  }
  return bytes;
}

/** Refuses pages out of the order of first appearance. */
export function decodeReferences(
  bytes: Uint8Array,
  referenceCount: number,
  pageCount: number,
): References {
  const width = bytesPerReference(pageCount);
  if (bytes.length !== referenceCount * width) throw damaged('block references has another length');
  const pages = new Uint32Array(referenceCount);
  const writes = new Uint8Array(referenceCount);
  let seenCount: Page = 0;
  let start = 0;
  for (let tick = 0; tick < referenceCount; tick++) {
    let value = bytes[start];
    if (width > 1) value |= bytes[start + 1] << 8;
    if (width > 2) value |= bytes[start + 2] << 16;
    if (width > 3) value |= bytes[start + 3] << 24;
    start += width;
    const page = value >>> 1;
    if (page >= seenCount && page !== seenCount++) throw damaged('a page is out of order');
    pages[tick] = page;
    writes[tick] = value & 1;
  }
  if (seenCount !== pageCount) throw damaged('it has another number of pages than it says');
  return { pages, writes };
}

/** For 2 · (pageCount − 1) + 1; there are fewer than 2³¹ pages. */
function bytesPerReference(pageCount: number): number {
  let width = 1;
  while (2 * pageCount > 256 ** width) width++;
  return width;
}
