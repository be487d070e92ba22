/*
 * Parquet files, written a row group at a time: what is held in memory is one group, however long
 * the file.
 *
 *   "PAR1"  group: column ( dictionary page )  data page, …  …  footer  its length  "PAR1"
 *
 * Columns are required, whole, and stored in one page each: values one after the other as they lie
 * in memory or, where they repeat, as numbers into a dictionary, in runs and in groups of eight
 * bit-packed (RLE_DICTIONARY). Nothing is compressed: decisions take 3 to 7 % more room than with
 * Snappy by the package hyparquet-writer, which writes a value at a time and was 60 % of labelling
 * (../dataset/README.md).
 *
 * The format: https://parquet.apache.org/docs/file-format, the parts of parquet.thrift that are
 * named below. The reader is another's (parquetReader.ts), and so is the check.
 */
import { assert } from '../support/assert.ts';
import type { ByteSink } from './atomicWrite.ts';
import { ThriftWriter } from './thriftWriter.ts';

/** How the values of a column are stored; all columns are required, none has nulls. */
export type ParquetType = 'string' | 'int32' | 'float' | 'double';

export interface ParquetColumn {
  readonly name: string;
  readonly type: ParquetType;
}

export type ColumnValues = Int32Array | Float32Array | Float64Array | readonly string[];

export interface ParquetFileWriter {
  /** One row group: the values of each column, equally many. */
  writeGroup(columns: readonly ColumnValues[]): Promise<void>;
  /** Ends the file; `metadata` becomes its key-value metadata. */
  finish(metadata: Readonly<Record<string, string>>): Promise<void>;
}

const MAGIC = new TextEncoder().encode('PAR1');
/** `Type` of parquet.thrift. */
const PHYSICAL_TYPE = { string: 6, int32: 1, float: 4, double: 5 } as const;
const REQUIRED = 0;
const UTF8 = 0;
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;
const UNCOMPRESSED = 0;
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;

/** Where a column of a group lies, for the footer. */
interface Chunk {
  readonly start: number;
  readonly dataStart: number;
  readonly end: number;
  readonly isDictionary: boolean;
}

interface Group {
  readonly rowCount: number;
  readonly chunks: readonly Chunk[];
}

/** Starts a file of `columns` in `sink`. Same values, same bytes. */
export async function startParquet(
  sink: ByteSink,
  columns: readonly ParquetColumn[],
): Promise<ParquetFileWriter> {
  const groups: Group[] = [];
  let position = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    await sink.write(bytes);
    position += bytes.length;
  };
  const writePage = async (type: number, encoding: number, count: number, body: Uint8Array) => {
    await write(pageHeader(type, encoding, count, body.length));
    await write(body);
  };
  await write(MAGIC);
  return {
    async writeGroup(values): Promise<void> {
      assert(values.length === columns.length, 'a group has every column');
      const rowCount = values[0].length;
      const chunks: Chunk[] = [];
      for (const column of values) {
        assert(column.length === rowCount, 'the columns of a group are equally long');
        const start = position;
        const indexed = indexedValues(column);
        if (indexed !== undefined) {
          const { dictionary, indices } = indexed;
          await writePage(DICTIONARY_PAGE, PLAIN, dictionary.length, plainBytes(dictionary));
          const dataStart = position;
          const body = indexBytes(indices, dictionary.length);
          await writePage(DATA_PAGE, RLE_DICTIONARY, rowCount, body);
          chunks.push({ start, dataStart, end: position, isDictionary: true });
        } else {
          await writePage(DATA_PAGE, PLAIN, rowCount, plainBytes(column));
          chunks.push({ start, dataStart: start, end: position, isDictionary: false });
        }
      }
      groups.push({ rowCount, chunks });
    },
    async finish(metadata): Promise<void> {
      const footer = footerOf(columns, groups, metadata);
      await write(footer);
      await write(plainBytes(Int32Array.of(footer.length)));
      await write(MAGIC);
    },
  };
}

