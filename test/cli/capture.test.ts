import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/capture/doctor.ts';
import { evictlab, evictlabJson, MAIN, type Outcome, shell, temporaryFolder } from './program.ts';

const works = examine().some((method) => method.works);
if (!works) console.warn('SKIPPED: evictlab capture; no method works here, see `evictlab doctor`');
const live = works ? it : it.skip;

/** A filtered fingerprint without maps: 40 pages, right from 32 frames on. */
const FILTERED = `@filter second-chance 8 0 32
a ${Array.from({ length: 80 }, (_, i) => `R(${((i % 40) + 1) * 4096})`).join(' ')}
`;

describe('evictlab capture', () => {
  live('prints one object about the fingerprint it wrote; the program prints elsewhere', () => {
    const folder = temporaryFolder();
    const words = ['capture', '-o', join(folder, 'e.evfp'), '--json', '--', 'echo', 'said'];
    const { status, stdout, stderr } = evictlab(words);
    expect(status).toBe(0);
    expect(stderr).toContain('said\n');
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ fingerprint: 'echo', method: 'valgrind', exit: 0, sequences: 1 });
    for (const key of ['actions', 'references', 'pages', 'elapsedMs', 'framesMin']) {
      expect(told[key]).toBeGreaterThan(0);
    }
    const inspected = evictlabJson(['inspect', join(folder, 'e.evfp')]);
    expect(inspected.digest).toBe(told.digest);
  });

  live('says in one line that there is no such program, method or room', () => {
    const folder = temporaryFolder();
    const output = join(folder, 'e.evfp');
    const cases: [words: string[], status: number, message: RegExp][] = [
      [['-o', output, '--', 'no-such-program'], 2, /there is no program "no-such-program"/],
      [['-o', output, '--method', 'dtrace', '--', 'true'], 2, /--method dtrace is not known/],
      [['-o', output, '--filter', '0', '--', 'true'], 2, /--filter 0/],
      [['-o', '/dev/full', '--', 'true'], 1, /\/dev\/full/],
    ];
    for (const [words, expected, message] of cases) {
      const { status, stdout, stderr } = evictlab(['capture', ...words]);
      expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
      expect(stderr).toMatch(/^evictlab: .+\nhint: .+\n$/);
      expect(stderr).toMatch(message);
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(output)).toBe(false);
  });
});

