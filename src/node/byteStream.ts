/*
 * The bytes of a file as a stream, decompressed on the way. What the file is says its beginning,
 * not its name:
 *
 *   1f 8b         gzip        node:zlib
 *   28 b5 2f fd   zstd        the package fzstd; so do skippable frames, 5? 2a 4d 18
 *   else          as it is
 *
 * Not zstd of node:zlib, where there is one: it takes a file that is cut short for a whole one
 * (nodejs/node#64592) and stops after the first frame (#64741). A trace must not become shorter
 * without a word. Checksums of zstd frames are not looked at.
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../support/assert.ts';
import { fileError } from './fileErrors.ts';

const CHUNK_BYTES = 256 * 1024;
const MAGIC_BYTES = 4;
/**
 * Input of zstd at a time. Four bytes can stand for 128 KiB of output, all of it there at once: a
 * slice of a file of zeros becomes 16 MiB at most.
 */
const ZSTD_SLICE_BYTES = 512;
/** The code of fzstd for input that ends too early. */
const ZSTD_UNEXPECTED_END = 5;

/**
 * The bytes of the file `path`, or of standard input for `-`. Throws an InputError when it cannot
 * be read, or is compressed and cut short or damaged; memory holds a few chunks.
 */
export async function* openBytes(path: string): AsyncGenerator<Uint8Array> {
  const stored = storedBytes(path);
  const head = await readHead(stored);
  const whole = prepend(head, stored);
  if (isGzip(head)) yield* gunzip(whole, path);
  else if (isZstd(head)) yield* unzstd(whole, path);
  else yield* whole;
}

/** The path as messages show it. */
export function shownPath(path: string): string {
  return path === '-' ? 'standard input' : path;
}

async function* storedBytes(path: string): AsyncGenerator<Uint8Array> {
  const stream =
    path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    throw fileError(error, shownPath(path));
  }
}

/** The first bytes, at least as many as a magic number where there are so many. */
async function readHead(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < MAGIC_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* prepend(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    yield* rest;
  } finally {
    // Closes the file, also when the reader wants no more before `rest` was reached.
    await rest.return(undefined);
  }
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function isZstd(head: Uint8Array): boolean {
  if (head.length < MAGIC_BYTES) return false;
  const magic = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5;
}

async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  const inflate = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of the source destroys `inflate` with it, and is thrown by the loop below.
  pipeline(chunks, inflate, () => {});
  try {
    for await (const chunk of inflate) yield chunk;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    throw code === 'Z_BUF_ERROR' ? cutShort(path, 'gzip') : damaged(path, 'gzip');
  }
}

async function* unzstd(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const output: Uint8Array[] = [];
  const inflate = new Decompress((bytes) => output.push(bytes));
  const push = (slice: Uint8Array, isLast: boolean): void => {
    try {
      inflate.push(slice, isLast);
    } catch (error) {
      const isShort =
        error instanceof Error && 'code' in error && error.code === ZSTD_UNEXPECTED_END;
      throw isShort ? cutShort(path, 'zstd') : damaged(path, 'zstd');
    }
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += ZSTD_SLICE_BYTES) {
      push(chunk.subarray(at, at + ZSTD_SLICE_BYTES), false);
      yield* output.splice(0);
    }
  }
  push(new Uint8Array(0), true);
  yield* output;
}

function cutShort(path: string, format: string): InputError {
  return new InputError(
    `${shownPath(path)} is cut short: its ${format} data has no end.`,
    'fetch or compress the file again',
  );
}

function damaged(path: string, format: string): InputError {
  return new InputError(
    `${shownPath(path)} is damaged: its ${format} data cannot be decompressed.`,
    'fetch or compress the file again',
  );
}
