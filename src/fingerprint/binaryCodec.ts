/*
 * A fingerprint as a header and blocks of bytes, the same bytes for equal fingerprints: what the
 * file layer compresses block by block, checksums and digests.
 *
 *   header       JSON: version, page size, backing, counts, sequence names, maps
 *   about        JSON: name and origin; apart, so that a digest of the rest identifies the workload
 *   control      what is not a reference, sequence by sequence:
 *                { references before it, code, operand } … { references to the end, 0 }
 *   writes       a bit a reference, least significant first: 1 is a write
 *   pages        the page of each reference, see pageCoding.ts
 *   pageNumbers  per page, the step from the page number before it, as 8 planes of bytes
 *   offsets      a varint a reference; no byte at all where every offset is 0
 *
 * References of all sequences stand one after the other. The form is canonical, so most of what
 * would make a fingerprint ill-formed cannot even be written down; the rest is refused on reading.
 */
import { InputError } from '../support/assert.ts';
import { ByteReader, ByteWriter } from '../support/byteColumns.ts';
import { Action } from './action.ts';
import type { ActionSequence, Backing, Fingerprint, Mapping, PageRange } from './fingerprint.ts';
import { decodePages, encodePages } from './pageCoding.ts';
import { PageNumbering } from './pageNumbering.ts';
import { SLEEP_NS_CHUNK, SLEEP_NS_MAX } from './sleep.ts';
import { isPageSize, validateFingerprint } from './validate.ts';

export interface Block {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** All there is of a fingerprint, uncompressed. */
export interface EncodedFingerprint {
  readonly header: Uint8Array;
  /** In the order of `BLOCK_IDS`. */
  readonly blocks: readonly Block[];
}

export const BLOCK_IDS = ['about', 'control', 'writes', 'pages', 'pageNumbers', 'offsets'] as const;

/** Of the header and the blocks. Another one is refused. */
const VERSION = 1;

/** Ends the list of a sequence in block control; no action of its own, for Read is a reference. */
const END = 0;

interface Header {
  readonly version: typeof VERSION;
  readonly pageSizeBytes: number;
  readonly backing: Backing;
  readonly references: number;
  readonly pages: number;
  readonly sequences: readonly string[];
  readonly mappings: readonly MappingRow[];
  readonly ranges: readonly RangeRow[];
}

/** Address and number of pages. */
type RangeRow = readonly [string, number];
/** A range, and what backs it: a kind, then its path or id, offset, sharing. */
type MappingRow = readonly [string, number, string, ...string[]];

export function encodeBlocks(fingerprint: Fingerprint): EncodedFingerprint {
  const { name, pageSizeBytes, backing, pageNumbers, sequences, origin } = fingerprint;
  const referenceCount = countReferences(sequences);
  const control = new ByteWriter();
  const writes = new Uint8Array(Math.ceil(referenceCount / 8));
  const pages = new Uint32Array(referenceCount);
  const hasOffsets = sequences.some((sequence) => sequence.offsets !== undefined);
  const offsets = new ByteWriter();
  let tick = 0;
  for (const sequence of sequences) {
    encodeControl(sequence, control);
    const { actions, operands } = sequence;
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] > Action.Write) continue;
      pages[tick] = operands[row];
      writes[tick >>> 3] |= actions[row] << (tick & 7);
      if (hasOffsets) offsets.varint(sequence.offsets?.[row] ?? 0);
      tick++;
    }
  }
  const header: Header = {
    version: VERSION,
    pageSizeBytes,
    backing,
    references: referenceCount,
    pages: pageNumbers.length,
    sequences: sequences.map((sequence) => sequence.name),
    mappings: fingerprint.mappings.map(mappingRow),
    ranges: fingerprint.ranges.map(rangeRow),
  };
  return {
    header: jsonBytes(header),
    blocks: [
      { id: 'about', bytes: jsonBytes({ name, origin: Object.entries(origin) }) },
      { id: 'control', bytes: control.bytes() },
      { id: 'writes', bytes: writes },
      { id: 'pages', bytes: encodePages(pages) },
      { id: 'pageNumbers', bytes: encodePageNumbers(pageNumbers) },
      { id: 'offsets', bytes: offsets.bytes() },
    ],
  };
}

