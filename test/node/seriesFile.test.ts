import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALL, SERIES_COLUMNS, type Series } from '../../src/evaluation/series.ts';
import { writeSeries } from '../../src/node/seriesFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const series: Series = {
  ...(Object.fromEntries(SERIES_COLUMNS.map((name) => [name, [1, 2]])) as unknown as Series),
  sequence: [0, ALL],
};

it('is a CSV whose processes are named, all of them together by a star', async () => {
  const path = join(folder, 'a.csv');
  await writeSeries(path, series, ['make, "all"']);
  expect(readFileSync(path, 'utf8')).toBe(
    `${SERIES_COLUMNS.join(',')}\n1,"make, ""all""",${'1,'.repeat(10)}1\n2,*,${'2,'.repeat(10)}2\n`,
  );
});

it('is JSON by columns', async () => {
  const path = join(folder, 'a.json');
  await writeSeries(path, series, ['make']);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ...series, sequence: ['make', '*'] });
});

it('is Parquet, by the end of its name', async () => {
  const path = join(folder, 'a.parquet');
  await writeSeries(path, series, ['make']);
  const bytes = readFileSync(path);
  expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual([
    'PAR1',
    'PAR1',
  ]);
});
