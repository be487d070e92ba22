import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { evictlab, evictlabJson, temporaryFolder } from './program.ts';

/** Two processes that share memory and a file, one the child of the other. */
const TEXT = `a M(0,8,anonymous) R(0) W(0) W(0x1000) W(0x2000) F(b) W(0) S(9000) W(0x1000) W(0)
b M(0x9000,4,file:/f@0,private) R(0x9000) R(0xa000) R(0xb000) W(0xa000) W(0) R(0x2000) N(0,2) E
`;

function folder(): string {
  const path = temporaryFolder();
  writeFileSync(join(path, 'fork.txt'), TEXT);
  return path;
}

it('simulate --io textbook costs what simulate costs, and says what was met', () => {
  const cwd = folder();
  for (const frames of [1, 2, 3, 20]) {
    const run = `simulate fork.txt --frames ${frames} --policy lru`;
    const plain = evictlabJson(run, { cwd });
    const textbook = evictlabJson(`${run} --io textbook`, { cwd });
    expect(textbook).toMatchObject(plain);
    expect(textbook).toMatchObject({ io: 'textbook', prefetchIns: 0, demandIns: plain.pageIns });
  }
});

it('simulate --io linux counts minor faults by kind, and requests apart from pages', () => {
  const cwd = folder();
  const run = 'simulate fork.txt --frames 20 --policy lru --io linux';
  const row = evictlabJson(run, { cwd });
  expect(row.faults).toMatchObject({ zeroRead: 1, cowZeroPage: 1, cowCopy: 2, cowReuse: 2 });
  expect(row).toMatchObject({ demandIns: 1, prefetchIns: 3, ioReads: 1, evictions: 0 });
  expect(row.prefetchers).toEqual(['linux-file', 'linux-vma-swap']);
  expect(row.cost).toBe(4);
  expect(row.files).toEqual([
    { path: '/f', resident: 4, dirty: 0, demandIns: 1, prefetchIns: 3, pageOuts: 0 },
  ]);
  const alone = evictlabJson(`${run} --prefetch none --io-option faultAround=1`, { cwd });
  expect(alone).toMatchObject({ demandIns: 3, prefetchIns: 0, ioReads: 3, cost: 3 });
  const { stdout } = evictlab(run, { cwd });
  expect(stdout).toMatch(/^page-ins ahead +3$/m);
  expect(stdout).toMatch(/^ {2}zeros in common +1$/m);
});

it('goes with --elastic: a page read ahead may come late', () => {
  const cwd = folder();
  const run = 'simulate fork.txt --frames 20 --policy lru --io linux --elastic --queue-depth 1';
  const row = evictlabJson(run, { cwd });
  expect(row.faults).toMatchObject({ demand: 1 });
  expect((row.faults as Record<string, number>).late).toBeGreaterThan(0);
  expect(row.completionNs).toBeGreaterThan(100_000);
});

it.each([
  ['--policy lru --io unix', '--io unix is not known'],
  ['--policy lru --io-option zeroPage=1', '--io-option is laid over a preset'],
  ['--policy lru --io linux --io-option slots=1', 'there is no option "slots"'],
  ['--policy lru --io linux --io-option flushPercent=101', 'from 0 to 100'],
  ['--policy lru --io linux --io-option flushAge=-1', 'flushAge=-1'],
  ['--policy lru --io linux --io-option swapCluster=0', 'from 1 to'],
  ['--policy lru --io textbook --io-option swapSlots=0', 'out of swap'],
])('simulate %s is refused: %s', (options, message) => {
  const line = `simulate fork.txt --frames 2 ${options}`;
  const { status, stdout, stderr } = evictlab(line, { cwd: folder() });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(2);
});
