import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/capture/doctor.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { evictlab, evictlabJson, shell, temporaryFolder } from './program.ts';

const NAMES = COMMANDS.map((command) => command.name);

const canCapture = examine().some((method) => method.works);
if (!canCapture) console.warn('SKIPPED: the example of capture; see `evictlab doctor`');

/** The real call in a help text, without the name of the program. */
function exampleIn(help: string): string {
  const [, rest] = help.split('Examples:\n');
  const [, words] = /^\s*evictlab ((?:.|\n)*?)(\n\n|\n?$)/.exec(rest) ?? [];
  return words.replaceAll(/\s+/g, ' ').trim();
}

/** A folder in which the examples find what they name. */
function folderForExamples(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'trace.txt'), '1 R\n2 W\n0x3\n1\n');
  writeFileSync(
    join(folder, 'study.yaml'),
    `name: small
fingerprints:
  - synthetic:zipf:pages=100,references=2000
  - synthetic:phases:references=3000
frames: 10%
policies: [lru]
label: { max-decisions: 100 }
`,
  );
  return folder;
}

/** Files of packages and of ours that a run of the program loads. */
function loadedFiles(line: string): string[] {
  const folder = temporaryFolder();
  const { status } = shell(`NODE_V8_COVERAGE="${folder}" evictlab ${line} > /dev/null`, folder);
  expect(status).toBe(0);
  const [file] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return result.map(({ url }: { url: string }) => url);
}

describe('help', () => {
  it('names every command on the first page', () => {
    const { status, stdout, stderr } = evictlab('--help');
    expect(status).toBe(0);
    expect(stderr).toBe('');
    for (const name of [...NAMES, 'completion']) expect(stdout).toContain(`evictlab ${name} `);
  });

  it.each(COMMANDS)(
    'of $name shows its title, options with defaults, and example',
    async ({ name, title, load }) => {
      const command = await load();
      const { status, stdout } = evictlab(`${name} --help`);
      expect(status).toBe(0);
      expect(stdout).toContain(title);
      const help = stdout.replaceAll(/\s+/g, ' ');
      for (const [name, option] of Object.entries(command.options)) {
        expect(help).toContain(`--${name} `);
        if (!('default' in option) || option.default === undefined) continue;
        expect(help).toContain(`[default: ${JSON.stringify(option.default)}]`);
      }
      expect(help).toContain('--json ');
      expect(exampleIn(stdout)).toBe(command.example);
    },
  );

  it('gives examples that run, one after the other, for people and for machines', async () => {
    const folder = folderForExamples();
    for (const { name, load } of COMMANDS) {
      const { example } = await load();
      const isCapture = name === 'capture';
      if (isCapture && !canCapture) continue;
      const { status, stdout, stderr } = evictlab(example, { cwd: folder });
      expect({ name, status, stderr }).toEqual({
        name,
        status: 0,
        // What the captured program prints goes there.
        stderr: isCapture ? expect.stringContaining('usr') : '',
      });
      expect(stdout).not.toBe('');
      // Behind --, --json would be the program's: test/cli/capture.test.ts asks for it.
      if (isCapture) continue;
      expect(Object.keys(evictlabJson(example, { cwd: folder })).length).toBeGreaterThan(0);
    }
  });

  it('loads no command and no file of a package: yargs is bundled into one of ours', () => {
    const files = loadedFiles('--help');
    expect(files.filter((url) => url.includes('node_modules/'))).toEqual([]);
    expect(files.some((url) => url.endsWith('dist/cli/yargs.js'))).toBe(true);
    const ours = files.flatMap((url) => url.match(/(?<=\/dist\/)(?!cli\/\w+\.js).*/) ?? []);
    expect(ours.sort()).toEqual([
      'cli/commands/index.js',
      'node/version.js',
      'support/assert.js',
      'support/text.js',
    ]);
  });

  it('is not alone: simulate loads no package either', () => {
    const files = loadedFiles('simulate synthetic:loop --frames 10% --policy lru');
    expect(files.filter((url) => url.includes('node_modules/'))).toEqual([]);
    expect(files.some((url) => url.includes('engine/replay'))).toBe(true);
    const others = ['dist/policies/', 'dist/optimal/', 'dist/learning/', 'dist/vm/'];
    const found = files.filter((url) => others.some((name) => url.includes(name)));
    expect(found).toEqual([expect.stringContaining('policies/lru.js')]);
  });

  it('has the version of the package', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(evictlab('--version').stdout).toBe(`${version}\n`);
  });
});

describe('completion', () => {
  it('prints a script for the shell', () => {
    const { status, stdout } = evictlab('completion');
    expect(status).toBe(0);
    expect(stdout).toContain('evictlab --get-yargs-completions');
  });

  it('mentions every command', () => {
    const { stdout } = shell('SHELL=/bin/bash evictlab --get-yargs-completions evictlab ""', '.');
    const words = stdout.trim().split('\n');
    for (const name of NAMES) expect(words).toContain(name);
  });

  it('mentions the options of a command', () => {
    const line = 'SHELL=/bin/bash evictlab --get-yargs-completions evictlab simulate --';
    const words = shell(line, '.').stdout.trim().split('\n');
    for (const option of ['--frames', '--policy', '--seed', '--json']) {
      expect(words).toContain(option);
    }
  });
});
