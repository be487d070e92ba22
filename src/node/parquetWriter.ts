/*
 * Parquet files, written a row group at a time through hyparquet-writer: what is held in memory is
 * one group, however long the file. The one file that knows that package.
 */
import type { ColumnSource } from 'hyparquet-writer';
import { assert } from '../support/assert.ts';
import type { ByteSink } from './atomicWrite.ts';

/** How the values of a column are stored; all columns are required, none has nulls. */
export type ParquetType = 'string' | 'int32' | 'float' | 'double';

export interface ParquetColumn {
  readonly name: string;
  readonly type: ParquetType;
}

export type ColumnValues = Int32Array | Float32Array | Float64Array | string[];

export interface ParquetFileWriter {
  /** One row group: the values of each column, equally many. */
  writeGroup(columns: readonly ColumnValues[]): Promise<void>;
  /** Ends the file; `metadata` becomes its key-value metadata. */
  finish(metadata: Readonly<Record<string, string>>): Promise<void>;
}

const SCHEMA_TYPES = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int32: { type: 'INT32' },
  float: { type: 'FLOAT' },
  double: { type: 'DOUBLE' },
} as const;

/** Starts a file of `columns` in `sink`. Same values, same bytes. */
export async function startParquet(
  sink: ByteSink,
  columns: readonly ParquetColumn[],
): Promise<ParquetFileWriter> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const buffer = new ByteWriter();
  const writer = new ParquetWriter({
    writer: buffer,
    createdBy: 'evictlab',
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, type }) => ({
        name,
        repetition_type: 'REQUIRED' as const,
        ...SCHEMA_TYPES[type],
      })),
    ],
  });
  // `offset` counts the whole file; the buffer itself is emptied after each group.
  const drain = async (): Promise<void> => {
    await sink.write(buffer.getBytes().slice());
    buffer.index = 0;
  };
  return {
    async writeGroup(values): Promise<void> {
      assert(values.length === columns.length, 'a group has every column');
      const rowCount = values[0].length;
      const columnData = values.map((data, i) => {
        assert(data.length === rowCount, 'the columns of a group are equally long');
        // Statistics take as long as all the rest, and nobody asks for them.
        return { name: columns[i].name, data, statistics: false, ...storageOf(data) };
      });
      // A page a column: with a limit, the package adds up the size of every value.
      await writer.write({ columnData, rowGroupSize: rowCount, pageSize: 0 });
      await drain();
    },
    async finish(metadata): Promise<void> {
      writer.kvMetadata = Object.entries(metadata).map(([key, value]) => ({ key, value }));
      await writer.finish();
      await drain();
    },
  };
}

/** Rows looked at, evenly spread, and how many values among them a dictionary may have. */
const SAMPLE_ROWS = 1000;
const DICTIONARY_VALUES_MAX = 100;

/**
 * What the package need not try: a dictionary of values that hardly repeat, 50 ns a value, and to
 * compress them where they are fractions: files a tenth smaller, for a third more time.
 */
function storageOf(data: ColumnValues): Pick<ColumnSource, 'encoding' | 'codec'> {
  const step = Math.max(1, Math.floor(data.length / SAMPLE_ROWS));
  const seen = new Set<number | string>();
  for (let row = 0; row < data.length; row += step) seen.add(data[row]);
  if (seen.size <= DICTIONARY_VALUES_MAX) return {};
  const isFraction = data instanceof Float32Array || data instanceof Float64Array;
  return { encoding: 'PLAIN', ...(isFraction && { codec: 'UNCOMPRESSED' }) };
}
