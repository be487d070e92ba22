import { join } from 'node:path';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { writeAtomically } from '../../src/node/atomicWrite.ts';
import {
  type ColumnValues,
  type ParquetColumn,
  type ParquetType,
  startParquet,
} from '../../src/node/parquetWriter.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const path = join(temporaryFolder(), 'made.parquet');

async function write(
  columns: readonly ParquetColumn[],
  groups: readonly (readonly ColumnValues[])[],
  metadata = {},
): Promise<void> {
  await writeAtomically(path, async (sink) => {
    const writer = await startParquet(sink, columns);
    for (const group of groups) await writer.writeGroup(group);
    await writer.finish(metadata);
  });
}

/** What another's reader makes of the file: a list a column. */
async function read(columns: readonly ParquetColumn[]): Promise<unknown[][]> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
  return columns.map(({ name }) => rows.map((row) => row[name]));
}

/** Runs of values of which there are few or many: dictionaries of all widths, and none. */
const runs = (kinds: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: kinds - 1 }), fc.integer({ min: 1, max: 30 })), {
      minLength: 1,
      maxLength: 120,
    })
    .map((list) => list.flatMap(([value, length]) => new Array<number>(length).fill(value)));
const numbers = fc.constantFrom(1, 2, 3, 5, 30, 300, 5000).chain(runs);

const valuesOf: Readonly<Record<ParquetType, (list: readonly number[]) => ColumnValues>> = {
  int32: (list) => Int32Array.from(list, (value) => (value % 2 === 0 ? value : -value * 77_777)),
  float: (list) => Float32Array.from(list, (value) => (value === 1 ? Infinity : value / 3)),
  double: (list) => Float64Array.from(list, (value) => -value / 3),
  string: (list) => list.map((value) => (value === 0 ? '' : `“${value}” äö`)),
};

describe('a Parquet file of ours', () => {
  it('holds what was given, as another program reads it: all types, runs and dictionaries', async () => {
    const types = fc.constantFrom<ParquetType>('int32', 'float', 'double', 'string');
    const table = fc.tuple(types, fc.array(numbers, { minLength: 1, maxLength: 3 }));
    const check = fc.asyncProperty(table, async ([type, lists]) => {
      const columns = [{ name: 'a', type }];
      await write(
        columns,
        lists.map((list) => [valuesOf[type](list)]),
      );
      expect(await read(columns)).toEqual([lists.flatMap((list) => [...valuesOf[type](list)])]);
    });
    await fc.assert(check, { seed: 1, numRuns: 100 });
  });

  it('has a dictionary of 12 bits a value where thousands of values repeat in runs', async () => {
    const list = Array.from({ length: 60_000 }, (_, row) => (row >> 4) * 1_000_003);
    const columns: ParquetColumn[] = [{ name: 'a', type: 'int32' }];
    await write(columns, [[Int32Array.from(list)]]);
    expect(await read(columns)).toEqual([[...Int32Array.from(list)]]);
    const file = await asyncBufferFromFile(path);
    expect(file.byteLength).toBeLessThan(60_000 / 2);
  });

  it('keeps many columns apart, group by group, and says what is in them', async () => {
    const columns = Array.from({ length: 40 }, (_, i) => ({
      name: `column ${i}`,
      type: (['int32', 'float', 'double', 'string'] as const)[i % 4],
    }));
    const groups = [5, 1, 200].map((rows) =>
      columns.map(({ type }, i) =>
        valuesOf[type](Array.from({ length: rows }, (_, row) => row * (i + 1))),
      ),
    );
    await write(columns, groups, { made: 'by “us”', of: '' });
    const expected = columns.map((_, i) => groups.flatMap((group) => [...group[i]]));
    expect(await read(columns)).toEqual(expected);
    const footer = await parquetMetadataAsync(await asyncBufferFromFile(path));
    expect(footer.key_value_metadata).toEqual([
      { key: 'made', value: 'by “us”' },
      { key: 'of', value: '' },
    ]);
    expect(footer.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([5, 1, 200]);
    for (const { columns: chunks, total_byte_size } of footer.row_groups) {
      const sizes = chunks.map(({ meta_data }) => Number(meta_data?.total_compressed_size));
      expect(sizes.reduce((sum, size) => sum + size)).toBe(Number(total_byte_size));
    }
  });

  it('may hold no row at all', async () => {
    const columns: ParquetColumn[] = [{ name: 'a', type: 'string' }];
    await write(columns, []);
    expect(await read(columns)).toEqual([[]]);
  });
});
