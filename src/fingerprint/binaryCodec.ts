/*
 * A fingerprint as a header and blocks of bytes, the same bytes for equal fingerprints: what the
 * file layer compresses block by block, checksums and digests.
 *
 *   header       JSON: version, page size, backing, counts, sequence names, maps
 *   about        JSON: name and origin
 *   control      what is not a reference: sleeps, waits, wakes, exits, forks, maps
 *   references   page and write bit of each
 *   pageNumbers  dense page → 64-bit page number
 *   offsets      byte within the page, a varint a reference; empty where all are 0
 *   signatures   hash of the instruction, 4 bytes a reference; no such block where all are 0
 *
 * References of all sequences stand one after the other. The form is canonical, so most of what
 * would make a fingerprint ill-formed cannot even be written down; the rest is refused on reading.
 */
import { InputError } from '../support/assert.ts';
import { ByteReader, ByteWriter } from '../support/byteColumns.ts';
import { copyRun } from '../support/copyRun.ts';
import { Action } from './action.ts';
import {
  decodeAbout,
  decodeHeader,
  encodeAbout,
  encodeHeader,
  type Header,
  mappingOf,
  rangeOf,
} from './binaryHeader.ts';
import { decodeControl, END, encodeControl, type Steps } from './controlBlock.ts';
import { damaged } from './damaged.ts';
import type { ActionSequence, Fingerprint } from './fingerprint.ts';
import { countReferences, nextStep } from './nextStep.ts';
import { decodePageNumbers, encodePageNumbers } from './pageNumbersBlock.ts';
import {
  bytesPerReference,
  decodeReferences,
  encodeReferences,
  type References,
} from './referencesBlock.ts';
import { SLEEP_NS_CHUNK } from './sleep.ts';
import { validateFingerprint } from './validate.ts';

export const BLOCK_IDS = ['about', 'control', 'references', 'pageNumbers', 'offsets'] as const;

/** Stands last, and only where there is something in it. */
export const SIGNATURES_BLOCK_ID = 'signatures';

export interface Block {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** How many bytes each number has, in a block that is written and is numbers of one width. */
  readonly width?: number;
}

/** All there is of a fingerprint, uncompressed. */
export interface EncodedFingerprint {
  readonly header: Uint8Array;
  /** In the order of `BLOCK_IDS`, signatures last. Without block about, header and blocks are the workload. */
  readonly blocks: readonly Block[];
}

export function encodeBlocks(fingerprint: Fingerprint): EncodedFingerprint {
  const { sequences, pageNumbers } = fingerprint;
  const references = gatherReferences(sequences);
  const blocks: Record<(typeof BLOCK_IDS)[number], Uint8Array> = {
    about: encodeAbout(fingerprint),
    control: encodeControl(sequences),
    references: encodeReferences(references, pageNumbers.length),
    pageNumbers: encodePageNumbers(pageNumbers),
    offsets: encodeOffsets(sequences),
  };
  const width = bytesPerReference(pageNumbers.length);
  const all: Block[] = BLOCK_IDS.map((id) => ({
    id,
    bytes: blocks[id],
    ...(id === 'references' && { width }),
  }));
  if (sequences.some((sequence) => sequence.signatures !== undefined)) {
    const bytes = encodeSignatures(sequences, references.pages.length);
    all.push({ id: SIGNATURES_BLOCK_ID, bytes });
  }
  return { header: encodeHeader(fingerprint, references.pages.length), blocks: all };
}

/**
 * The fingerprint of a header and its blocks, valid; an InputError when they are not what
 * `encodeBlocks` made, or of another version.
 */
export function decodeBlocks(header: Uint8Array, blocks: readonly Block[]): Fingerprint {
  const head = decodeHeader(header);
  const ids = blocks.map((block) => block.id).join(' ');
  const expected = BLOCK_IDS.join(' ');
  if (ids !== expected && ids !== `${expected} ${SIGNATURES_BLOCK_ID}`) {
    throw damaged(`its blocks are ${ids || 'none'}, not ${BLOCK_IDS.join(' ')}`);
  }
  const [about, control, references, pageNumbers, offsets, signatures] = blocks.map(
    (block) => block.bytes,
  );
  const decoded = decodeReferences(references, head.references, head.pages);
  const fingerprint: Fingerprint = {
    ...decodeAbout(about),
    pageSizeBytes: head.pageSizeBytes,
    backing: head.backing,
    pageNumbers: decodePageNumbers(pageNumbers, head.pages),
    sequences: fillSequences(
      head,
      decodeControl(control, head.sequences.length, head.references),
      decoded,
      decodeOffsets(offsets, head.references, head.pageSizeBytes),
      signatures === undefined ? undefined : decodeSignatures(signatures, head.references),
    ),
    mappings: head.mappings.map(mappingOf),
    ranges: head.ranges.map(rangeOf),
    ...(head.filter === undefined ? {} : { filter: head.filter }),
  };
  // decodeReferences has looked at every page.
  validateFingerprint(fingerprint, true);
  return fingerprint;
}

