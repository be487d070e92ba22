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
  // Four bytes are written at a time; the next reference goes over those too many.
  const bytes = new Uint8Array(pages.length * width + 4);
  const view = new DataView(bytes.buffer);
  for (let tick = 0, start = 0; tick < pages.length; tick++, start += width) {
    view.setUint32(start, 2 * pages[tick] + writes[tick], true);
  }
  return bytes.subarray(0, pages.length * width);
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
  // Four bytes are read at a time: the last references from a copy with room behind them.
  const head = Math.max(0, referenceCount - 4);
  const tail = new Uint8Array((referenceCount - head) * width + 4);
  tail.set(bytes.subarray(head * width));
  const inHead = { pages: pages.subarray(0, head), writes: writes.subarray(0, head) };
  const inTail = { pages: pages.subarray(head), writes: writes.subarray(head) };
  const seenCount = decodeRun(tail, width, inTail, decodeRun(bytes, width, inHead, 0));
  if (seenCount !== pageCount) throw damaged('it has another number of pages than it says');
  return { pages, writes };
}

/** Fills `references`, of whose pages `seenCount` came before; returns how many came in all. */
function decodeRun(
  bytes: Uint8Array,
  width: number,
  { pages, writes }: References,
  seenCount: Page,
): Page {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const mask = -1 >>> (32 - 8 * width);
  for (let tick = 0, start = 0; tick < pages.length; tick++, start += width) {
    const value = view.getUint32(start, true) & mask;
    const page = value >>> 1;
    if (page >= seenCount && page !== seenCount++) throw damaged('a page is out of order');
    pages[tick] = page;
    writes[tick] = value & 1;
  }
  return seenCount;
}

/** For 2 · (pageCount − 1) + 1; there are fewer than 2³¹ pages. */
export function bytesPerReference(pageCount: number): number {
  let width = 1;
  while (2 * pageCount > 256 ** width) width++;
  return width;
}
