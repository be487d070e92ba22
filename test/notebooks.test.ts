import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../notebooks');
const names = readdirSync(folder).filter((file) => file.endsWith('.ipynb'));

interface Cell {
  readonly cell_type: 'code' | 'markdown';
  readonly source: readonly string[];
  readonly outputs?: readonly { readonly name?: string; readonly text?: readonly string[] }[];
}

function cellsOf(name: string): readonly Cell[] {
  const { cells }: { cells: readonly Cell[] } = JSON.parse(
    readFileSync(join(folder, name), 'utf8'),
  );
  return cells;
}

/** The kernel, and what runs it; else says what is missing and that the notebooks are not run. */
function hasKernel(): boolean {
  const missing = [
    ...(existsSync(join(folder, 'node_modules/.bin/tslab')) ? [] : ['npm ci --prefix notebooks']),
    ...(spawnSync('jupyter', ['nbconvert', '--version']).status === 0
      ? []
      : ['apt-get install jupyter-nbconvert jupyter-client jupyter-core']),
  ];
  if (missing.length > 0) console.warn(`SKIPPED: running the notebooks: ${missing.join('; ')}`);
  return missing.length === 0;
}

describe('the notebooks', () => {
  it('are five', () => {
    expect(names.map((name) => name.slice(0, 2)).sort()).toEqual(['01', '02', '03', '04', '05']);
  });

  it.each(names)('%s asks a question and ends with an answer that was computed', (name) => {
    const cells = cellsOf(name);
    expect(cells[0].source[0]).toMatch(/^# \d\. .*\?\n$/);
    expect(cells[cells.length - 2].source.join('')).toBe('## The answer');
    const answer = cells[cells.length - 1].outputs?.flatMap(({ text }) => text ?? []).join('');
    expect(answer).toMatch(/\d/);
    expect(
      cells.flatMap(({ outputs }) => outputs ?? []).filter((o) => o.name === 'stderr'),
    ).toEqual([]);
  });

  it('take the same things from the program in code and in types', () => {
    const lines = (file: string) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('export'));
    expect(lines('lab.mjs').length).toBeGreaterThan(20);
    expect(lines('lab.d.mts')).toEqual(lines('lab.mjs'));
  });

  it.runIf(hasKernel())(
    'give the outputs they are kept with, run by their own kernel',
    { timeout: 1_800_000 },
    () => {
      const { stdout, stderr } = spawnSync('node', [join(folder, 'run.mjs'), '--check'], {
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(stdout.trim().split('\n')).toEqual(names.map((name) => `${name}: the same`).sort());
    },
  );
});
