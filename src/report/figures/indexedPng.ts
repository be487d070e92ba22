/*
 * A PNG of at most 16 colours, four bits a pixel, made without a compressor: deflate's stored
 * blocks are bytes as they are. 256 × 128 pixels take 17 KB. For rasters in an SVG, where a
 * rectangle a cell takes a megabyte.                      (W3C PNG, RFC 1950, RFC 1951)
 */
import { assert } from '../../support/assert.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const STORED_BYTES_MAX = 0xffff;

/** `pixels` are rows of indices into `palette`, whose colours are 24 bits. */
export function indexedPng(
  pixels: Uint8Array,
  width: number,
  palette: readonly number[],
): Uint8Array {
  assert(palette.length <= 16, 'four bits name 16 colours');
  assert(pixels.length % width === 0, 'all rows of an image are equally long');
  const height = pixels.length / width;
  const rowBytes = 1 + Math.ceil(width / 2);
  // Each row begins with the number of its filter: none.
  const rows = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * rowBytes + 1 + (x >> 1)] |= pixels[y * width + x] << (x % 2 === 0 ? 4 : 0);
    }
  }
  const header = [...bigEndian(width), ...bigEndian(height), 4, 3, 0, 0, 0];
  const colors = palette.flatMap((color) => bigEndian(color).slice(1));
  return Uint8Array.from([
    ...SIGNATURE,
    ...chunk('IHDR', header),
    ...chunk('PLTE', colors),
    ...chunk('IDAT', stored(rows)),
    ...chunk('IEND', []),
  ]);
}

function chunk(name: string, bytes: readonly number[]): number[] {
  const body = [...new TextEncoder().encode(name), ...bytes];
  return [...bigEndian(bytes.length), ...body, ...bigEndian(crc32(body))];
}

/** A zlib stream of stored blocks. */
function stored(bytes: Uint8Array): number[] {
  const stream = [0x78, 0x01];
  for (let from = 0; from < bytes.length; from += STORED_BYTES_MAX) {
    const block = bytes.subarray(from, from + STORED_BYTES_MAX);
    const isLast = from + block.length === bytes.length ? 1 : 0;
    const [low, high] = [block.length & 0xff, block.length >> 8];
    stream.push(isLast, low, high, low ^ 0xff, high ^ 0xff);
    for (const byte of block) stream.push(byte);
  }
  stream.push(...bigEndian(adler32(bytes)));
  return stream;
}

function crc32(bytes: readonly number[]): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

function bigEndian(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64, as in a data URI. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    text += DIGITS[a >> 2] + DIGITS[((a & 3) << 4) | ((b ?? 0) >> 4)];
    text += b === undefined ? '=' : DIGITS[((b & 15) << 2) | ((c ?? 0) >> 6)];
    text += c === undefined ? '=' : DIGITS[c & 63];
  }
  return text;
}
