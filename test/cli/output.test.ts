import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evictlab, shell, startEvictlab, temporaryFolder } from './program.ts';

const ZIPF = 'synthetic:zipf:pages=200,references=5000';

describe('standard output', () => {
  it('is the same bytes each time', () => {
    const line = `simulate ${ZIPF} --frames 5%,10% --policy random,lru,min --seed 7`;
    const first = evictlab(line);
    expect(first.status).toBe(0);
    expect(evictlab(line).stdout).toBe(first.stdout);
    expect(evictlab(`${line} --json`).stdout).toBe(evictlab(`${line} --json`).stdout);
  });

  it('depends on the seed where something is random', () => {
    const line = `simulate ${ZIPF} --frames 5% --policy random`;
    expect(evictlab(`${line} --seed 1`).stdout).not.toBe(evictlab(`${line} --seed 2`).stdout);
  });

  it('does not depend on the number of threads', () => {
    const line = `evaluate ${ZIPF} --policies lru,random --frames 5%,10% --effort rules --json`;
    const one = evictlab(`${line} --threads 1`);
    expect(one.status).toBe(0);
    expect(evictlab(`${line} --threads 2`).stdout).toBe(one.stdout);
  });

  it('may be closed early: no word about it, and no failure', () => {
    const line = `evictlab curve synthetic:zipf:pages=20000,references=40000 --csv | head -n 1`;
    const { stdout, stderr } = shell(`set -o pipefail; ${line}; echo "exit $?" >&2`, '.');
    expect(stdout).toBe('frames,pageIns\n');
    expect(stderr).toBe('exit 0\n');
  });

  it('that cannot be written is one line and exit 1', () => {
    const { status, stderr } = shell(`evictlab inspect ${ZIPF} > /dev/full`, '.');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^evictlab: the output cannot be written: .+\nhint: .+\n$/);
  });
});

describe('files', () => {
  it('are the same bytes each time', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'trace.txt'), '1\n2 W\n3\n1 W\n2\n');
    for (const run of ['a', 'b']) {
      const lines = [
        `import trace.txt --format plain -o ${run}.evfp`,
        `label ${ZIPF} --frames 10% -o ${run}.parquet`,
        `train ${run}.parquet -o ${run}.json`,
        `optimum ${ZIPF} --frames 10% -o ${run}.plan`,
      ];
      for (const line of lines) expect(evictlab(line, { cwd: folder }).stderr).toBe('');
    }
    for (const extension of ['evfp', 'parquet', 'json', 'plan']) {
      const [a, b] = ['a', 'b'].map((run) => readFileSync(join(folder, `${run}.${extension}`)));
      expect(a.length).toBeGreaterThan(0);
      expect(b.equals(a)).toBe(true);
    }
  });

  it('may go to /dev/null', () => {
    expect(evictlab(`label ${ZIPF} --frames 10% -o /dev/null`).status).toBe(2);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'trace.txt'), '1\n2 W\n');
    const line = 'import trace.txt --format plain -o /dev/null';
    expect(evictlab(line, { cwd: folder }).status).toBe(0);
  });

  it('that find no room are one line and exit 1', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'trace.txt'), '1\n2 W\n');
    const lines = [
      'import trace.txt --format plain -o /dev/full',
      `optimum ${ZIPF} --frames 10% -o /dev/full`,
    ];
    for (const line of lines) {
      const { status, stdout, stderr } = evictlab(line, { cwd: folder });
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^evictlab: \/dev\/full .+\nhint: .+\n$/);
    }
  });

  it('are not left behind by a run that is refused', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'trace.txt'), '1\n2 W\nnonsense\n');
    const line = 'import trace.txt --format plain -o out.evfp';
    expect(evictlab(line, { cwd: folder }).status).toBe(2);
    expect(readdirSync(folder)).toEqual(['trace.txt']);
  });

  it('are not left behind by a run that is interrupted, which exits with 130', async () => {
    const folder = temporaryFolder();
    const child = startEvictlab('import - --format plain -o out.evfp', folder);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    // More than pipe and stream hold together: when it has been taken, the program is reading.
    const chunk = '1 R\n2 W\n'.repeat(2 ** 15);
    await new Promise<void>((resolve) => {
      child.stdin.write(chunk.repeat(4), () => resolve());
    });
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keep what they held when a run is refused', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'out.evfp'), 'precious');
    writeFileSync(join(folder, 'trace.txt'), 'nonsense\n');
    evictlab('import trace.txt --format plain -o out.evfp', { cwd: folder });
    expect(readFileSync(join(folder, 'out.evfp'), 'utf8')).toBe('precious');
    expect(existsSync(join(folder, 'trace.txt'))).toBe(true);
  });
});
