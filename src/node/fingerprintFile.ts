/*
 * Fingerprints in files: the notation, for people, and a binary container, for work.
 *
 *   "EVFP"  version
 *   block   header    │  method  raw length  stored length │ bytes
 *   block   about     │  ids, lengths and order are those of binaryCodec.ts
 *   …                 │
 *   SHA-256 of everything before it
 *
 * Lengths are uint32, little-endian. The shortest is taken of method 0, as it is, 1, brotli, and,
 * for block references, 2: the bytes of a number, then its numbers as varints, deflated. Files in
 * which it is have version 2, others 1. A changed, lost or added byte anywhere is refused.
 *
 * The digest identifies the workload: SHA-256 over header and blocks as they are before they are
 * compressed, without block about, so neither a name, nor an origin, nor the compressor changes it.
 */
import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants, deflateRaw, inflateRaw } from 'node:zlib';
import {
  BLOCK_IDS,
  type Block,
  decodeBlocks,
  type EncodedFingerprint,
  encodeBlocks,
  SIGNATURES_BLOCK_ID,
} from '../fingerprint/binaryCodec.ts';
import { damaged } from '../fingerprint/damaged.ts';
import type { Fingerprint } from '../fingerprint/fingerprint.ts';
import { generate } from '../fingerprint/synthetic.ts';
import { parseFingerprint, printFingerprint } from '../fingerprint/textCodec.ts';
import {
  decodeVarintWords,
  encodeVarintWords,
  VARINT_WIDTH_MAX,
} from '../fingerprint/varintWords.ts';
import { InputError } from '../support/assert.ts';
import { writeAtomically } from './atomicWrite.ts';
import { openBytes, shownPath } from './byteStream.ts';