/** `EVFP`, and 0 for: neither compressed nor checksummed. Files have another number there. */
const PLAIN = Uint8Array.of(0x45, 0x56, 0x46, 0x50, 0);

/** Header and blocks as one run of bytes, to be sent to a thread or kept in a browser. */
export function encodeFingerprint(fingerprint: Fingerprint): Uint8Array {
  const { header, blocks } = encodeBlocks(fingerprint);
  const parts = [header, ...blocks.map((block) => block.bytes)];
  const lengths = new ByteWriter();
  for (const part of parts) lengths.varint(part.length);
  if (blocks.length === BLOCK_IDS.length) lengths.varint(0);
  const all = [PLAIN, lengths.bytes(), ...parts];
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of all) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

/** What `encodeFingerprint` made; an InputError for anything else. */
export function decodeFingerprint(bytes: Uint8Array): Fingerprint {
  if (PLAIN.some((byte, i) => bytes[i] !== byte)) {
    throw new InputError(
      'these bytes are no plain binary fingerprint.',
      'a file is read with readFingerprint, the notation with parseFingerprint',
    );
  }
  const input = new ByteReader(bytes.subarray(PLAIN.length), 'the fingerprint');
  const ids = [...BLOCK_IDS, SIGNATURES_BLOCK_ID];
  const lengths = ['header', ...ids].map(() => input.varint(bytes.length));
  let end = PLAIN.length + input.position;
  const parts = lengths.map((length) => bytes.subarray(end, (end += length)));
  if (end !== bytes.length) throw damaged('its length is another than it says');
  const [header, ...rest] = parts;
  const blocks = ids.map((id, i) => ({ id, bytes: rest[i] }));
  if (rest[BLOCK_IDS.length].length === 0) blocks.pop();
  return decodeBlocks(header, blocks);
}

/** The references of all sequences, one after the other. */
function gatherReferences(sequences: readonly ActionSequence[]): References {
  const count = sequences.reduce((sum, { actions }) => sum + countReferences(actions), 0);
  const [first] = sequences;
  if (sequences.length === 1 && first.actions.length === count) {
    return { pages: first.operands, writes: first.actions };
  }
  const pages = new Uint32Array(count);
  const writes = new Uint8Array(count);
  let tick = 0;
  for (const { actions, operands } of sequences) {
    for (let row = 0; row < actions.length; row++) {
      const step = nextStep(actions, row);
      copyRun(operands, row, step, pages, tick);
      copyRun(actions, row, step, writes, tick);
      tick += step - row;
      row = step;
    }
  }
  return { pages, writes };
}

function fillSequences(
  { sequences, mappings, ranges }: Header,
  steps: readonly Steps[],
  references: References,
  offsets: Uint32Array | undefined,
  signatures: Uint32Array | undefined,
): ActionSequence[] {
  const next = { tick: 0, mapping: 0, range: 0 };
  const filled = sequences.map((name, sequence) => {
    const columns = fillColumns(steps[sequence], { references, offsets, signatures }, next);
    return { name, ...columns };
  });
  // Validation would miss a mapping without its map.
  if (next.mapping !== mappings.length) throw damaged('it has another number of maps than it says');
  if (next.range !== ranges.length) throw damaged('it has another number of unmaps than it says');
  return filled;
}

/** One row a reference of all sequences. */
interface ReferenceColumns {
  readonly references: References;
  readonly offsets: Uint32Array | undefined;
  readonly signatures: Uint32Array | undefined;
}

