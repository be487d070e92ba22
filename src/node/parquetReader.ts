/*
 * Parquet files, read a row group at a time through hyparquet, each column straight into an array
 * of its own: no object a row. The one file that knows that package.
 */
import { InputError } from '../support/assert.ts';
import { fileError } from './fileErrors.ts';

/** Values of one column in one row group; strings as an array, numbers as floats of 64 bits. */
export type ReadColumn = readonly string[] | Float64Array;

export interface ParquetFile {
  readonly columnNames: readonly string[];
  /** Key-value metadata. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The named columns of each row group in turn, in the order of the names. */
  groups(names: readonly string[]): AsyncIterable<readonly ReadColumn[]>;
}

/** Reads the end of the file, which says what is in it. An InputError when it is no Parquet. */
export async function openParquet(path: string): Promise<ParquetFile> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetRead } = await import('hyparquet');
  const file = await orInputError(path, () => asyncBufferFromFile(path));
  const footer = await orInputError(path, () => parquetMetadataAsync(file));

  async function readGroup(
    names: readonly string[],
    rowStart: number,
    rowEnd: number,
  ): Promise<readonly ReadColumn[]> {
    const chunks = names.map(
      (): { readonly start: number; readonly values: ArrayLike<unknown> }[] => [],
    );
    await parquetRead({
      file,
      metadata: footer,
      columns: [...names],
      rowStart,
      rowEnd,
      onChunk: ({ columnName, columnData, rowStart: start }) => {
        chunks[names.indexOf(columnName)].push({ start: start - rowStart, values: columnData });
      },
    });
    return chunks.map((list) => joined(list, rowEnd - rowStart));
  }

  return {
    columnNames: footer.schema.slice(1).map(({ name }) => name),
    metadata: new Map(
      (footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']),
    ),
    async *groups(names): AsyncIterable<readonly ReadColumn[]> {
      let rowStart = 0;
      for (const group of footer.row_groups) {
        const rowEnd = rowStart + Number(group.num_rows);
        if (rowEnd > rowStart) {
          const start = rowStart;
          yield await orInputError(path, () => readGroup(names, start, rowEnd));
        }
        rowStart = rowEnd;
      }
    },
  };
}

/** One column from its pages, whatever they were encoded as. */
function joined(
  chunks: readonly { readonly start: number; readonly values: ArrayLike<unknown> }[],
  rowCount: number,
): ReadColumn {
  let seen = 0;
  const isText = typeof chunks[0]?.values[0] === 'string';
  const texts: string[] = isText ? new Array<string>(rowCount) : [];
  const numbers = new Float64Array(isText ? 0 : rowCount);
  for (const { start, values } of chunks) {
    for (let i = 0; i < values.length; i++) {
      // Integers of 64 bits come as bigint, switches as booleans; null becomes NaN.
      if (isText) texts[start + i] = String(values[i]);
      else numbers[start + i] = values[i] === null ? Number.NaN : Number(values[i]);
    }
    seen += values.length;
  }
  if (seen !== rowCount) throw new RangeError(`a column has ${seen} of ${rowCount} rows`);
  return isText ? texts : numbers;
}

/** Whatever a reader of a damaged file trips over is the file's fault. */
async function orInputError<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const known = fileError(error, path);
    if (known !== error) throw known;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${path} cannot be read as Parquet: ${reason}`,
      'give a whole file that `evictlab label` wrote',
    );
  }
}