export interface ReadFingerprint {
  readonly fingerprint: Fingerprint;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

const MAGIC = Uint8Array.of(0x45, 0x56, 0x46, 0x50);
/** Of the container; the blocks count their own. 0 marks a codec's run without checksum. */
const VERSION = 1;
const VERSION_WITH_VARINTS = 2;
const CHECKSUM_BYTES = 32;
const METHOD_RAW = 0;
const METHOD_BROTLI = 1;
const METHOD_VARINTS = 2;
/**
 * For the seven captures of test/node/programs.test.ts, 17.4 M references in 35 MB of blocks, on
 * one core: quality 5 makes 7.77 MB in 1.0 s, 9 makes 7.47 MB in 3.3 s, 10 makes 6.60 MB in 25 s.
 * Reading takes 0.07 s after each. It grows faster than the block: one of 16 MB (sort of 20 MB, a
 * capture) takes 0.9 s and 14.5 s, for 10.40 and 10.23 MB.
 */
const BROTLI_QUALITY = 9;
const LARGE_BLOCK_BROTLI_QUALITY = 5;
const LARGE_BLOCK_BYTES = 2 ** 23;
const BLOCK_HEAD_BYTES = 9;
const BLOCK_BYTES_MAX = 2 ** 32 - 1;
/** What zlib allows at least, and what a length that is a lie may cost at most. */
const PIECE_BYTES_MIN = 64;
const PIECE_BYTES_MAX = 2 ** 28;

const AFTER_LAST_BLOCK = 'there is something after its last block';

const SYNTHETIC_PREFIX = 'synthetic:';

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/**
 * The fingerprint in the file `path`, binary or in the notation, gzip and zstd read directly; `-`
 * is standard input, and `synthetic:zipf:pages=1000` a generated one, with `seed`. Throws an
 * InputError in the name of the path.
 */
export async function readFingerprint(path: string, seed: number): Promise<ReadFingerprint> {
  if (path.startsWith(SYNTHETIC_PREFIX)) {
    return digested(generate(path.slice(SYNTHETIC_PREFIX.length), seed));
  }
  const bytes = await readAll(openBytes(path));
  try {
    return isContainer(bytes)
      ? await readContainer(bytes)
      : digested(parseFingerprint(decodeText(bytes), nameOf(path)));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${shownPath(path)}: ${error.message}`, error.hint);
  }
}

/**
 * Writes `fingerprint` to the file `path`, whole or not at all: in the notation when the path ends
 * in `.txt`, otherwise binary. `bytes` is the size of the file.
 */
export async function writeFingerprint(
  path: string,
  fingerprint: Fingerprint,
): Promise<{ digest: string; bytes: number }> {
  const encoded = encodeBlocks(fingerprint);
  const parts =
    extname(path) === '.txt'
      ? [new TextEncoder().encode(printFingerprint(fingerprint))]
      : await containerOf(encoded);
  await writeAtomically(path, async (sink) => {
    for (const part of parts) await sink.write(part);
  });
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  return { digest: digestOf(encoded), bytes };
}

function digested(fingerprint: Fingerprint): ReadFingerprint {
  return { fingerprint, digest: digestOf(encodeBlocks(fingerprint)) };
}

function digestOf({ header, blocks }: EncodedFingerprint): string {
  const hash = createHash('sha256');
  for (const bytes of [header, ...blocks.filter(({ id }) => id !== 'about').map((b) => b.bytes)]) {
    // With its length before it, no byte can pass from one block to the next.
    hash.update(`${bytes.length}\n`).update(bytes);
  }
  return `sha256:${hash.digest('hex')}`;
}

/** The parts of the file, in order. */
async function containerOf({ header, blocks }: EncodedFingerprint): Promise<Uint8Array[]> {
  const stored = await Promise.all([{ bytes: header }, ...blocks].map(storeBlock));
  const hasVarints = stored.some(([head]) => head[0] === METHOD_VARINTS);
  const version = hasVarints ? VERSION_WITH_VARINTS : VERSION;
  const parts = [MAGIC, Uint8Array.of(version), ...stored.flat()];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return [...parts, hash.digest()];
}

async function storeBlock({
  bytes,
  width,
}: Omit<Block, 'id'>): Promise<[head: Uint8Array, body: Uint8Array]> {
  if (bytes.length > BLOCK_BYTES_MAX) {
    throw new InputError(
      `a block of ${bytes.length} bytes is too long for a file: the most is ${BLOCK_BYTES_MAX}.`,
      'take a part of the references',
    );
  }
  const packed = await compress(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]:
        bytes.length < LARGE_BLOCK_BYTES ? BROTLI_QUALITY : LARGE_BLOCK_BROTLI_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  let method = METHOD_RAW;
  let body = bytes;
  if (packed.length < body.length) {
    method = METHOD_BROTLI;
    body = packed;
  }
  if (width !== undefined && width <= VARINT_WIDTH_MAX) {
    const varints = await deflate(encodeVarintWords(bytes, width));
    if (1 + varints.length < body.length) {
      method = METHOD_VARINTS;
      body = Buffer.concat([Uint8Array.of(width), varints]);
    }
  }
  const head = new Uint8Array(BLOCK_HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint8(0, method);
  view.setUint32(1, bytes.length, true);
  view.setUint32(5, body.length, true);
  return [head, body];
}

async function readContainer(bytes: Uint8Array): Promise<ReadFingerprint> {
  const version = bytes[MAGIC.length];
  if (version !== undefined && version !== VERSION && version !== VERSION_WITH_VARINTS) {
    throw new InputError(
      `the file has version ${version}; this program reads ${VERSION} and ${VERSION_WITH_VARINTS}.`,
      'update evictlab, or make the fingerprint again',
    );
  }
  const end = bytes.length - CHECKSUM_BYTES;
  const checksum = createHash('sha256')
    .update(bytes.subarray(0, Math.max(0, end)))
    .digest();
  if (end < MAGIC.length + 1 || !checksum.equals(bytes.subarray(end))) {
    throw damaged('its checksum is wrong, so it is altered or cut short');
  }
  let at = MAGIC.length + 1;
  const blocks: Uint8Array[] = [];
  const ids = [...BLOCK_IDS, SIGNATURES_BLOCK_ID];
  for (let block = 0; block <= ids.length; block++) {
    // The last block stands only where it is needed.
    if (block === ids.length && at === end) break;
    if (at + BLOCK_HEAD_BYTES > end) {
      throw damaged(block < ids.length ? 'a block is missing' : AFTER_LAST_BLOCK);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK_HEAD_BYTES);
    const storedLength = view.getUint32(5, true);
    at += BLOCK_HEAD_BYTES;
    if (at + storedLength > end) throw damaged('a block is longer than the file');
    const stored = bytes.subarray(at, at + storedLength);
    blocks.push(await loadBlock(view.getUint8(0), view.getUint32(1, true), stored));
    at += storedLength;
  }
  if (at !== end) throw damaged(AFTER_LAST_BLOCK);
  const [header, ...rest] = blocks;
  const encoded = { header, blocks: rest.map((bytes, i) => ({ id: ids[i], bytes })) };
  return { fingerprint: decodeBlocks(header, encoded.blocks), digest: digestOf(encoded) };
}

async function loadBlock(
  method: number,
  rawLength: number,
  stored: Uint8Array,
): Promise<Uint8Array> {
  let raw = stored;
  if (method === METHOD_BROTLI) {
    raw = await unpacked(decompress, stored, rawLength);
  } else if (method === METHOD_VARINTS) {
    const width = stored[0];
    if (!(width >= 1 && width <= VARINT_WIDTH_MAX)) throw damaged('a block has no such numbers');
    const lengthMax = (rawLength / width) * (width + 1);
    const varints = await unpacked(inflate, stored.subarray(1), Math.ceil(lengthMax));
    raw = decodeVarintWords(varints, width, rawLength);
  } else if (method !== METHOD_RAW) {
    throw damaged('a block is compressed in an unknown way');
  }
  if (raw.length !== rawLength) throw damaged('a block has another length than it says');
  return raw;
}

/** At most `lengthMax` bytes, of `stored`. */
async function unpacked(
  unpack: typeof decompress | typeof inflate,
  stored: Uint8Array,
  lengthMax: number,
): Promise<Uint8Array> {
  try {
    return await unpack(stored, {
      maxOutputLength: Math.max(1, lengthMax),
      // In one piece: pieces of 16 KiB, the default, take up to twice as long.
      chunkSize: Math.min(Math.max(lengthMax, PIECE_BYTES_MIN), PIECE_BYTES_MAX),
    });
  } catch {
    throw damaged('a block cannot be decompressed');
  }
}

/** Whether they begin with the magic, or are no more than its begin: a file cut very short. */
function isContainer(bytes: Uint8Array): boolean {
  return bytes.length > 0 && MAGIC.every((byte, i) => i >= bytes.length || bytes[i] === byte);
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** The notation is UTF-8 without control characters; anything else is some other file. */
function decodeText(bytes: Uint8Array): string {
  const isText = bytes.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
  try {
    if (isText) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8, or longer than a string can be: refused below.
  }
  throw new InputError(
    'it is neither a binary fingerprint nor text.',
    'traces in other formats are converted with evictlab import',
  );
}

/** `runs/sort.evfp` → sort. */
function nameOf(path: string): string {
  const [name] = basename(path).split('.');
  return name === '' || name === '-' ? 'fingerprint' : name;
}
