/*
 * Where every importer puts its references: one sequence without an exit, no sleeps, and checks of
 * what a reference string can hold. Others' traces say what was touched, not by whom or when.
 */
import { InputError } from '../../support/assert.ts';
import { FingerprintBuilder } from '../builder.ts';
import type { Backing, Fingerprint, Sequence } from '../fingerprint.ts';
import type { LineProblem } from './lines.ts';

/** What every format takes. */
export interface ImportOptions {
  /** Of the fingerprint, and of the input in messages. */
  readonly name: string;
  /** A power of two, at most 2³⁰; default 4096. */
  readonly pageSizeBytes?: number | undefined;
  /** Default file: the first touch of a page is a page-in, as in the traces of the field. */
  readonly backing?: Backing | undefined;
  /** Where the input is from, in words; the format is added to it. */
  readonly origin?: Readonly<Record<string, string>> | undefined;
}

/** The last tick, one after the last reference, is an Int32. */
const REFERENCE_COUNT_MAX = 2 ** 31 - 1;
const BATCH_REFERENCES = 4096;
/** Of digests too, so it does not depend on the name of a file. */
const SEQUENCE_NAME = 'imported';

const TOO_FAR: LineProblem = {
  what: 'is on a page whose address has more than 64 bits',
  hint: 'is the page size right, and are page numbers and addresses not mistaken for each other?',
};

export class ReferenceSink {
  readonly name: string;
  readonly #builder: FingerprintBuilder;
  readonly #sequence: Sequence;
  readonly #pageSizeBytes: number;
  readonly #pageShift: number;
  /** The high half of the last page whose address has 64 bits. */
  readonly #pageHighMax: number;
  readonly #referenceCountMax: number;
  #referenceCount = 0;
  // Not yet handed to the builder: a loop over numbers is faster than one that parses between them.
  readonly #highs = new Uint32Array(BATCH_REFERENCES);
  readonly #lows = new Uint32Array(BATCH_REFERENCES);
  readonly #writes = new Uint8Array(BATCH_REFERENCES);
  #batchCount = 0;

  /** `format` is recorded in the origin. */
  constructor(
    options: ImportOptions,
    format: string,
    referenceCountMax: number = REFERENCE_COUNT_MAX,
  ) {
    const { name, pageSizeBytes = 4096, backing = 'file', origin = {} } = options;
    this.name = name;
    this.#builder = new FingerprintBuilder({
      name,
      pageSizeBytes,
      backing,
      origin: { ...origin, format },
    });
    this.#sequence = this.#builder.declare(SEQUENCE_NAME);
    this.#pageSizeBytes = pageSizeBytes;
    this.#pageShift = 31 - Math.clz32(pageSizeBytes);
    this.#pageHighMax = 2 ** 32 / pageSizeBytes - 1;
    this.#referenceCountMax = referenceCountMax;
  }

  /** A reference to page number `high · 2³² + low`, whose address must have 64 bits. */
  page(high: number, low: number, write: 0 | 1): LineProblem | undefined {
    if (high > this.#pageHighMax) return TOO_FAR;
    if (this.#referenceCount === this.#referenceCountMax) this.#refuseMore();
    this.#referenceCount++;
    const row = this.#batchCount++;
    this.#highs[row] = high;
    this.#lows[row] = low;
    this.#writes[row] = write;
    if (row === BATCH_REFERENCES - 1) this.#hand();
    return undefined;
  }

  /**
   * A reference to each page of the `byteCount` bytes, at least one, from the address
   * `high · 2³² + low`; all of them must have addresses of 64 bits.
   */
  bytes(high: number, low: number, byteCount: number, write: 0 | 1): LineProblem | undefined {
    const shift = this.#pageShift;
    let pageHigh = high >>> shift;
    // A shift by 32 would be a shift by 0.
    let pageLow = shift === 0 ? low : ((low >>> shift) | (high << (32 - shift))) >>> 0;
    let rest = byteCount - (this.#pageSizeBytes - (low & (this.#pageSizeBytes - 1)));
    let problem = this.page(pageHigh, pageLow, write);
    for (; rest > 0 && problem === undefined; rest -= this.#pageSizeBytes) {
      pageLow = (pageLow + 1) >>> 0;
      if (pageLow === 0) pageHigh++;
      problem = this.page(pageHigh, pageLow, write);
    }
    return problem;
  }

  /** The fingerprint; the sink is spent. */
  finish(): Fingerprint {
    if (this.#referenceCount === 0) {
      throw new InputError(
        `${this.name} has no references.`,
        'is it the right file, and did the program that wrote it come to its end?',
      );
    }
    this.#hand();
    return this.#builder.finish();
  }

  #hand(): void {
    const batch = { highs: this.#highs, lows: this.#lows, writes: this.#writes };
    this.#builder.referencePages(this.#sequence, batch, this.#batchCount);
    this.#batchCount = 0;
  }

  #refuseMore(): never {
    throw new InputError(
      `${this.name} has more than ${this.#referenceCountMax} references.`,
      'import a part of it: one reference string cannot hold more',
    );
  }
}
