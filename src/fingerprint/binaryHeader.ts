/*
 * The two blocks of JSON: the header, which says what the other blocks hold, and block about, name
 * and origin, apart so that a digest of all the rest identifies the workload. Their bytes are
 * canonical too: what is read must be, byte for byte, what we would write.
 */
import { InputError } from '../support/assert.ts';
import { damaged } from './damaged.ts';
import {
  type Backing,
  FILTER_KINDS,
  type Fingerprint,
  type Mapping,
  MEMORY_USES,
  type PageRange,
  type ReferenceFilter,
} from './fingerprint.ts';
import { isPageSize } from './validate.ts';

/** Of the header and the blocks. Another one is refused. */
const VERSION = 1;

export interface Header {
  readonly version: typeof VERSION;
  readonly pageSizeBytes: number;
  readonly backing: Backing;
  /** How many there are. */
  readonly references: number;
  /** How many different ones there are. */
  readonly pages: number;
  /** Names. */
  readonly sequences: readonly string[];
  readonly mappings: readonly MappingRow[];
  readonly ranges: readonly RangeRow[];
  readonly filter?: ReferenceFilter;
}

/** Address, in decimal, and number of pages. */
type RangeRow = readonly [string, number];
/** A range, and what backs it: a kind, then its path or id, offset, sharing; its use, if known. */
type MappingRow = readonly [string, number, string, ...string[]];

export function encodeHeader(fingerprint: Fingerprint, referenceCount: number): Uint8Array {
  const header: Header = {
    version: VERSION,
    pageSizeBytes: fingerprint.pageSizeBytes,
    backing: fingerprint.backing,
    references: referenceCount,
    pages: fingerprint.pageNumbers.length,
    sequences: fingerprint.sequences.map((sequence) => sequence.name),
    mappings: fingerprint.mappings.map(mappingRow),
    ranges: fingerprint.ranges.map(rangeRow),
    ...filterField(fingerprint.filter),
  };
  return jsonBytes(header);
}

export function decodeHeader(bytes: Uint8Array): Header {
  const value = parseObject(bytes, 'header');
  if (value.version !== VERSION) {
    throw new InputError(
      `the fingerprint has version ${String(value.version)}; this program reads ${VERSION}.`,
      'update evictlab, or make the fingerprint again',
    );
  }
  const { pageSizeBytes, backing, references, pages, sequences, mappings, ranges, filter } = value;
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
    ...filterField(filter === undefined ? undefined : filterOf(filter)),
  };
  checkCanonical(bytes, header, 'header');
  return header;
}

export function encodeAbout({ name, origin }: Fingerprint): Uint8Array {
  return jsonBytes({ name, origin: Object.entries(origin) });
}

export function decodeAbout(bytes: Uint8Array): Pick<Fingerprint, 'name' | 'origin'> {
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

function filterField(filter: ReferenceFilter | undefined): { filter?: ReferenceFilter } {
  if (filter === undefined) return {};
  const { kind, pageCount, epochInstructions, framesMin, reducedFor } = filter;
  const reduced = reducedFor === undefined ? {} : { reducedFor };
  return { filter: { kind, pageCount, epochInstructions, framesMin, ...reduced } };
}

function filterOf(value: unknown): ReferenceFilter {
  const filter = (value ?? {}) as Partial<Record<keyof ReferenceFilter, unknown>>;
  const { pageCount, epochInstructions, framesMin, reducedFor } = filter;
  const kind = FILTER_KINDS.find((known) => known === filter.kind);
  if (kind === undefined) throw damaged('its filter is of no known kind');
  if (!isCount(pageCount) || !isCount(epochInstructions) || !isCount(framesMin)) {
    throw damaged('its filter counts with other than whole numbers');
  }
  const counted = { kind, pageCount, epochInstructions, framesMin } as const;
  if (reducedFor === undefined) return counted;
  if (!isCount(reducedFor)) throw damaged('its filter counts with other than whole numbers');
  return { ...counted, reducedFor };
}

function rangeRow({ address, pageCount }: PageRange): RangeRow {
  return [address.toString(), pageCount];
}

function mappingRow(mapping: Mapping): MappingRow {
  const row = backedRow(mapping);
  return mapping.use === undefined ? row : [...row, mapping.use];
}

function backedRow(mapping: Mapping): MappingRow {
  const { backing } = mapping;
  const range = rangeRow(mapping);
  if (backing.kind === 'anonymous') return [...range, backing.kind];
  const offset = backing.offset.toString();
  if (backing.kind === 'shared-memory') return [...range, backing.kind, backing.id, offset];
  const sharing = backing.shared ? 'shared' : 'private';
  return [...range, backing.kind, backing.path, offset, sharing];
}

export function rangeOf(row: readonly unknown[]): PageRange {
  const [address, pageCount] = row;
  if (typeof pageCount !== 'number') throw damaged('a range has no length');
  return { address: addressOf(address), pageCount };
}

export function mappingOf(row: readonly unknown[]): Mapping {
  const [, , kind, source, offset, sharing] = row;
  const use = MEMORY_USES.find(
    (word) => word === row[kind === 'anonymous' ? 3 : kind === 'file' ? 6 : 5],
  );
  const range = { ...rangeOf(row), ...(use === undefined ? {} : { use }) };
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
