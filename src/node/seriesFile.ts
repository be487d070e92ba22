/*
 * A run over time as a file: CSV, JSON by columns, or Parquet, as its name ends. Processes are
 * named; the rows for all of them are named `*`.
 */
import { ALL, type Series } from '../evaluation/series.ts';
import { csvCell } from '../report/csv.ts';
import { writeAtomically } from './atomicWrite.ts';
import { type ColumnValues, type ParquetColumn, startParquet } from './parquetWriter.ts';

export async function writeSeries(
  path: string,
  series: Series,
  sequenceNames: readonly string[],
): Promise<void> {
  const names = series.sequence.map((row) => (row === ALL ? '*' : sequenceNames[row]));
  if (path.endsWith('.parquet')) return writeParquet(path, series, names);
  const text = path.endsWith('.json')
    ? JSON.stringify({ ...series, sequence: names })
    : csvOf(series, names);
  await writeAtomically(path, (sink) => sink.write(new TextEncoder().encode(`${text}\n`)));
}

function csvOf(series: Series, names: readonly string[]): string {
  const columns = Object.keys(series);
  const lines = names.map((name, row) =>
    columns.map((column) => (column === 'sequence' ? csvCell(name) : series[column][row])),
  );
  return [columns, ...lines].map((cells) => cells.join(',')).join('\n');
}

function writeParquet(path: string, series: Series, names: string[]): Promise<void> {
  return writeAtomically(path, async (sink) => {
    const columns = Object.entries(series).map(([name, values]): [ParquetColumn, ColumnValues] => {
      if (name === 'sequence') return [{ name, type: 'string' }, names];
      // Times do not fit into 32 bits.
      return name.endsWith('Ns')
        ? [{ name, type: 'double' }, Float64Array.from(values)]
        : [{ name, type: 'int32' }, Int32Array.from(values)];
    });
    const writer = await startParquet(
      sink,
      columns.map(([column]) => column),
    );
    await writer.writeGroup(columns.map(([, values]) => values));
    await writer.finish({});
  });
}