/** The fingerprint of a header and its blocks; an InputError when they are not what was written. */
export function decodeBlocks(header: Uint8Array, blocks: readonly Block[]): Fingerprint {
  if (blocks.length !== BLOCK_IDS.length || BLOCK_IDS.some((id, i) => blocks[i].id !== id)) {
    const ids = blocks.map((block) => block.id).join(' ');
    throw damaged(`its blocks are ${ids}, not ${BLOCK_IDS.join(' ')}`);
  }
  const [about, control, writes, pages, pageNumbers, offsets] = blocks.map((block) => block.bytes);
  const counts = decodeHeader(header);
  const referenceCount = counts.references;
  // Lengths are compared before anything is allocated by a count of the header.
  if (writes.length !== Math.ceil(referenceCount / 8))
    throw damaged('block writes has no such length');
  if (pageNumbers.length !== counts.pages * 8)
    throw damaged('block pageNumbers has no such length');
  if (referenceCount % 8 !== 0 && writes[writes.length - 1] >>> (referenceCount % 8) !== 0) {
    throw damaged('block writes goes on beyond the references');
  }
  const references: References = {
    pages: decodePages(pages, referenceCount, counts.pages),
    writes,
    offsets:
      offsets.length === 0
        ? undefined
        : decodeOffsets(offsets, referenceCount, counts.pageSizeBytes),
  };
  const fingerprint: Fingerprint = {
    ...decodeAbout(about),
    pageSizeBytes: counts.pageSizeBytes,
    backing: counts.backing,
    pageNumbers: decodePageNumbers(pageNumbers),
    sequences: decodeSequences(control, counts, references),
    mappings: counts.mappings.map(mappingOf),
    ranges: counts.ranges.map(rangeOf),
  };
  validateFingerprint(fingerprint);
  return fingerprint;
}

/** What the references of all sequences have, one after the other. */
interface References {
  readonly pages: Uint32Array;
  /** A bit a reference. */
  readonly writes: Uint8Array;
  readonly offsets: Uint32Array | undefined;
}

function countReferences(sequences: readonly ActionSequence[]): number {
  let count = 0;
  for (const { actions } of sequences) {
    for (let row = 0; row < actions.length; row++) if (actions[row] <= Action.Write) count++;
  }
  return count;
}

function encodeControl({ actions, operands }: ActionSequence, out: ByteWriter): void {
  let run = 0;
  for (let row = 0; row < actions.length; row++) {
    const action = actions[row];
    if (action <= Action.Write) {
      run++;
      continue;
    }
    out.varint(run);
    out.byte(action);
    run = 0;
    if (action === Action.Sleep) {
      let ns = operands[row];
      while (actions[row + 1] === Action.Sleep) ns += operands[++row];
      out.varint(ns);
    } else if (namesSequence(action)) {
      out.varint(operands[row]);
    }
  }
  out.varint(run);
  out.byte(END);
}

function decodeSequences(
  control: Uint8Array,
  { sequences, references: referenceCount, mappings, ranges }: Header,
  references: References,
): ActionSequence[] {
  const input = new ByteReader(control, 'block control of the fingerprint');
  const firsts = { tick: 0, mapping: 0, range: 0 };
  const decoded = sequences.map((name) => {
    const steps = decodeSteps(input, sequences.length, referenceCount - firsts.tick);
    return fillSequence(name, steps, references, firsts);
  });
  input.end();
  if (firsts.tick !== referenceCount) throw damaged('references belong to no sequence');
  if (firsts.mapping !== mappings.length) throw damaged('there are more mappings than maps');
  if (firsts.range !== ranges.length) throw damaged('there are more ranges than unmaps');
  return decoded;
}

/** What a sequence does between its references, one row a step; the last step is the end. */
interface Steps {
  /** References before the step. */
  readonly runs: number[];
  readonly actions: number[];
  readonly operands: number[];
}

function decodeSteps(input: ByteReader, sequenceCount: number, runMax: number): Steps {
  const steps: Steps = { runs: [], actions: [], operands: [] };
  let slept = false;
  for (;;) {
    const run = input.varint(runMax);
    const action = input.byte();
    let operand = 0;
    if (action === Action.Sleep) {
      operand = input.varint(SLEEP_NS_MAX);
      if (operand === 0 || (slept && run === 0)) throw input.damaged('a sleep is not whole');
    } else if (namesSequence(action)) {
      operand = input.varint(sequenceCount - 1);
    } else if (action !== END && !(action >= Action.Exit && action <= Action.Unmap)) {
      throw input.damaged('there is no such action');
    }
    slept = action === Action.Sleep;
    runMax -= run;
    steps.runs.push(run);
    steps.actions.push(action);
    steps.operands.push(operand);
    if (action === END) return steps;
  }
}

