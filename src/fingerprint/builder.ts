/*
 * The only way to make a fingerprint by hand: sequences are declared, then told what they do, in
 * any interleaving; `finish` brings the columns into canonical form and validates them.
 *
 * Canonical: equal fingerprints have equal columns, however they were built. Pages, mappings and
 * ranges are numbered by first appearance, reading the sequences one after the other. Sleeps in a
 * row are one sleep, stored as chunks of 2³² − 1 ns and then the rest; a sleep of 0 ns says nothing
 * and is dropped. Offsets are a column only where one is not 0.
 */
import { assert, InputError } from '../support/assert.ts';
import { GrowingColumn } from '../support/growingColumn.ts';
import { Action } from './action.ts';
import type {
  ActionSequence,
  Backing,
  Fingerprint,
  Mapping,
  Page,
  PageRange,
  ReferenceFilter,
  Sequence,
} from './fingerprint.ts';
import { PageNumbering } from './pageNumbering.ts';
import { SLEEP_NS_CHUNK, SLEEP_NS_MAX } from './sleep.ts';
import { isPageSize, validateFingerprint } from './validate.ts';

export interface FingerprintOptions {
  readonly name: string;
  /** A power of two, at most 2³⁰; default 4096. */
  readonly pageSizeBytes?: number;
  /** Default anonymous. */
  readonly backing?: Backing;
  readonly origin?: Readonly<Record<string, string>>;
  readonly filter?: ReferenceFilter | undefined;
}

/** References of one sequence, a row each. */
export interface PageBatch {
  readonly highs: Uint32Array;
  readonly lows: Uint32Array;
  readonly writes: Uint8Array<ArrayBuffer>;
}

/** A sequence while it grows. */
interface Draft {
  readonly name: string;
  readonly actions: GrowingColumn<Uint8Array<ArrayBuffer>>;
  readonly operands: GrowingColumn<Uint32Array<ArrayBuffer>>;
  /** Made at the first offset that is not 0. */
  offsets: GrowingColumn<Uint32Array<ArrayBuffer>> | undefined;
  /** Made at the first signature that is not 0. */
  signatures: GrowingColumn<Uint32Array<ArrayBuffer>> | undefined;
  /** Slept since the last action, not yet in the columns. */
  sleepNs: number;
  readonly mappings: Mapping[];
  readonly ranges: PageRange[];
}

export class FingerprintBuilder {
  readonly #options: Pick<Fingerprint, 'name' | 'pageSizeBytes' | 'backing' | 'origin' | 'filter'>;
  readonly #drafts: Draft[] = [];
  readonly #names = new Set<string>();
  readonly #numbering = new PageNumbering();
  readonly #offsetMask: bigint;
  readonly #pageShift: bigint;

