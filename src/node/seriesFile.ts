/*
 * A run over time as a file: CSV, JSON by columns, or Parquet, as its name ends. Processes are
 * named; the rows for all of them are named `*`.
 */
import { ALL, SERIES_COLUMNS, type Series } from '../evaluation/series.ts';
import { csvCell } from '../report/csv.ts';
import { writeAtomically } from './atomicWrite.ts';
import { type ColumnValues, startParquet } from './parquetWriter.ts';

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
  const lines = names.map((name, row) =>
    SERIES_COLUMNS.map((column) => (column === 'sequence' ? csvCell(name) : series[column][row])),
  );
  return [SERIES_COLUMNS, ...lines].map((cells) => cells.join(',')).join('\n');
}

function writeParquet(path: string, series: Series, names: string[]): Promise<void> {
  return writeAtomically(path, async (sink) => {
    const columns = SERIES_COLUMNS.map((name) => ({
      name,
      type: name === 'sequence' ? ('string' as const) : ('int32' as const),
    }));
    const writer = await startParquet(sink, columns);
    await writer.writeGroup(
      SERIES_COLUMNS.map(
        (name): ColumnValues => (name === 'sequence' ? names : Int32Array.from(series[name])),
      ),
    );
    await writer.finish({});
  });
}