/** `firsts`: the next reference, mapping and range to be given out; moved on. */
function fillSequence(
  name: string,
  steps: Steps,
  references: References,
  firsts: { tick: number; mapping: number; range: number },
): ActionSequence {
  let rowCount = 0;
  for (let step = 0; step < steps.runs.length; step++) {
    rowCount += steps.runs[step] + rowsOf(steps.actions[step], steps.operands[step]);
  }
  const actions = new Uint8Array(rowCount);
  const operands = new Uint32Array(rowCount);
  const offsets = references.offsets === undefined ? undefined : new Uint32Array(rowCount);
  let row = 0;
  for (let step = 0; step < steps.runs.length; step++) {
    const run = steps.runs[step];
    const { tick } = firsts;
    unpackBits(references.writes, tick, actions, row, run);
    operands.set(references.pages.subarray(tick, tick + run), row);
    offsets?.set(references.offsets!.subarray(tick, tick + run), row);
    firsts.tick += run;
    row += run;
    const action = steps.actions[step];
    let operand = steps.operands[step];
    if (action === Action.Map) operand = firsts.mapping++;
    if (action === Action.Unmap) operand = firsts.range++;
    const end = row + rowsOf(action, operand);
    actions.fill(action, row, end);
    for (; row < end; row++, operand -= SLEEP_NS_CHUNK) {
      operands[row] = Math.min(operand, SLEEP_NS_CHUNK);
    }
  }
  // Every sequence shares one block of offsets, but has the column only where it needs it.
  const needsOffsets = offsets?.some((offset) => offset !== 0) ?? false;
  return { name, actions, operands, offsets: needsOffsets ? offsets : undefined };
}

/** How many rows of the columns a step takes. */
function rowsOf(action: number, operand: number): number {
  if (action === END) return 0;
  return action === Action.Sleep ? Math.ceil(operand / SLEEP_NS_CHUNK) : 1;
}

function unpackBits(bits: Uint8Array, first: number, out: Uint8Array, to: number, n: number): void {
  for (let i = 0; i < n; i++) {
    const bit = first + i;
    out[to + i] = (bits[bit >>> 3] >>> (bit & 7)) & 1;
  }
}

function namesSequence(action: number): boolean {
  return action === Action.Wait || action === Action.Wake || action === Action.Fork;
}

function decodeOffsets(bytes: Uint8Array, count: number, pageSizeBytes: number): Uint32Array {
  const input = new ByteReader(bytes, 'block offsets of the fingerprint');
  const offsets = new Uint32Array(count);
  let any = 0;
  for (let i = 0; i < count; i++) any |= offsets[i] = input.varint(pageSizeBytes - 1);
  input.end();
  if (any === 0) throw input.damaged('every offset is 0');
  return offsets;
}

/** Which half of a 64-bit number comes first in memory here. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;

/** Steps, zigzag (0 −1 1 −2 …), in 8 planes: the planes of nearby page numbers are all zeros. */
function encodePageNumbers(pageNumbers: BigUint64Array): Uint8Array {
  const count = pageNumbers.length;
  const planes = new Uint8Array(count * 8);
  const halves = new Uint32Array(2);
  const step = new BigInt64Array(halves.buffer);
  let before = 0n;
  for (let page = 0; page < count; page++) {
    step[0] = pageNumbers[page] - before;
    before = pageNumbers[page];
    step[0] = (step[0] << 1n) ^ (step[0] >> 63n);
    for (let plane = 0; plane < 4; plane++) {
      planes[plane * count + page] = halves[LOW] >>> (8 * plane);
      planes[(plane + 4) * count + page] = halves[1 - LOW] >>> (8 * plane);
    }
  }
  return planes;
}

function decodePageNumbers(planes: Uint8Array): BigUint64Array {
  const count = planes.length / 8;
  const pageNumbers = new BigUint64Array(count);
  const halves = new Uint32Array(pageNumbers.buffer);
  const numbering = new PageNumbering();
  let beforeLow = 0;
  let beforeHigh = 0;
  for (let page = 0; page < count; page++) {
    let low = 0;
    let high = 0;
    for (let plane = 3; plane >= 0; plane--) {
      low = (low << 8) | planes[plane * count + page];
      high = (high << 8) | planes[(plane + 4) * count + page];
    }
    // Undo the zigzag, then add to the page number before, both by halves.
    const sign = -(low & 1);
    const stepLow = (((low >>> 1) | (high << 31)) ^ sign) >>> 0;
    const stepHigh = (high >>> 1) ^ sign;
    const sum = beforeLow + stepLow;
    beforeHigh = (beforeHigh + stepHigh + (sum > 0xffffffff ? 1 : 0)) >>> 0;
    beforeLow = sum >>> 0;
    halves[2 * page + LOW] = beforeLow;
    halves[2 * page + 1 - LOW] = beforeHigh;
    if (numbering.pageOf(beforeHigh, beforeLow) !== page) {
      throw damaged('two pages have one page number');
    }
  }
  return pageNumbers;
}

