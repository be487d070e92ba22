import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openParquet } from '../../src/node/parquetReader.ts';
import { evictlab, evictlabJson, startEvictlab, temporaryFolder } from './program.ts';

const TEXT = `@page-size 1
@backing file
a R(1) R(2) S(90000) R(3) W(4) R(5) S(500000) R(1) R(2)
b S(5) R(20) R(21) W(22) R(23) R(1)
`;

function folder(): string {
  const path = temporaryFolder();
  writeFileSync(join(path, 'two.txt'), TEXT);
  return path;
}

type Columns = Record<string, (number | string)[]>;

const RUN = 'simulate two.txt --frames 4 --policy lru --every 3 --window 4';

const read = (cwd: string, name: string): Columns =>
  JSON.parse(readFileSync(join(cwd, name), 'utf8'));

/** Added up over the rows of one process, `*` of all of them. */
const sumOf = (columns: Columns, name: string, sequence: string): number =>
  columns[name].reduce(
    (sum: number, value, row) => (columns.sequence[row] === sequence ? sum + Number(value) : sum),
    0,
  );

describe('simulate --series', () => {
  it.each([
    ['of a replay', '', []],
    ['of an elastic run', ' --elastic', ['lostNs', 'timeNs', 'queueLength']],
    ['on virtual memory', ' --io linux', ['lostNs', 'timeNs', 'demand', 'late', 'ioReads']],
    ['of both, reading ahead', ' --io textbook --elastic --prefetch next-n:n=2', ['late']],
  ])('%s adds up to the counts of the run', (_, options, columns) => {
    const cwd = folder();
    const row = evictlabJson(`${RUN}${options} --series run.json`, { cwd });
    const series = read(cwd, 'run.json');
    expect(Object.keys(series)).toEqual(expect.arrayContaining(['freeFrames', ...columns]));
    const lengths = Object.values(series).map(({ length }) => length);
    expect(new Set(lengths).size).toBe(1);
    for (const name of ['references', 'minorFaults', 'pageIns', 'pageOuts', 'evictions']) {
      expect([name, sumOf(series, name, '*')]).toEqual([name, row[name]]);
      const own = sumOf(series, name, 'a') + sumOf(series, name, 'b');
      expect([name, own]).toEqual([name, row[name]]);
    }
    for (const [kind, count] of Object.entries(row.faults ?? {})) {
      expect([kind, sumOf(series, kind, '*')]).toEqual([kind, count]);
    }
    for (const name of ['lostNs', 'ioReads', 'ioWrites', 'prefetchIns']) {
      if (row[name] === undefined) continue;
      expect([name, sumOf(series, name, '*')]).toEqual([name, row[name]]);
    }
    expect(series.until.filter((_, i) => series.sequence[i] === '*')).toEqual([3, 6, 9, 12]);
  });

  it('is the same as CSV, JSON and Parquet', async () => {
    const cwd = folder();
    for (const name of ['run.csv', 'run.json', 'run.parquet']) {
      evictlabJson(`${RUN} --elastic --series ${name}`, { cwd });
    }
    const series = read(cwd, 'run.json');
    const names = Object.keys(series);
    const [head, ...lines] = readFileSync(join(cwd, 'run.csv'), 'utf8').trim().split('\n');
    expect(head.split(',')).toEqual(names);
    expect(lines.map((line) => line.split(','))).toEqual(
      series.until.map((_, row) => names.map((name) => String(series[name][row]))),
    );
    const parquet = await openParquet(join(cwd, 'run.parquet'));
    const stored: (string | number)[][] = names.map(() => []);
    for await (const columns of parquet.groups(names)) {
      columns.forEach((column, i) => {
        stored[i].push(...column);
      });
    }
    expect(stored).toEqual(names.map((name) => series[name]));
  });

  it('has a hundred stretches or fewer when nobody says how long they are', () => {
    const cwd = folder();
    const zipf = 'simulate synthetic:zipf:pages=50,references=2345 --frames 9 --policy clock';
    evictlabJson(`${zipf} --elastic --series run.json`, { cwd });
    const { until, sequence } = read(cwd, 'run.json');
    const all = until.filter((_, row) => sequence[row] === '*');
    expect([all.length, all[0], all.at(-1)]).toEqual([98, 24, 2345]);
  });
});

it.each([
  ['--series run.txt', '--series run.txt: no format by that name'],
  ['--series run.csv --every 0', '--every 0: not a whole number of at least 1'],
  ['--series run.csv --every soon', '--every soon'],
  ['--series run.csv --every 1.5', '--every 1.5'],
  ['--series run.csv --window -3', '--window -3'],
  ['--series run.csv --window', 'window'],
  ['--every 3', '--every and --window are of a series'],
  ['--window 3', '--every and --window are of a series'],
  ['--series no/such/run.csv', 'no/such'],
  ['--series run.csv --io linux --io-option swapSlots=none', 'for instance swapSlots=unlimited'],
])('%s is refused: %s', (options, message) => {
  const cwd = folder();
  const { status, stdout, stderr } = evictlab(
    `simulate two.txt --frames 4 --policy lru ${options}`,
    {
      cwd,
    },
  );
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(2);
  expect(readdirSync(cwd)).toEqual(['two.txt']);
});

it.each(['--frames 3,4 --policy lru', '--frames 3 --policy lru,clock'])(
  '%s are several',
  (runs) => {
    for (const options of ['', ' --elastic', ' --io linux']) {
      const cwd = folder();
      const line = `simulate two.txt ${runs}${options} --series run.csv`;
      const { status, stderr } = evictlab(line, { cwd });
      expect([status, stderr]).toEqual([2, expect.stringContaining('--series takes one run')]);
      expect(existsSync(join(cwd, 'run.csv'))).toBe(false);
    }
  },
);

it('killed on the way, it leaves the old files whole and nothing half-written', async () => {
  const cwd = temporaryFolder();
  const fingerprint = 'synthetic:phases:pages=3000,references=400000';
  const outputs = '--series run.parquet --save-profile run.profile -o run.evfp';
  const line = `simulate ${fingerprint} --frames 300 --policy lru --elastic --every 10 ${outputs}`;
  const names = ['run.evfp', 'run.parquet', 'run.profile'];
  for (const name of names) writeFileSync(join(cwd, name), 'old');
  for (const afterMs of [200, 900, 1500]) {
    const child = startEvictlab(line, cwd);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGTERM'), afterMs);
    await ended;
    clearTimeout(timer);
    expect(readdirSync(cwd).sort()).toEqual(names);
    for (const name of names) {
      const bytes = readFileSync(join(cwd, name));
      if (bytes.toString('latin1') === 'old') continue;
      // Whoever was done before the signal has written all of it.
      const last = bytes.subarray(-4).toString('latin1');
      if (name.endsWith('.parquet')) expect(last).toBe('PAR1');
      else if (name.endsWith('.profile')) JSON.parse(bytes.toString());
      else expect(bytes.length).toBeGreaterThan(1000);
    }
  }
  evictlabJson(line, { cwd });
  expect(readFileSync(join(cwd, 'run.parquet')).subarray(-4).toString()).toBe('PAR1');
});
