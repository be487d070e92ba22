/*
 * A reference string as it comes about: columns that grow, and what is given back on the way. For
 * fingerprints with maps, whose pages are known only while they are played.
 *
 *   turn(a)  refer refer   turn(b)  refer  release   turn(a) …   ──►  pages, writes, sequences,
 *                                                                     signatures, releases, facts
 *
 * 5 bytes a reference, 17 a page, and the sequences once more at the end.
 */
import { InputError } from '../support/assert.ts';
import { GrowingColumn } from '../support/growingColumn.ts';
import type { PageSink } from './addressSpaces.ts';
import type { Fingerprint, Page, ReferenceString, Releases, Sequence } from './fingerprint.ts';

export class StringRecorder implements PageSink {
  readonly #fingerprint: Fingerprint;
  readonly #pages = GrowingColumn.uint32();
  readonly #writes = GrowingColumn.uint8();
  readonly #signatures = GrowingColumn.uint32();
  readonly #hasSignatures: boolean;
  /** Of the sequence whose turn it is. */
  #known: Uint32Array | undefined;
  /** Whose references begin at which tick, a row a turn. */
  readonly #turnStarts: number[] = [];
  readonly #turnMakers: Sequence[] = [];
  readonly #releaseTicks: number[] = [];
  readonly #releaseStarts: number[] = [0];
  readonly #released = GrowingColumn.uint32();
  // A row a page.
  readonly #kinds = GrowingColumn.uint8();
  readonly #uses = GrowingColumn.uint8();
  readonly #objects = GrowingColumn.uint32();
  readonly #indices = GrowingColumn.float64();

  constructor(fingerprint: Fingerprint) {
    this.#fingerprint = fingerprint;
    this.#hasSignatures = fingerprint.sequences.some(({ signatures }) => signatures !== undefined);
  }

  /** What follows is done by `sequence`. */
  turn(sequence: Sequence): void {
    this.#turnStarts.push(this.#pages.length);
    this.#turnMakers.push(sequence);
    this.#known = this.#fingerprint.sequences[sequence].signatures;
  }

  create(_page: Page, kind: number, object: number, index: number, use: number): void {
    this.#kinds.push(kind);
    this.#uses.push(use);
    this.#objects.push(object);
    this.#indices.push(index);
  }

  refer(page: Page, write: number, row: number): void {
    this.#pages.push(page);
    this.#writes.push(write);
    // The read of a page that is copied is made by the same instruction.
    if (this.#hasSignatures)
      this.#signatures.push(this.#known === undefined ? 0 : this.#known[row]);
  }

  release(pages: readonly Page[]): void {
    for (const page of pages) this.#released.push(page);
    this.#releaseTicks.push(this.#pages.length);
    this.#releaseStarts.push(this.#released.length);
  }

  /** All that was told, in that order; the recorder is spent. */
  references(): ReferenceString {
    const { name, sequences } = this.#fingerprint;
    const referenceCount = this.#pages.length;
    if (referenceCount >= 2 ** 31) {
      throw new InputError(
        `${name}: ${referenceCount} references, copies read included.`,
        'the most is 2^31 - 1',
      );
    }
    const uses = this.#uses.join();
    return {
      pages: this.#pages.join(),
      writes: this.#writes.join(),
      pageCount: this.#kinds.length,
      kinds: this.#kinds.join(),
      uses: uses.some((use) => use !== 0) ? uses : undefined,
      places: { objects: this.#objects.join(), indices: this.#indices.join() },
      sequences: sequences.length === 1 ? undefined : this.#makers(referenceCount),
      signatures: this.#hasSignatures ? this.#signatures.join() : undefined,
      releases: this.#releases(),
    };
  }

  #makers(referenceCount: number): Uint32Array {
    const makers = new Uint32Array(referenceCount);
    for (const [turn, start] of this.#turnStarts.entries()) {
      makers.fill(this.#turnMakers[turn], start, this.#turnStarts[turn + 1]);
    }
    return makers;
  }

  #releases(): Releases | undefined {
    if (this.#releaseTicks.length === 0) return undefined;
    return {
      ticks: Int32Array.from(this.#releaseTicks),
      firstPage: Int32Array.from(this.#releaseStarts),
      pages: this.#released.join(),
    };
  }
}
