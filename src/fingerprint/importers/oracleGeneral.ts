/*
 * libCacheSim's oracleGeneral: binary records of 24 bytes, little-endian.
 *
 *   0  uint32  time          4  uint64  object id        12  uint32  object size
 *   16 int64   position of the object's next access; −1 or the greatest int64: never again
 *
 * A request for an object is a read of one page; time, size and next access are left out. An object
 * id is opaque, often a hash of all 64 bits, which could not be a page number: pages are numbered
 * in order of first appearance.        (github.com/1a1a11a/libCacheSim, reader/customizedReader)
 */
import { InputError } from '../../support/assert.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { PageNumbering } from '../pageNumbering.ts';
import { type ImportOptions, ReferenceSink } from './referenceSink.ts';

const RECORD_BYTES = 24;
/** No trace is longer: with text or noise read as records, some position is soon beyond it. */
const POSITION_HIGH_MAX = 2 ** 16;

/** Reads oracleGeneral; refuses what cannot be one, since it has neither magic nor checksum. */
export async function importOracleGeneral(
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<Fingerprint> {
  const reader = new RecordReader(options);
  for await (const chunk of chunks) reader.push(chunk);
  return reader.finish();
}

class RecordReader {
  readonly #sink: ReferenceSink;
  readonly #objects = new PageNumbering();
  /** A record whose end is still to come, in its first `#partialLength` bytes. */
  readonly #partial = new Uint8Array(RECORD_BYTES);
  #partialLength = 0;
  #recordCount = 0;

  constructor(options: ImportOptions) {
    const format = 'oracleGeneral, object ids numbered in order of first appearance';
    this.#sink = new ReferenceSink(options, format);
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    if (this.#partialLength > 0) {
      start = Math.min(RECORD_BYTES - this.#partialLength, chunk.length);
      this.#partial.set(chunk.subarray(0, start), this.#partialLength);
      this.#partialLength += start;
      if (this.#partialLength < RECORD_BYTES) return;
      this.#takeRecords(this.#partial);
    }
    const rest = chunk.subarray(start);
    const whole = rest.length - (rest.length % RECORD_BYTES);
    this.#takeRecords(rest.subarray(0, whole));
    this.#partial.set(rest.subarray(whole));
    this.#partialLength = rest.length - whole;
  }

  finish(): Fingerprint {
    if (this.#partialLength > 0) {
      throw new InputError(
        `${this.#sink.name} ends within the record at byte ${this.#recordCount * RECORD_BYTES}.`,
        `records have ${RECORD_BYTES} bytes: the file is cut short, or not oracleGeneral`,
      );
    }
    return this.#sink.finish();
  }

  /** `bytes` are whole records. */
  #takeRecords(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
      const nextHigh = view.getInt32(at + 20, true);
      if (nextHigh > POSITION_HIGH_MAX || nextHigh < 0) {
        this.#checkNever(nextHigh, view.getUint32(at + 16, true));
      }
      const page = this.#objects.pageOf(view.getUint32(at + 8, true), view.getUint32(at + 4, true));
      this.#sink.page(0, page, 0);
      this.#recordCount++;
    }
  }

  /** The next access is no position; it must say "never" (−1, greatest) or "unknown" (−2). */
  #checkNever(nextHigh: number, nextLow: number): void {
    if (nextHigh === -1 && nextLow >= 0xfffffffe) return;
    if (nextHigh === 0x7fffffff && nextLow === 0xffffffff) return;
    throw new InputError(
      `${this.#sink.name} has no next access in the record at byte ` +
        `${this.#recordCount * RECORD_BYTES}.`,
      'the file is not oracleGeneral, or a part of it is lost',
    );
  }
}
