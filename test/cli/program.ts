/** The built program as a user calls it; each test in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
export const MAIN = join(ROOT, 'dist/cli/main.js');

checkBuild();

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Call {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
}

/** After so long a program hangs: the longest takes a quarter of it. */
const PATIENCE_MS = 90_000;

/**
 * Runs `evictlab` with the words of `line`, or with the words given. Node may hang when it has done
 * everything: it waits for a compilation in the background, which waits for a garbage collection
 * (nodejs/node#54918, seen once in some ten thousand runs). So one that hangs is run once more.
 */
export function evictlab(line: string | readonly string[], call: Call = {}): Outcome {
  const run = () =>
    spawnSync(process.execPath, [MAIN, ...wordsOf(line)], {
      cwd: call.cwd ?? ROOT,
      input: call.input ?? '',
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
  const first = run();
  const { status, stdout, stderr } = first.signal === 'SIGKILL' ? run() : first;
  return { status, stdout, stderr };
}

/** The one object on standard output of a run that was right. */
export function evictlabJson(line: string | readonly string[], call: Call = {}): JsonObject {
  const { status, stdout, stderr } = evictlab([...wordsOf(line), '--json'], call);
  if (status !== 0) throw new Error(`exit ${status}: ${stderr}`);
  const value: unknown = JSON.parse(stdout);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('--json prints an object');
  }
  return value as JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** A started program, for tests that interrupt it; stopped when the test ends. */
export function startEvictlab(line: string, cwd: string) {
  const child = spawn(process.execPath, [MAIN, ...wordsOf(line)], { cwd });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Runs a line of shell in which `evictlab` is the program. */
export function shell(line: string, cwd: string): Outcome {
  const script = `evictlab() { "${process.execPath}" "${MAIN}" "$@"; }\n${line}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** An empty folder, removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evictlab-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Words without quotes or blanks of their own. */
function wordsOf(line: string | readonly string[]): readonly string[] {
  return typeof line === 'string' ? line.split(' ') : line;
}

/** A program older than its source would be tested in its place. */
function checkBuild(): void {
  const builtAtMs = statSync(MAIN, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newest = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, atMs: statSync(join(ROOT, 'src', name)).mtimeMs }))
    .reduce((a, b) => (a.atMs > b.atMs ? a : b));
  if (newest.atMs > builtAtMs) {
    throw new Error(`dist/ is older than src/${newest.name}: run \`npm run build\` first`);
  }
}