  constructor(options: FingerprintOptions) {
    const { name, pageSizeBytes = 4096, backing = 'anonymous', origin = {}, filter } = options;
    if (!isPageSize(pageSizeBytes)) {
      throw new InputError(
        `${name}: a page of ${pageSizeBytes} bytes is not possible.`,
        'give a power of two from 1 to 1073741824',
      );
    }
    this.#options = {
      name,
      pageSizeBytes,
      backing,
      origin: { ...origin },
      ...(filter === undefined ? {} : { filter }),
    };
    this.#offsetMask = BigInt(pageSizeBytes - 1);
    this.#pageShift = BigInt(31 - Math.clz32(pageSizeBytes));
  }

  /**
   * A new sequence, without actions; its number is what the other methods take. Of `actionCount`,
   * when it is known, half the memory is needed: nothing has to grow.
   */
  declare(name: string, actionCount = 0): Sequence {
    if (this.#names.has(name)) {
      throw new InputError(
        `${this.#options.name}: two sequences are named ${JSON.stringify(name)}.`,
        'give each sequence its own name, for instance with its process number',
      );
    }
    this.#names.add(name);
    const draft: Draft = {
      name,
      actions: GrowingColumn.uint8(),
      operands: GrowingColumn.uint32(),
      offsets: undefined,
      signatures: undefined,
      sleepNs: 0,
      mappings: [],
      ranges: [],
    };
    if (actionCount > 0) {
      draft.actions.reserve(actionCount);
      draft.operands.reserve(actionCount);
    }
    this.#drafts.push(draft);
    return this.#drafts.length - 1;
  }

  /** A read of the byte at `address`, below 2⁶⁴. */
  read(sequence: Sequence, address: bigint): void {
    this.#reference(sequence, address, Action.Read);
  }

  /** A write to the byte at `address`, below 2⁶⁴. */
  write(sequence: Sequence, address: bigint): void {
    this.#reference(sequence, address, Action.Write);
  }

  /**
   * References to the first bytes of the page numbers `highs[i] · 2³² + lows[i]`, i < `count`: what
   * importers call for a batch of their lines. `writes` holds 1 for a write.
   */
  referencePages(sequence: Sequence, { highs, lows, writes }: PageBatch, count: number): void {
    const draft = this.#awake(sequence);
    const pages = new Uint32Array(count);
    for (let i = 0; i < count; i++) pages[i] = this.#numbering.pageOf(highs[i], lows[i]);
    draft.actions.append(writes.subarray(0, count));
    draft.operands.append(pages);
    for (let i = 0; draft.offsets !== undefined && i < count; i++) draft.offsets.push(0);
  }

  /**
   * A reference to the first byte of the page number `high · 2³² + low`. `write` is 1 for a write.
   */
  referencePage(sequence: Sequence, pageHigh: number, pageLow: number, write: 0 | 1): void {
    const draft = this.#awake(sequence);
    draft.actions.push(write);
    draft.operands.push(this.#numbering.pageOf(pageHigh, pageLow));
    draft.offsets?.push(0);
  }

  /** Says which instruction, as a hash of 32 bits, made the reference just told. */
  sign(sequence: Sequence, signature: number): void {
    assert(signature >>> 0 === signature, 'a signature has 32 bits');
    const draft = this.#drafts[sequence];
    draft.signatures ??= GrowingColumn.uint32();
    padWithZeros(draft.signatures, draft.actions.length - 1);
    draft.signatures.push(signature);
  }

  /** `ns` of CPU work, a whole number; adds up with the sleep directly before it. */
  sleep(sequence: Sequence, ns: number): void {
    assert(Number.isSafeInteger(ns) && ns >= 0, 'a sleep is a whole number of ns');
    const draft = this.#drafts[sequence];
    // The sum of two safe integers may be unsafe, but never so wrong as to seem safe again.
    if (draft.sleepNs + ns > SLEEP_NS_MAX) {
      throw new InputError(
        `${this.#options.name}: sequence ${JSON.stringify(draft.name)} sleeps too long at once.`,
        `a sleep, or several in a row, is at most ${SLEEP_NS_MAX} ns`,
      );
    }
    draft.sleepNs += ns;
  }

  /** Goes on only when `other` has woken this sequence, or has ended. */
  wait(sequence: Sequence, other: Sequence): void {
    this.#synchronize(sequence, Action.Wait, other);
  }

  /** Leaves a token for `other`; to itself: marks the root. */
  wake(sequence: Sequence, other: Sequence): void {
    this.#synchronize(sequence, Action.Wake, other);
  }

  exit(sequence: Sequence): void {
    this.#push(this.#awake(sequence), Action.Exit, 0);
  }

  /** Copies the address space to `child`, whose first action follows. */
  fork(sequence: Sequence, child: Sequence): void {
    this.#synchronize(sequence, Action.Fork, child);
  }

  map(sequence: Sequence, mapping: Mapping): void {
    const draft = this.#awake(sequence);
    this.#push(draft, Action.Map, draft.mappings.length);
    draft.mappings.push(mapping);
  }

  unmap(sequence: Sequence, range: PageRange): void {
    const draft = this.#awake(sequence);
    this.#push(draft, Action.Unmap, draft.ranges.length);
    draft.ranges.push(range);
  }

  /** The fingerprint, valid; the builder is spent. */
  finish(): Fingerprint {
    for (let sequence = 0; sequence < this.#drafts.length; sequence++) this.#awake(sequence);
    const sequences = this.#drafts.map(join);
    const pageNumbers = this.#numbering.pageNumbers();
    renumberOperands(this.#drafts, sequences);
    const fingerprint: Fingerprint = {
      ...this.#options,
      pageNumbers: sequences.length > 1 ? renumberPages(sequences, pageNumbers) : pageNumbers,
      sequences,
      mappings: this.#drafts.flatMap((draft) => draft.mappings),
      ranges: this.#drafts.flatMap((draft) => draft.ranges),
    };
    validateFingerprint(fingerprint);
    return fingerprint;
  }

  #reference(sequence: Sequence, address: bigint, action: 0 | 1): void {
    assert(address >= 0n && address < 1n << 64n, 'an address has 64 bits');
    const draft = this.#awake(sequence);
    const page = address >> this.#pageShift;
    const offset = Number(address & this.#offsetMask);
    if (offset !== 0 && draft.offsets === undefined) {
      draft.offsets = GrowingColumn.uint32();
      for (let i = draft.actions.length; i > 0; i--) draft.offsets.push(0);
    }
    draft.actions.push(action);
    draft.operands.push(this.#numbering.pageOf(Number(page >> 32n), Number(page & 0xffffffffn)));
    draft.offsets?.push(offset);
  }

  #synchronize(sequence: Sequence, action: Action, other: Sequence): void {
    assert(other >= 0 && other < this.#drafts.length, 'a sequence is declared before it is named');
    this.#push(this.#awake(sequence), action, other);
  }

  /** The draft of `sequence`, its sleep put into the columns. */
  #awake(sequence: Sequence): Draft {
    const draft = this.#drafts[sequence];
    if (draft.sleepNs > 0) {
      let restNs = draft.sleepNs;
      for (; restNs > SLEEP_NS_CHUNK; restNs -= SLEEP_NS_CHUNK) {
        this.#push(draft, Action.Sleep, SLEEP_NS_CHUNK);
      }
      this.#push(draft, Action.Sleep, restNs);
      draft.sleepNs = 0;
    }
    return draft;
  }

  #push(draft: Draft, action: Action, operand: number): void {
    draft.actions.push(action);
    draft.operands.push(operand);
    draft.offsets?.push(0);
  }
}

function padWithZeros(column: GrowingColumn<Uint32Array<ArrayBuffer>>, length: number): void {
  for (let i = column.length; i < length; i++) column.push(0);
}

function join(draft: Draft): { -readonly [K in keyof ActionSequence]: ActionSequence[K] } {
  const { signatures } = draft;
  if (signatures !== undefined) padWithZeros(signatures, draft.actions.length);
  return {
    name: draft.name,
    actions: draft.actions.join(),
    operands: draft.operands.join(),
    offsets: draft.offsets?.join(),
    ...(signatures === undefined ? {} : { signatures: signatures.join() }),
  };
}

/** Each draft counted its mappings and ranges from 0; the fingerprint has one list of each. */
function renumberOperands(drafts: readonly Draft[], sequences: readonly ActionSequence[]): void {
  let firstMapping = 0;
  let firstRange = 0;
  for (let sequence = 0; sequence < drafts.length; sequence++) {
    const { mappings, ranges } = drafts[sequence];
    if (firstMapping + firstRange > 0 && mappings.length + ranges.length > 0) {
      const { actions, operands } = sequences[sequence];
      for (let i = 0; i < actions.length; i++) {
        if (actions[i] === Action.Map) operands[i] += firstMapping;
        else if (actions[i] === Action.Unmap) operands[i] += firstRange;
      }
    }
    firstMapping += mappings.length;
    firstRange += ranges.length;
  }
}

/** Calls interleaved the sequences; pages are numbered sequence by sequence. */
function renumberPages(
  sequences: readonly ActionSequence[],
  pageNumbers: BigUint64Array,
): BigUint64Array {
  const newPage = new Int32Array(pageNumbers.length).fill(-1);
  const renumbered = new BigUint64Array(pageNumbers.length);
  let pageCount = 0;
  for (const { actions, operands } of sequences) {
    for (let i = 0; i < actions.length; i++) {
      if (actions[i] > Action.Write) continue;
      const page: Page = operands[i];
      if (newPage[page] < 0) {
        renumbered[pageCount] = pageNumbers[page];
        newPage[page] = pageCount++;
      }
      operands[i] = newPage[page];
    }
  }
  return renumbered;
}
