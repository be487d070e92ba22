/*
 * Numbers of a fixed width as varints and back: what the file layer makes of block references
 * before it compresses it, where that is shorter.
 *
 *   width 3   05 00 00  81 01 00  …          as varints   05  81 03  …
 *
 * Pages are numbered by first appearance, so those in steady use have small numbers. A string that
 * repeats no stretches holds nothing for brotli to find, but lengths and low bits are uneven, and
 * of varints any coder by bytes makes most of it (README.md).
 *
 * Decoding has no branch by length, which nobody could predict: four bytes are looked at, and masks
 * leave those that belong to the number.
 */
import { damaged } from './damaged.ts';

/** A varint of four bytes has 28 bits. */
export const VARINT_WIDTH_MAX = 3;

/** `bytes` is a whole number of words of `width` bytes, at most `VARINT_WIDTH_MAX`. */
export function encodeVarintWords(bytes: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array((bytes.length / width) * (width + 1));
  let end = 0;
  for (let start = 0; start < bytes.length; start += width) {
    let word = bytes[start];
    if (width > 1) word |= bytes[start + 1] << 8;
    if (width > 2) word |= bytes[start + 2] << 16;
    for (; word >= 128; word >>>= 7) out[end++] = (word & 127) | 128;
    out[end++] = word;
  }
  return out.subarray(0, end);
}

/**
 * `length` bytes, a whole number of words; throws unless `varints` holds just these. A varint with
 * zeros at its end is longer than it need be, and says the same.
 */
export function decodeVarintWords(varints: Uint8Array, width: number, length: number): Uint8Array {
  // Four bytes are read and written at a time.
  const bytes = new Uint8Array(length + 4);
  const out = new DataView(bytes.buffer);
  const padded = new Uint8Array(varints.length + 4);
  padded.set(varints);
  const view = new DataView(padded.buffer);
  const end = varints.length;
  let at = 0;
  let start = 0;
  let excess = 0;
  for (; start < length && at < end; start += width) {
    const four = view.getInt32(at, true);
    // All ones where the byte before goes on.
    const second = (four << 24) >> 31;
    const third = second & ((four << 16) >> 31);
    const fourth = third & ((four << 8) >> 31);
    const word =
      (four & 0x7f) |
      ((four >>> 1) & 0x3f80 & second) |
      ((four >>> 2) & 0x1fc000 & third) |
      ((four >>> 3) & 0xfe00000 & fourth);
    excess |= (word >>> (8 * width)) | (fourth & (four >>> 31));
    out.setUint32(start, word, true);
    at += 1 - second - third - fourth;
  }
  if (start !== length || at !== end || excess !== 0) {
    throw damaged('its varints are not the words of a block');
  }
  return bytes.subarray(0, length);
}