/** What a full disk, a signal or a limit may leave behind. */
describe('a capture that does not come to its end', () => {
  const forever = ['capture', '-o', 'e.evfp', '--', 'sh', '-c', 'echo ready; sleep 60'];

  async function start(folder: string, signal: 'SIGINT' | 'SIGKILL'): Promise<Outcome> {
    const env = { ...process.env, TMPDIR: folder };
    const child = spawn(process.execPath, [MAIN, ...forever], { cwd: folder, env, detached: true });
    const outcome = { status: null as number | null, stdout: '', stderr: '' };
    child.stdout.on('data', (text) => (outcome.stdout += text));
    child.stderr.on('data', (text) => {
      outcome.stderr += text;
      // As a terminal does: to everyone.
      if (`${text}`.includes('ready')) process.kill(-child.pid!, signal);
    });
    [outcome.status] = await once(child, 'close');
    return outcome;
  }

  live('because of Ctrl-C is a fingerprint of what happened', async () => {
    const folder = temporaryFolder();
    const { status, stderr } = await start(folder, 'SIGINT');
    expect([status, stderr]).toEqual([0, expect.stringContaining('ended with SIGINT')]);
    expect(readdirSync(folder)).toEqual(['e.evfp']);
    const { sequences, references } = evictlabJson(['inspect', join(folder, 'e.evfp')]);
    expect(sequences).toBeGreaterThanOrEqual(1);
    expect(references).toBeGreaterThan(100);
  });

  live('because it is killed leaves no output, whole or half', async () => {
    const folder = temporaryFolder();
    expect((await start(folder, 'SIGKILL')).status).toBe(null);
    expect(existsSync(join(folder, 'e.evfp'))).toBe(false);
  });

  live.each([
    ['ulimit -f 100', 'larger than files may be'],
    ['ulimit -f 1000', 'larger than files may be'],
    ['mount -t tmpfs -o size=100k none logs', 'the disk is full'],
  ])('for want of room for its logs (%s) says so in one line', (limit, message) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'logs'));
    if (limit.startsWith('mount') && !mayMount(folder)) return;
    const { status, stdout, stderr } = shell(
      `${asRoot(limit)} 'cd ${folder}; ${limit}; exec env TMPDIR=${folder}/logs ` +
        `${process.execPath} ${MAIN} capture --filter 1 -o e.evfp -- ls -lR /usr/include/linux' >/dev/null`,
      folder,
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.split('\n').filter((line) => line.startsWith('evictlab: ')).length).toBe(1);
    expect(readdirSync(folder)).toEqual(['logs']);
    expect(readdirSync(join(folder, 'logs'))).toEqual([]);
  });

  live('for want of room for its output says so, and leaves nothing of it', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'logs'));
    if (!mayMount(folder)) return;
    const mount = 'mount -t tmpfs -o size=4k none logs';
    const { status, stderr } = shell(
      `${asRoot(mount)} '${mount}; ${process.execPath} ${MAIN} capture -o logs/e.evfp -- ls; ` +
        `status=$?; ls -A logs >&2; exit $status'`,
      folder,
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/evictlab: logs\/e.evfp does not fit: .+\nhint: .+\n$/);
  });
});

/** In a name space of its own what is mounted is gone with the shell. */
function asRoot(limit: string): string {
  return limit.startsWith('mount') ? 'unshare -m sh -c' : 'sh -c';
}

function mayMount(folder: string): boolean {
  const tried = shell("unshare -m sh -c 'mount -t tmpfs none logs' 2>/dev/null", folder);
  if (tried.status !== 0) console.warn('SKIPPED: a full disk; it takes the right to mount one');
  return tried.status === 0;
}

describe('evictlab doctor', () => {
  it('says of each method whether it works, and what it needs', () => {
    const { methods } = evictlabJson('doctor');
    expect(methods).toMatchObject([{ id: 'valgrind' }, { id: 'lackey' }]);
    const { stdout } = evictlab('doctor');
    expect(stdout).toMatch(/^valgrind: (yes|no)$/m);
  });
});

describe('a filtered capture', () => {
  it.each([
    'simulate F --policy lru --frames 31',
    'optimum F --frames 31',
    'evaluate F --policies lru --frames 31',
    'label F --frames 31 -o out.csv',
    'compare F --policy lru,fifo --frames 31',
  ])('is refused below its frames by %s', (line) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'f.txt'), FILTERED);
    const words = line.split(' ').map((word) => (word === 'F' ? join(folder, 'f.txt') : word));
    const { status, stderr } = evictlab(words, { cwd: folder });
    expect(status).toBe(2);
    expect(stderr).toMatch(/31 frames; the capture left out references that only 32 frames/);
    const right = words.map((word) => (word === '31' ? '32' : word));
    expect(evictlab(right, { cwd: folder }).status).toBe(0);
    const anyway = evictlab([...words, '--below-filter'], { cwd: folder });
    expect(anyway.status).toBe(0);
  });

  it('below its frames on request says so in the result', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'f.txt'), FILTERED);
    const file = join(folder, 'f.txt');
    const words = ['simulate', file, '--policy', 'lru', '--frames', '31', '--below-filter'];
    expect(evictlabJson(words)).toMatchObject({ frames: 31, belowFilter: 32 });
    expect(evictlabJson(['curve', file])).toMatchObject({
      frames: [32, 33, 34, 35, 36, 37, 38, 39, 40],
    });
  });
});
