/** Memories of one frame, ten thousand processes, a fork bomb, a full swap, a deadlock: by the program. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evictlab, evictlabJson, temporaryFolder } from './program.ts';

/** A tree of forks in which everyone writes the same pages: `count` processes. */
function forkBomb(count: number, pages: number, end: string): string {
  const own = Array.from({ length: pages }, (_, page) => `W(${page})`).join(' ');
  const forks: string[][] = [[]];
  while (forks.length < count) {
    const alive = forks.length;
    for (let parent = 0; parent < alive && forks.length < count; parent++) {
      forks[parent].push(`F(s${forks.length})`);
      forks.push([]);
    }
  }
  const lines = forks.map((words, i) => {
    const begin = i === 0 ? [`M(0,${pages},anonymous)`, own] : [];
    return [`s${i}`, ...begin, ...words, own, end].join(' ').trim();
  });
  return `@page-size 1\n${lines.join('\n')}\n`;
}

function folder(): string {
  const path = temporaryFolder();
  const write = (name: string, text: string) => writeFileSync(join(path, name), text);
  write('bomb.txt', forkBomb(4096, 4, 'E'));
  write('left.txt', forkBomb(256, 4, ''));
  write('dead.txt', '@page-size 1\na W(0) D(b) U(b)\nb R(0) D(a) U(a)\n');
  const many = Array.from(
    { length: 10_000 },
    (_, i) => `s${i} W(${2 * i + 1}) R(0) R(${2 * i + 1}) E`,
  );
  write('many.txt', `@page-size 1\n${many.join('\n')}\n`);
  return path;
}

describe('at the limits', () => {
  const ways = ['', '--elastic', '--io linux', '--elastic --io linux'];

  it('4,096 processes that fork and write what they share run to their end in one frame', () => {
    const cwd = folder();
    for (const way of ways) {
      const line = `simulate bomb.txt --frames 1 --policy lru ${way}`.trim();
      const row = evictlabJson(line, { cwd });
      // Everyone has each of the four pages for itself at last.
      expect(row).toMatchObject({ minorFaults: 16_384, pageIns: 16_384, dirtyAtEnd: 0 });
    }
    const { swapSlotsUsed, forks } = evictlabJson(
      'simulate bomb.txt --frames 1 --policy clock --io linux',
      { cwd },
    );
    expect([swapSlotsUsed, forks]).toEqual([0, 4095]);
  });

  it('ten thousand processes too, each reading its page back', () => {
    const cwd = folder();
    for (const way of ways) {
      // Linux shows everyone zeros in place of the page that nobody writes.
      const line = `simulate many.txt --frames 1 --policy lru ${way.replace('linux', 'textbook')}`;
      const row = evictlabJson(line.trim(), { cwd });
      expect(row).toMatchObject({ references: 30_000, pageIns: 10_000 });
    }
  });

  it.each([
    ['left.txt --io linux --io-option swapSlots=100', 'out of swap: all 100 slots hold pages'],
    ['left.txt --elastic --io linux --io-option swapSlots=0', 'out of swap: all 0 slots'],
    ['dead.txt --io linux', 'a wait is never met: sequence "a" waits at action 2 for "b"'],
    ['dead.txt --elastic', 'a wait is never met'],
    ['bomb.txt --io linux --policy duel', 'duel takes each page that comes for one that is wanted'],
  ])('%s is one clear line', (line, message) => {
    const cwd = folder();
    const words = line.includes('--policy') ? line : `${line} --policy lru`;
    const { status, stdout, stderr } = evictlab(`simulate ${words} --frames 3`, { cwd });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(2);
    const again = evictlab(`simulate ${words} --frames 3`, { cwd });
    expect(again.stderr).toBe(stderr);
  });
});

describe('policies that look into the future', () => {
  it('run in every way, and textbook costs what a replay costs', () => {
    const cwd = folder();
    const line = 'simulate left.txt --frames 40 --policy min,devik,vmin,lru';
    const rowsOf = (way: string) => evictlabJson(`${line} ${way}`, { cwd }).rows as typeof plain;
    const plain = evictlabJson(line, { cwd }).rows as Readonly<Record<string, number>>[];
    const costs = plain.map(({ pageIns, pageOuts, cost }) => ({ pageIns, pageOuts, cost }));
    expect(rowsOf('--io textbook')).toMatchObject(costs);
    for (const way of ['--elastic', '--io linux', '--elastic --io linux']) {
      const [min, , , lru] = rowsOf(way);
      expect(min.pageIns).toBeLessThanOrEqual(lru.pageIns);
    }
  });

  it('a plan runs on virtual memory as it was made, and not on a string of another length', () => {
    const cwd = folder();
    const { upperBound } = evictlabJson('optimum left.txt --frames 40 -o left.plan', { cwd });
    const line = 'simulate left.txt --frames 40 --policy plan:left.plan';
    expect(evictlabJson(`${line} --io textbook`, { cwd }).cost).toBe(upperBound);
    const other = evictlab('simulate left.txt --frames 41 --policy plan:left.plan --io linux', {
      cwd,
    });
    expect([other.status, other.stderr.trim().split('\n').length]).toEqual([2, 2]);
    expect(other.stderr).toContain('frames');
  });
});