function rangeRow({ address, pageCount }: PageRange): RangeRow {
  return [address.toString(), pageCount];
}

function mappingRow(mapping: Mapping): MappingRow {
  const { backing } = mapping;
  const range = rangeRow(mapping);
  if (backing.kind === 'anonymous') return [...range, backing.kind];
  const offset = backing.offset.toString();
  if (backing.kind === 'shared-memory') return [...range, backing.kind, backing.id, offset];
  const sharing = backing.shared ? 'shared' : 'private';
  return [...range, backing.kind, backing.path, offset, sharing];
}

function rangeOf(row: readonly unknown[]): PageRange {
  const [address, pageCount] = row;
  if (typeof pageCount !== 'number') throw damaged('a range has no length');
  return { address: addressOf(address), pageCount };
}

function mappingOf(row: readonly unknown[]): Mapping {
  const [, , kind, source, offset, sharing] = row;
  const range = rangeOf(row);
  if (kind === 'anonymous') return { ...range, backing: { kind } };
  if (typeof source !== 'string') throw damaged('a mapping has no source');
  if (kind === 'shared-memory') {
    return { ...range, backing: { kind, id: source, offset: addressOf(offset) } };
  }
  if (kind !== 'file') throw damaged('a mapping is of no known kind');
  const shared = sharing === 'shared';
  return { ...range, backing: { kind, path: source, offset: addressOf(offset), shared } };
}

function addressOf(text: unknown): bigint {
  if (typeof text !== 'string' || !/^\d{1,20}$/.test(text))
    throw damaged('an address is no number');
  return BigInt(text);
}

function decodeHeader(bytes: Uint8Array): Header {
  const value = parseObject(bytes, 'header');
  if (value.version !== VERSION) {
    throw new InputError(
      `the fingerprint has version ${String(value.version)}; this program reads ${VERSION}.`,
      'update evictlab, or make the fingerprint again',
    );
  }
  const { pageSizeBytes, backing, references, pages, sequences, mappings, ranges } = value;
  if (!isCount(references) || !isCount(pages) || !isCount(pageSizeBytes)) {
    throw damaged('its header counts with other than whole numbers');
  }
  if (!isPageSize(pageSizeBytes)) throw damaged('a page has no such size');
  if (backing !== 'anonymous' && backing !== 'file') throw damaged('its backing is not known');
  if (!isStrings(sequences) || new Set(sequences).size !== sequences.length) {
    throw damaged('its sequences are not named');
  }
  if (!isRows(mappings) || !isRows(ranges)) throw damaged('its maps are not lists');
  const header: Header = {
    version: VERSION,
    pageSizeBytes,
    backing,
    references,
    pages,
    sequences,
    mappings: mappings.map((row) => mappingRow(mappingOf(row))),
    ranges: ranges.map((row) => rangeRow(rangeOf(row))),
  };
  checkCanonical(bytes, header, 'header');
  return header;
}

function decodeAbout(bytes: Uint8Array): Pick<Fingerprint, 'name' | 'origin'> {
  const { name, origin } = parseObject(bytes, 'block about');
  if (typeof name !== 'string') throw damaged('it has no name');
  if (!isRows(origin) || !origin.every((entry) => isStrings(entry) && entry.length === 2)) {
    throw damaged('its origin is not a list of pairs');
  }
  const entries = origin as [string, string][];
  checkCanonical(bytes, { name, origin: entries }, 'block about');
  return { name, origin: Object.fromEntries(entries) };
}

/** Refuses unknown and repeated fields, and anything else we would have written otherwise. */
function checkCanonical(bytes: Uint8Array, value: object, what: string): void {
  const canonical = jsonBytes(value);
  const isSame = bytes.length === canonical.length && bytes.every((b, i) => b === canonical[i]);
  if (!isSame) throw damaged(`its ${what} has unknown or reordered fields`);
}

function jsonBytes(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function parseObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged(`its ${what} is not JSON`);
  }
  if (typeof value !== 'object' || value === null) throw damaged(`its ${what} is not an object`);
  return value as Record<string, unknown>;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isRows(value: unknown): value is unknown[][] {
  return Array.isArray(value) && value.every(Array.isArray);
}

function damaged(how: string): InputError {
  return new InputError(`the fingerprint is damaged: ${how}.`, 'make or fetch the file again');
}
