import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evictlab, evictlabJson, temporaryFolder } from './program.ts';

/** Two that read a file in order, the one late by what the other makes it wait. */
const TEXT = `@page-size 1
@backing file
a R(1) R(2) S(90000) R(3) R(4) R(5) S(500000) R(1) R(2)
b S(5) R(20) R(21) W(22) R(23) R(1)
`;

function folder(): string {
  const path = temporaryFolder();
  writeFileSync(join(path, 'two.txt'), TEXT);
  writeFileSync(join(path, 'maps.txt'), 'a M(0,3,anonymous) W(0) W(4096) R(0)\n');
  return path;
}

type Counts = Record<string, number>;

const addsUp = ({ issued, useful, useless, inFlight, unused }: Counts): boolean =>
  issued === useful + useless + inFlight + unused;

describe('simulate --prefetch', () => {
  it('tells of a replay what was of use, and of an elastic run what came late', () => {
    const cwd = folder();
    const run = 'simulate two.txt --frames 4 --policy lru --prefetch next-n:n=2';
    const plain = evictlabJson(run, { cwd }).prefetches as Counts;
    expect(plain).toMatchObject({ late: 0, inFlight: 0 });
    const row = evictlabJson(`${run} --elastic`, { cwd });
    const late = row.prefetches as Counts;
    expect([addsUp(plain), addsUp(late)]).toEqual([true, true]);
    expect(late.late).toBeGreaterThan(0);
    expect(late.accuracyPercent).toBeCloseTo((100 * late.useful) / late.issued, 9);
    expect(row.cost).toBe(Number(row.pageIns) + late.issued + Number(row.pageOuts));
    expect(row.savedNs).toBeGreaterThan(0);
    const text = evictlab(`${run} --elastic`, { cwd }).stdout;
    const table = evictlab(`${run.replace('4', '4,5')} --elastic`, { cwd }).stdout;
    expect(table).toMatch(/page-ins +ahead +late +page-outs/);
    expect(text).toMatch(/^ {2}late +\d+ of use were still being read$/m);
    expect(text).toMatch(/^ {2}left unused +\d+$/m);
    expect(text).toMatch(/^ {2}not used yet +\d+ when the run ended$/m);
    expect(text).toMatch(/^ {2}in flight +\d+ when the run ended$/m);
    expect(text).toMatch(/^ {2}not waited +[\d,]+ ns, beside a read at each first use$/m);
  });

  it('has the same on virtual memory, late being a kind of fault as well', () => {
    const cwd = folder();
    const run = 'simulate two.txt --frames 4 --policy lru --io textbook --prefetch next-n:n=2';
    const row = evictlabJson(`${run} --elastic`, { cwd });
    const prefetches = row.prefetches as Counts;
    expect(addsUp(prefetches)).toBe(true);
    expect(prefetches.late).toBe((row.faults as Counts).late);
    expect(evictlab(`${run} --elastic`, { cwd }).stdout).toMatch(/^ {2}accuracy +\d/m);
  });

  it('none is demand paging, whatever the policy looks into', () => {
    const cwd = folder();
    const run = 'simulate two.txt --frames 3 --policy min';
    const { prefetches, ...row } = evictlabJson(`${run} --prefetch none`, { cwd });
    expect(row).toEqual(evictlabJson(run, { cwd }));
    expect(prefetches).toMatchObject({ issued: 0, redundant: 0 });
  });

  it('replays what an elastic run has left behind', () => {
    const cwd = folder();
    const run = 'simulate two.txt --frames 9 --policy lru --elastic';
    const before = evictlabJson(`${run} --save-profile left.profile`, { cwd });
    const after = evictlabJson(`${run} --prefetch replay:left.profile`, { cwd });
    expect([before.pageIns, after.pageIns]).toEqual([9, 0]);
    const prefetches = after.prefetches as Counts;
    expect(prefetches).toMatchObject({ issued: 9, useful: 9 });
    expect(after.completionNs).toBeLessThan(Number(before.completionNs));
    const maps = 'simulate maps.txt --frames 3 --policy lru --elastic --save-profile maps.profile';
    evictlabJson(maps, { cwd });
    const saved = JSON.parse(readFileSync(join(cwd, 'maps.profile'), 'utf8'));
    expect(saved).toMatchObject({ objects: [0, 0], indices: [0, 1] });
  });
});

it.each([
  ['--frames 3 --prefetch next', 'there is no prefetcher "next"'],
  ['--frames 3 --prefetch next-n:n=-1', 'n=-1'],
  ['--frames 3 --prefetch next-n:n=1.5', 'n=1.5'],
  ['--frames 3 --prefetch next-n:n=5000', 'n=5000'],
  ['--frames 3 --prefetch next-n:m=5', 'has no option "m"'],
  ['--frames 3 --prefetch stride:maxDegree=1e9', 'maxDegree=1000000000'],
  ['--frames 3 --prefetch replay', 'needs the profile of an earlier run'],
  ['--frames 3 --prefetch replay:gone.profile', 'gone.profile'],
  ['--frames 3 --prefetch replay:two.txt', 'two.txt: it is not JSON'],
  ['--frames 3 --prefetch next-n --prefetch-evictions many', '--prefetch-evictions many'],
  ['--frames 3 --prefetch-evictions 3', '--prefetch-evictions is of pages read ahead'],
  ['--frames 3,4 --save-profile x', '--save-profile takes one run'],
  ['--frames 3,4 --elastic --save-profile x', '--save-profile takes one run'],
  ['--frames 3 --io linux --elastic --save-profile x', '--save-profile is of runs without --io'],
  ['--frames 3 --save-profile no/such/folder/x', 'no/such/folder/x'],
])('simulate two.txt --policy lru %s is refused: %s', (options, message) => {
  const cwd = folder();
  const line = `simulate two.txt --policy lru ${options}`;
  const { status, stdout, stderr } = evictlab(line, { cwd });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(2);
  expect(existsSync(join(cwd, 'x'))).toBe(false);
  expect(readdirSync(cwd).sort()).toEqual(['maps.txt', 'two.txt']);
});

it('with maps, reading ahead in an elastic run is on virtual memory, the textbook one', () => {
  const cwd = folder();
  const run = 'simulate maps.txt --policy lru --frames 2 --elastic --prefetch next-n';
  expect(evictlabJson(run, { cwd })).toEqual(evictlabJson(`${run} --io textbook`, { cwd }));
  const { status, stderr } = evictlab(`${run} --save-profile x`, { cwd });
  expect([status, stderr]).toEqual([2, expect.stringContaining('which has maps')]);
  expect(existsSync(join(cwd, 'x'))).toBe(false);
});
