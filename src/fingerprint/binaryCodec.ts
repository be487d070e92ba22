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
 *
 * References of all sequences stand one after the other. The form is canonical, so most of what
 * would make a fingerprint ill-formed cannot even be written down; the rest is refused on reading.
 */
import { InputError } from '../support/assert.ts';
import { ByteReader, ByteWriter } from '../support/byteColumns.ts';
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
import { decodePageNumbers, encodePageNumbers } from './pageNumbersBlock.ts';
import { decodeReferences, encodeReferences, type References } from './referencesBlock.ts';
import { SLEEP_NS_CHUNK } from './sleep.ts';
import { validateFingerprint } from './validate.ts';

export const BLOCK_IDS = ['about', 'control', 'references', 'pageNumbers', 'offsets'] as const;

export interface Block {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** All there is of a fingerprint, uncompressed. */
export interface EncodedFingerprint {
  readonly header: Uint8Array;
  /** In the order of `BLOCK_IDS`. Without block about, header and blocks are the workload. */
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
  return {
    header: encodeHeader(fingerprint, references.pages.length),
    blocks: BLOCK_IDS.map((id) => ({ id, bytes: blocks[id] })),
  };
}

/**
 * The fingerprint of a header and its blocks, valid; an InputError when they are not what
 * `encodeBlocks` made, or of another version.
 */
export function decodeBlocks(header: Uint8Array, blocks: readonly Block[]): Fingerprint {
  const head = decodeHeader(header);
  const ids = blocks.map((block) => block.id).join(' ');
  if (ids !== BLOCK_IDS.join(' ')) {
    throw damaged(`its blocks are ${ids || 'none'}, not ${BLOCK_IDS.join(' ')}`);
  }
  const [about, control, references, pageNumbers, offsets] = blocks.map((block) => block.bytes);
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
    ),
    mappings: head.mappings.map(mappingOf),
    ranges: head.ranges.map(rangeOf),
  };
  validateFingerprint(fingerprint);
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
  const lengths = ['header', ...BLOCK_IDS].map(() => input.varint(bytes.length));
  let end = PLAIN.length + input.position;
  const parts = lengths.map((length) => bytes.subarray(end, (end += length)));
  if (end !== bytes.length) throw damaged('its length is another than it says');
  const [header, ...blocks] = parts;
  return decodeBlocks(
    header,
    BLOCK_IDS.map((id, i) => ({ id, bytes: blocks[i] })),
  );
}

/** The references of all sequences, one after the other. */
function gatherReferences(sequences: readonly ActionSequence[]): References {
  let count = 0;
  for (const { actions } of sequences) {
    for (let row = 0; row < actions.length; row++) if (actions[row] <= Action.Write) count++;
  }
  const pages = new Uint32Array(count);
  const writes = new Uint8Array(count);
  let tick = 0;
  for (const { actions, operands } of sequences) {
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] > Action.Write) continue;
      pages[tick] = operands[row];
      writes[tick++] = actions[row];
    }
  }
  return { pages, writes };
}

function fillSequences(
  { sequences, mappings, ranges }: Header,
  steps: readonly Steps[],
  references: References,
  offsets: Uint32Array | undefined,
): ActionSequence[] {
  const next = { tick: 0, mapping: 0, range: 0 };
  const filled = sequences.map((name, sequence) => {
    const columns = fillColumns(steps[sequence], references, offsets, next);
    return { name, ...columns };
  });
  // Validation would miss a mapping without its map.
  if (next.mapping !== mappings.length) throw damaged('it has another number of maps than it says');
  if (next.range !== ranges.length) throw damaged('it has another number of unmaps than it says');
  return filled;
}

/** `next`: the reference, mapping and range to be given out next; moved on. */
function fillColumns(
  { runs, actions: stepActions, operands: stepOperands }: Steps,
  { pages, writes }: References,
  allOffsets: Uint32Array | undefined,
  next: { tick: number; mapping: number; range: number },
): Omit<ActionSequence, 'name'> {
  let rowCount = 0;
  for (let step = 0; step < runs.length; step++) {
    rowCount += runs[step] + rowsOf(stepActions[step], stepOperands[step]);
  }
  const actions = new Uint8Array(rowCount);
  const operands = new Uint32Array(rowCount);
  const offsets = allOffsets === undefined ? undefined : new Uint32Array(rowCount);
  let row = 0;
  for (let step = 0; step < runs.length; step++) {
    const tick = next.tick;
    next.tick += runs[step];
    actions.set(writes.subarray(tick, next.tick), row);
    operands.set(pages.subarray(tick, next.tick), row);
    offsets?.set(allOffsets!.subarray(tick, next.tick), row);
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
  // The block of offsets is of all sequences; a sequence has the column only where it needs it.
  const needsOffsets = offsets?.some((offset) => offset !== 0) ?? false;
  return { actions, operands, offsets: needsOffsets ? offsets : undefined };
}

/** How many rows of the columns a step takes. */
function rowsOf(action: number, operand: number): number {
  if (action === END) return 0;
  return action === Action.Sleep ? Math.ceil(operand / SLEEP_NS_CHUNK) : 1;
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
