import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evictlab, evictlabJson, temporaryFolder } from './program.ts';

/** Three sequences that share pages and meet. */
const TEXT = `@page-size 1
@backing file
a S(1000) R(1) R(2) W(3) R(1) R(2) R(3) R(1) S(5000) R(2) W(3)
b R(4) S(3000) R(5) R(4) R(5) S(100000) R(4) U(c)
c D(b) R(4) R(1) W(6)
`;

function folderWithText(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'three.txt'), TEXT);
  return folder;
}

const COUNTS = ['references', 'minorFaults', 'pageIns', 'pageOuts', 'evictions', 'cost'] as const;

describe('simulate --elastic', () => {
  it('says what each sequence met, and keeps what happened as a fingerprint of the same cost', () => {
    const cwd = folderWithText();
    const run = '--frames 3 --policy lru';
    const elastic = evictlabJson(`simulate three.txt ${run} --elastic -o kept.evfp`, { cwd });
    const kept = evictlabJson(`simulate kept.evfp ${run}`, { cwd });
    for (const name of COUNTS) expect(kept[name]).toBe(elastic[name]);
    const plain = evictlabJson(`simulate three.txt ${run}`, { cwd });
    expect(elastic.pageIns).not.toBe(plain.pageIns);
    const sequences = elastic.sequences as readonly Record<string, number | string>[];
    expect(sequences.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(Math.max(...sequences.map(({ endNs }) => Number(endNs)))).toBe(elastic.completionNs);
    expect(elastic.machine).toMatchObject({ cpus: null, readNs: 100_000, queueDepth: 32 });
    const text = evictlab(`simulate three.txt ${run} --elastic`, { cwd }).stdout;
    expect(text).toMatch(/^completed after {3}906,000 ns$/m);
    expect(text).toMatch(/^a +9 +0 +9 +0 +906,000 +900,000$/m);
  });

  it('makes whoever faults wait for the device, under every policy', () => {
    const cwd = folderWithText();
    const pages = Array.from({ length: 12 }, (_, i) => `R(${i % 3})`);
    writeFileSync(join(cwd, 'loop.txt'), `@page-size 1\n@backing file\na ${pages.join(' ')}\n`);
    for (const policy of [
      'lru',
      'clock',
      'wsclock',
      'wsclock-seed004',
      'aa-2.4.27',
      'linux-2.4.0',
    ]) {
      const run = `simulate loop.txt --frames 2 --policy ${policy} --elastic`;
      const { pageIns, sequences } = evictlabJson(run, { cwd });
      const [{ lostNs }] = sequences as readonly Record<string, number>[];
      expect([policy, lostNs]).toEqual([policy, Number(pageIns) * 100_000]);
    }
  });

  it('refuses two outputs in one file', () => {
    const cwd = folderWithText();
    const run =
      'simulate three.txt --frames 3 --policy lru --elastic -o same.json --series same.json';
    const { status, stderr } = evictlab(run, { cwd });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/name one file, same.json/)]);
  });

  it('keeps what happened with maps, too', () => {
    const cwd = folderWithText();
    const lines = [
      'a M(0,8,anonymous) W(0) W(0x1000) W(0x2000) F(b) W(0) S(9000) W(0x1000) W(0x2000)',
      'b M(0x9000,4,file:/f@0,private) R(0x9000) W(0xa000) W(0) N(0,2) E',
    ];
    writeFileSync(join(cwd, 'fork.txt'), `${lines.join('\n')}\n`);
    const run = '--frames 2 --policy clock';
    const elastic = evictlabJson(`simulate fork.txt ${run} --elastic -o kept.evfp`, { cwd });
    const kept = evictlabJson(`simulate kept.evfp ${run}`, { cwd });
    for (const name of COUNTS) expect(kept[name]).toBe(elastic[name]);
    const plain = evictlabJson(`simulate fork.txt ${run}`, { cwd });
    expect(elastic.references).not.toBe(plain.references);
  });

  it('suspends who does not fit, and says how often and for how long', () => {
    const cwd = folderWithText();
    const run = 'simulate three.txt --frames 3 --policy lru --elastic --load-control 4';
    for (const io of ['', ' --io linux']) {
      const { suspensions } = evictlabJson(`${run}${io}`, { cwd });
      const { count, ns } = suspensions as Record<string, number>;
      expect(count).toBeGreaterThan(0);
      const text = evictlab(`${run}${io}`, { cwd }).stdout;
      expect(text.replaceAll(',', '')).toMatch(
        new RegExp(`^suspended +${count} times ${ns} ns together$`, 'm'),
      );
    }
    const roomy = 'simulate three.txt --frames 6 --policy lru --elastic';
    expect(evictlabJson(`${roomy} --load-control 9`, { cwd })).toEqual({
      ...evictlabJson(roomy, { cwd }),
      suspensions: { count: 0, ns: 0 },
    });
  });

  it('with I/O that takes no time costs what it costs without', () => {
    const cwd = folderWithText();
    const run = 'simulate three.txt --frames 2,3 --policy lru,min,clock';
    const elastic = evictlabJson(`${run} --elastic --read-ns 0 --write-ns 0`, { cwd });
    const plain = evictlabJson(run, { cwd });
    const counts = (rows: unknown) =>
      (rows as Record<string, unknown>[]).map((row) => COUNTS.map((name) => row[name]));
    expect(counts(elastic.rows)).toEqual(counts(plain.rows));
  });

  it('runs a plan of the order without I/O on the order that moves', () => {
    const cwd = folderWithText();
    const { upperBound } = evictlabJson('optimum three.txt --frames 3 -o best.plan', { cwd });
    const run = 'simulate three.txt --frames 3 --policy plan:best.plan --elastic';
    expect(evictlabJson(`${run} --read-ns 0 --write-ns 0`, { cwd }).cost).toBe(upperBound);
    expect(evictlabJson(run, { cwd }).cost).toBeGreaterThanOrEqual(Number(upperBound));
  });
});