/** PageHeader: 1 type, 2 size, 3 the same compressed, 5 data page, 7 dictionary page. */
function pageHeader(type: number, encoding: number, count: number, length: number): Uint8Array {
  const out = new ThriftWriter();
  out.int(1, type).int(2, length).int(3, length);
  if (type === DATA_PAGE) {
    // How levels are stored, too, of which required columns have none.
    out.struct(5, () => out.int(1, count).int(2, encoding).int(3, RLE).int(4, RLE));
  } else {
    out.struct(7, () => out.int(1, count).int(2, encoding));
  }
  return out.end();
}

/** FileMetaData: 1 version, 2 schema, 3 rows, 4 groups, 5 key-value metadata, 6 who made it. */
function footerOf(
  columns: readonly ParquetColumn[],
  groups: readonly Group[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const out = new ThriftWriter();
  out.int(1, 2);
  // SchemaElement: 1 type, 3 repetition, 4 name, 5 children, 6 what it means. The root is first.
  out.structs(2, [undefined, ...columns], (column) => {
    if (column === undefined) out.text(4, 'root').int(5, columns.length);
    else {
      out.int(1, PHYSICAL_TYPE[column.type]).int(3, REQUIRED).text(4, column.name);
      if (column.type === 'string') out.int(6, UTF8);
    }
  });
  out.long(
    3,
    sumOf(groups, ({ rowCount }) => rowCount),
  );
  // RowGroup: 1 columns, 2 bytes, 3 rows.
  out.structs(4, groups, ({ rowCount, chunks }) => {
    // ColumnChunk: 2 where it begins, 3 what it is.
    out.structs(1, chunks, ({ start, dataStart, end, isDictionary }, i) => {
      out.long(2, start);
      // ColumnMetaData: 1 type, 2 encodings, 3 path, 4 codec, 5 values, 6 bytes, 7 the same
      // compressed, 9 data page, 11 dictionary page.
      out.struct(3, () => {
        out.int(1, PHYSICAL_TYPE[columns[i].type]);
        out.ints(2, isDictionary ? [PLAIN, RLE_DICTIONARY] : [PLAIN]);
        out.texts(3, [columns[i].name]);
        out
          .int(4, UNCOMPRESSED)
          .long(5, rowCount)
          .long(6, end - start)
          .long(7, end - start);
        out.long(9, dataStart);
        if (isDictionary) out.long(11, start);
      });
    });
    out
      .long(
        2,
        sumOf(chunks, ({ start, end }) => end - start),
      )
      .long(3, rowCount);
  });
  const entries = Object.entries(metadata);
  out.structs(5, entries, ([key, value]) => out.text(1, key).text(2, value));
  out.text(6, 'evictlab');
  return out.end();
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The values one after the other, least significant byte first; strings behind their lengths. */
function plainBytes(values: ColumnValues): Uint8Array {
  if (!ArrayBuffer.isView(values)) {
    const texts = values.map((value) => Buffer.from(value));
    return Buffer.concat(texts.flatMap((text) => [plainBytes(Int32Array.of(text.length)), text]));
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (isLittleEndian) return bytes;
  const swapped = Buffer.from(bytes);
  return values.BYTES_PER_ELEMENT === 8 ? swapped.swap64() : swapped.swap32();
}

/** Values that repeat, as numbers into a dictionary of them, by first appearance. */
interface Indexed {
  readonly dictionary: ColumnValues;
  readonly indices: Int32Array;
}

/** Rows looked at, evenly spread, and how many values among them a dictionary may have. */
const SAMPLE_ROWS = 1000;
const SAMPLE_VALUES_MAX = 100;
/** Rows of a run that are worth an entry each in a dictionary. */
const RUN_ROWS_MIN = 8;

/** Undefined where a dictionary would hardly be shorter. */
function indexedValues(values: ColumnValues): Indexed | undefined {
  if (!ArrayBuffer.isView(values)) return indexedTexts(values);
  if (values instanceof Float64Array || !seemsToRepeat(values)) return undefined;
  return indexedWords(values);
}

function seemsToRepeat(values: Int32Array | Float32Array): boolean {
  const step = Math.max(1, Math.floor(values.length / SAMPLE_ROWS));
  const seen = new Set<number>();
  let looks = 0;
  let changes = 0;
  for (let row = 1; row < values.length; row += step) {
    looks++;
    seen.add(values[row]);
    if (values[row] !== values[row - 1]) changes++;
  }
  return seen.size <= SAMPLE_VALUES_MAX || changes * RUN_ROWS_MIN <= looks;
}

function indexedTexts(values: readonly string[]): Indexed {
  const indexOf = new Map<string, number>();
  const indices = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const index = indexOf.get(values[row]) ?? indexOf.size;
    if (index === indexOf.size) indexOf.set(values[row], index);
    indices[row] = index;
  }
  return { dictionary: [...indexOf.keys()], indices };
}

/** By a table of indices with open addresses, a quarter full at most; a run asks it once. */
function indexedWords(values: Int32Array | Float32Array): Indexed | undefined {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  const sizeMax = values.length >>> 2;
  const bits = 34 - Math.clz32(sizeMax);
  const table = new Int32Array(2 ** bits).fill(-1);
  const dictionary = new Int32Array(sizeMax);
  const indices = new Int32Array(words.length);
  let size = 0;
  let before = 0;
  let index = -1;
  for (let row = 0; row < words.length; row++) {
    const word = words[row];
    if (word !== before || index < 0) {
      before = word;
      let slot = Math.imul(word, 0x9e3779b1) >>> (32 - bits);
      while (table[slot] >= 0 && dictionary[table[slot]] !== word) slot = (slot + 1) % table.length;
      if (table[slot] < 0) {
        if (size === sizeMax) return undefined;
        dictionary[size] = word;
        table[slot] = size++;
      }
      index = table[slot];
    }
    indices[row] = index;
  }
  const found = dictionary.slice(0, size);
  const isFloat = values instanceof Float32Array;
  return { dictionary: isFloat ? new Float32Array(found.buffer) : found, indices };
}

/** With the seven bits left of a byte that is not full they fit into a word. */
const INDEX_BITS_MAX = 24;

/**
 * The body of a page of `indices` below `size`: how many bits each has, then
 *
 *   run       2 · rows                    the index, in whole bytes
 *   groups    2 · groups of eight + 1     the indices, packed, lowest bit first
 */
function indexBytes(indices: Int32Array, size: number): Uint8Array {
  const width = Math.max(1, 32 - Math.clz32(size - 1));
  assert(width <= INDEX_BITS_MAX, 'a dictionary has fewer than 2^24 values');
  // Packed, and up to 14 bytes more for each run, which has eight rows at least.
  const out = new BitWriter(2 + 2 * indices.length + Math.ceil(indices.length / 8) * width);
  out.byte(width);
  let packedFrom = 0;
  let row = 0;
  while (row < indices.length) {
    let end = row + 1;
    while (end < indices.length && indices[end] === indices[row]) end++;
    if (end - row < 8) {
      row += 8;
      continue;
    }
    out.packed(indices, packedFrom, row, width);
    out.run(indices[row], end - row, width);
    packedFrom = end;
    row = end;
  }
  out.packed(indices, packedFrom, indices.length, width);
  return out.bytes();
}

class BitWriter {
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  run(index: number, rowCount: number, width: number): void {
    this.#varint(2 * rowCount);
    for (let shift = 0; shift < width; shift += 8) this.byte((index >>> shift) & 255);
  }

  /** Rows `from` … `to` − 1, the last group filled up with zeros. */
  packed(indices: Int32Array, from: number, to: number, width: number): void {
    if (from === to) return;
    const groups = Math.ceil((to - from) / 8);
    this.#varint(2 * groups + 1);
    const bytes = this.#bytes;
    const end = this.#length + groups * width;
    let word = 0;
    let bits = 0;
    for (let row = from; row < to; row++) {
      word |= indices[row] << bits;
      for (bits += width; bits >= 8; bits -= 8) {
        bytes[this.#length++] = word & 255;
        word >>>= 8;
      }
    }
    bytes[this.#length] = word;
    this.#length = end;
  }

  #varint(value: number): void {
    for (; value >= 128; value = Math.floor(value / 128)) this.byte((value % 128) | 128);
    this.byte(value);
  }
}