/** `next`: the reference, mapping and range to be given out next; moved on. */
function fillColumns(
  { runs, actions: stepActions, operands: stepOperands }: Steps,
  { references, offsets: allOffsets, signatures: allSignatures }: ReferenceColumns,
  next: { tick: number; mapping: number; range: number },
): Omit<ActionSequence, 'name'> {
  const { pages, writes } = references;
  if (runs.length === 1 && runs[0] === pages.length) {
    // Of a lone sequence that does nothing but reference, the columns are these.
    next.tick = pages.length;
    return {
      actions: writes,
      operands: pages,
      offsets: allOffsets,
      ...(allSignatures === undefined ? {} : { signatures: allSignatures }),
    };
  }
  let rowCount = 0;
  for (let step = 0; step < runs.length; step++) {
    rowCount += runs[step] + rowsOf(stepActions[step], stepOperands[step]);
  }
  const actions = new Uint8Array(rowCount);
  const operands = new Uint32Array(rowCount);
  const offsets = allOffsets === undefined ? undefined : new Uint32Array(rowCount);
  const signatures = allSignatures === undefined ? undefined : new Uint32Array(rowCount);
  let row = 0;
  for (let step = 0; step < runs.length; step++) {
    const tick = next.tick;
    next.tick += runs[step];
    copyRun(writes, tick, next.tick, actions, row);
    copyRun(pages, tick, next.tick, operands, row);
    if (offsets !== undefined) copyRun(allOffsets!, tick, next.tick, offsets, row);
    if (signatures !== undefined) copyRun(allSignatures!, tick, next.tick, signatures, row);
    row += runs[step];

    const action = stepActions[step];
    let operand = stepOperands[step];
    if (action === Action.Map) operand = next.mapping++;
    if (action === Action.Unmap) operand = next.range++;
    const end = row + rowsOf(action, operand);
    actions.fill(action, row, end);
    for (; row < end; row++, operand -= SLEEP_NS_CHUNK) {
      operands[row] = Math.min(operand, SLEEP_NS_CHUNK);
    }
  }
  // These blocks are of all sequences; a sequence has a column only where it needs it.
  return {
    actions,
    operands,
    offsets: needed(offsets),
    ...(needed(signatures) === undefined ? {} : { signatures: signatures! }),
  };
}

function needed(column: Uint32Array | undefined): Uint32Array | undefined {
  return column?.some((value) => value !== 0) ? column : undefined;
}

/** How many rows of the columns a step takes. */
function rowsOf(action: number, operand: number): number {
  if (action === END) return 0;
  return action === Action.Sleep ? Math.ceil(operand / SLEEP_NS_CHUNK) : 1;
}

function encodeSignatures(sequences: readonly ActionSequence[], count: number): Uint8Array {
  const bytes = new Uint8Array(count * 4);
  const view = new DataView(bytes.buffer);
  let tick = 0;
  for (const { actions, signatures } of sequences) {
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] > Action.Write) continue;
      view.setUint32(4 * tick++, signatures?.[row] ?? 0, true);
    }
  }
  return bytes;
}

function decodeSignatures(bytes: Uint8Array, referenceCount: number): Uint32Array {
  if (bytes.length !== referenceCount * 4) throw damaged('block signatures has another length');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const signatures = Uint32Array.from({ length: referenceCount }, (_, i) =>
    view.getUint32(4 * i, true),
  );
  if (signatures.every((signature) => signature === 0)) throw damaged('every signature is 0');
  return signatures;
}

function encodeOffsets(sequences: readonly ActionSequence[]): Uint8Array {
  const out = new ByteWriter();
  if (sequences.some((sequence) => sequence.offsets !== undefined)) {
    for (const { actions, offsets } of sequences) {
      for (let row = 0; row < actions.length; row++) {
        if (actions[row] <= Action.Write) out.varint(offsets?.[row] ?? 0);
      }
    }
  }
  return out.bytes();
}

function decodeOffsets(
  bytes: Uint8Array,
  referenceCount: number,
  pageSizeBytes: number,
): Uint32Array | undefined {
  if (bytes.length === 0) return undefined;
  const input = new ByteReader(bytes, 'the fingerprint, block offsets,');
  const offsets = new Uint32Array(referenceCount);
  for (let tick = 0; tick < referenceCount; tick++) {
    offsets[tick] = input.varint(pageSizeBytes - 1);
  }
  input.end();
  if (offsets.every((offset) => offset === 0)) throw input.damaged('every offset is 0');
  return offsets;
}