describe('optimum --elastic', () => {
  it('claims a bound of every schedule, and a run that can be made again', () => {
    const cwd = folderWithText();
    const line = 'optimum three.txt --frames 3 --elastic --cpus 2 --quantum 500';
    const found = evictlabJson(line, { cwd });
    expect(found).toMatchObject({ frames: 3, elastic: true, compulsoryCost: 6, exact: false });
    const rounds = found.rounds as readonly Record<string, number>[];
    expect(rounds[Number(found.best)].cost).toBe(found.upperBound);
    expect(found.lowerBound).toBeLessThanOrEqual(Number(found.upperBound));
    expect(found.upperBound).toBe(Number(found.pageIns) + Number(found.pageOuts));
    const lru = 'simulate three.txt --frames 3 --policy lru --elastic --cpus 2 --quantum 500';
    expect(rounds[0].cost).toBe(evictlabJson(lru, { cwd }).cost);
    const text = evictlab(line, { cwd }).stdout;
    expect(text).toMatch(/^every schedule {3}at least \d+, in whatever order, by any policy$/m);
    expect(text).toMatch(/^best run found {3}\d+ \(/m);
  });

  it('is exact where the bound is met', () => {
    const cwd = folderWithText();
    const text = evictlab('optimum three.txt --frames 6 --elastic', { cwd }).stdout;
    expect(text).toMatch(/^best run found {3}6: none is better \(6 page-ins, 0 page-outs; lru,/m);
  });
});

it.each([
  ['simulate three.txt --frames 3 --policy lru --cpus 2', '--cpus says how long things take'],
  ['optimum three.txt --frames 3 --read-ns 5', '--read-ns says how long things take'],
  ['simulate three.txt --frames 3 --policy lru --load-control 4', 'without --elastic nobody waits'],
  ['simulate three.txt --frames 3 --policy lru --elastic --load-control 0', '--load-control 0'],
  ['simulate three.txt --frames 3 --policy lru --elastic --load-control x', '--load-control x'],
  ['simulate three.txt --frames 3 --policy lru -o x', '--output keeps a moved order'],
  ['simulate three.txt --frames 3 --policy lru,clock --elastic -o x', '--output takes one run'],
  ['optimum three.txt --frames 3 --elastic -o x', '--output is of one order'],
  ['optimum three.txt --frames 3 --elastic --exact', '--exact is of one order'],
  ['simulate three.txt --frames 3 --policy lru --elastic --cpus 0', '--cpus 0: not a whole number'],
  ['simulate three.txt --frames 3 --policy lru --elastic --queue-depth 70000', 'no device serves'],
])('%s is refused: %s', (line, message) => {
  const { status, stdout, stderr } = evictlab(line, { cwd: folderWithText() });
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(stderr.includes('holds all') ? 3 : 2);
});
