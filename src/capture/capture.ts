/*
 * Runs a program under a method of capture and returns its fingerprint.
 *
 *   program ──► Valgrind with our tool ──► logs, one a process ──► readProcesses ──► assemble
 *
 * The logs go to a directory of their own under TMPDIR, which is removed in any case. The program
 * has our standard input and error; what it prints goes to standard error, for standard output is
 * for the result.
 */
import { spawn } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Fingerprint, ReferenceFilter } from '../fingerprint/fingerprint.ts';
import { reduceReferences } from '../fingerprint/reduce.ts';
import { EnvironmentError, InputError } from '../support/assert.ts';
import { assemble } from './assemble.ts';
import { Call, readLog } from './logReader.ts';
import { type Capture, type ProcessLog, readProcesses } from './processes.ts';
import { findProgram, prepareTool, valgrindVersion } from './valgrindTool.ts';

export interface CaptureOptions {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Pages of the filter; 1 leaves out immediate repeats only. */
  readonly filterPages: number;
  /** The filter is emptied this often; 0: never but where a thread may wait. */
  readonly epochInstructions: number;
  /** References are left out that LRU and MIN with so many frames do not miss; 0: none. */
  readonly reduceFor: number;
  /** A process ends here; 0: never. */
  readonly instructionsMax: number;
  readonly signatures: boolean;
  readonly nsPerInstruction: number;
}

export interface Captured {
  readonly fingerprint: Fingerprint;
  readonly instructions: number;
  /** How the program itself ended: a number, or a signal. */
  readonly exit: number | NodeJS.Signals;
  readonly processes: number;
  /** Bytes of logs. */
  readonly logBytes: number;
}

const CONTROL_BYTES = 4096;
const EFBIG = 27;
/** What the tool may meet when it makes room for its log. */
const FAILURES: Readonly<Record<number, string>> = {
  [EFBIG]: 'they are larger than files may be (ulimit -f)',
  28: 'the disk is full',
};
/** Larger logs are not read into memory. */
const LOG_BYTES_MAX = 2 ** 31 - 1;

/** The fingerprint of a run under our Valgrind tool. */
export async function captureWithValgrind(options: CaptureOptions): Promise<Captured> {
  const [program] = options.command;
  checkProgram(program);
  const library = prepareTool();
  const folder = mkdtempSync(join(tmpdir(), 'evictlab-capture-'));
  try {
    writeFileSync(join(folder, 'control'), '');
    truncateSync(join(folder, 'control'), CONTROL_BYTES);
    const exit = await run('valgrind', [...toolArguments(options, folder), ...options.command], {
      env: { ...process.env, VALGRIND_LIB: library },
    });
    endSurvivors(folder);
    checkControl(folder);
    const { capture, logBytes } = readLogs(folder);
    // Before the tool can say what it met.
    if (capture.threads.length === 0 && exit === 'SIGXFSZ') throw noRoom(EFBIG);
    if (capture.threads.length === 0) {
      throw new InputError(
        `capture: ${program} did not run.`,
        'is it a program for this machine, and may it be run?',
      );
    }
    const assembled = assemble(capture, {
      name: options.name,
      filter: filterOf(options, capture),
      nsPerInstruction: options.nsPerInstruction,
      origin: originOf(options, capture, exit),
    });
    return {
      fingerprint: reduced(assembled.fingerprint, options),
      instructions: assembled.instructions,
      exit,
      processes: capture.processes.length,
      logBytes,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function checkProgram(program: string): void {
  const path = findProgram(program);
  if (path === undefined) {
    throw new InputError(
      `capture: there is no program ${JSON.stringify(program)}.`,
      'give a path, or a program on the PATH, behind --',
    );
  }
  const { mode } = statSync(path);
  if ((mode & 0o170000) !== 0o100000 || (mode & 0o111) === 0) {
    throw new InputError(
      `capture: ${JSON.stringify(program)} cannot be run.`,
      'give an executable file',
    );
  }
}

function toolArguments(options: CaptureOptions, folder: string): string[] {
  return [
    '--tool=evictlab',
    ...['-q', '--vgdb=no', '--trace-children=yes', '--error-exitcode=0'],
    `--capture-dir=${folder}`,
    `--capture-filter=${options.filterPages}`,
    `--capture-epoch=${options.epochInstructions}`,
    `--capture-max-instructions=${options.instructionsMax}`,
    `--capture-signatures=${options.signatures ? 'yes' : 'no'}`,
    '--',
  ];
}

interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Asked every `watchMs`; when it says so, the program is ended. */
  readonly isTooLong?: () => boolean;
  readonly watchMs?: number;
}

/**
 * Runs a program to its end. The first interrupt is the program's own affair: what happened until
 * it ended is captured; a second one ends it at once.
 */
export function run(
  program: string,
  args: readonly string[],
  { env, isTooLong, watchMs }: RunOptions,
): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['inherit', 2, 2] });
    let interrupts = 0;
    const onInterrupt = (): void => {
      child.kill(interrupts++ === 0 ? 'SIGINT' : 'SIGKILL');
    };
    const onTerminate = (): void => void child.kill('SIGTERM');
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onTerminate);
    const watch = setInterval(() => {
      if (isTooLong?.()) child.kill('SIGKILL');
    }, watchMs ?? 1000);
    const done = (): void => {
      clearInterval(watch);
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code, signal) => {
      done();
      resolve(signal ?? code ?? 0);
    });
  });
}

/** What outlives the program is ended: its log would go nowhere. */
function endSurvivors(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number.parseInt(name, 10);
    if (!(pid > 1)) continue;
    try {
      const isOurs = basename(readlinkSync(`/proc/${pid}/exe`)) === 'evictlab-amd64-linux';
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (isOurs && words.includes(`--capture-dir=${folder}`)) process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone, as it should be.
    }
  }
}

function checkControl(folder: string): void {
  const control = readFileSync(join(folder, 'control'));
  const failure = Number(control.readBigUInt64LE(8));
  if (failure !== 0) throw noRoom(failure);
}

function noRoom(failure: number): EnvironmentError {
  const what = FAILURES[failure] ?? `error ${failure} of the system`;
  return new EnvironmentError(
    `capture: the logs could not be written: ${what}.`,
    `make room in ${tmpdir()}, or set TMPDIR to another directory`,
  );
}

function readLogs(folder: string): { capture: Capture; logBytes: number } {
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'));
  const sizes = names.map((name) => statSync(join(folder, name)).size);
  if (sizes.some((size) => size > LOG_BYTES_MAX)) {
    throw new InputError(
      'capture: a log has more than 2 GiB.',
      'use a larger --filter, or end it sooner with --max-instructions',
    );
  }
  const logs = names.map((name): ProcessLog => {
    const bytes = readFileSync(join(folder, name));
    return { pid: Number.parseInt(name, 10), read: (visitor) => void readLog(bytes, visitor) };
  });
  const logBytes = sizes.reduce((sum, size) => sum + size, 0);
  return { capture: readProcesses(logs), logBytes };
}

/** A memory of so many times K frames is right for policies other than LRU and MIN, too. */
const FILTER_MARGIN = 4;

/**
 * LRU and MIN are right with K frames and more, others with four times as many; and others run
 * between the references of each sequence that runs beside them (README.md).
 */
export function filterOf(options: CaptureOptions, capture: Capture): ReferenceFilter {
  const { filterPages, epochInstructions } = options;
  const framesMin = filterPages === 1 ? 1 : FILTER_MARGIN * filterPages * peakOf(capture);
  return { kind: 'safe-drop', pageCount: filterPages, epochInstructions, framesMin };
}

/** What the tool's filter need not know goes here: other sequences, later touches. */
export function reduced(
  fingerprint: Fingerprint,
  { reduceFor }: Pick<CaptureOptions, 'reduceFor'>,
): Fingerprint {
  return reduceFor === 0 ? fingerprint : reduceReferences(fingerprint, reduceFor);
}

/** Calls in which a process waits for others. After them the filter is empty. */
const WAITS = new Set<number>([
  ...[Call.wait4, Call.waitid, Call.read, Call.recvfrom, Call.recvmsg, Call.futex, Call.pause],
  ...[Call.poll, Call.ppoll, Call.select, Call.pselect6, Call.epoll_wait, Call.epoll_pwait],
  ...[Call.rt_sigsuspend, Call.nanosleep, Call.clock_nanosleep, Call.accept, Call.accept4],
]);

/**
 * How many processes ran at once, at most: born, not ended, and not waiting. The threads of one
 * share its filter.
 */
function peakOf({ processes }: Capture): number {
  const changes: [stamp: number, change: number][] = [];
  for (const { bornStamp, endStamp, threads, events } of processes) {
    changes.push([bornStamp, 1]);
    if (endStamp !== undefined) changes.push([endStamp, -1]);
    if (threads.length > 1) continue;
    for (const { event } of events) {
      if (event.type !== 'call' || !WAITS.has(event.number)) continue;
      changes.push([event.before, -1], [event.after, 1]);
    }
  }
  changes.sort((a, b) => a[0] - b[0]);
  let running = 0;
  let peak = 1;
  for (const [, change] of changes) {
    running += change;
    peak = Math.max(peak, running);
  }
  return peak;
}

function originOf(
  options: CaptureOptions,
  capture: Capture,
  exit: number | NodeJS.Signals,
): Record<string, string> {
  const losses = [
    'threads of a process ran one at a time',
    'time is instructions, not seconds',
    'file locks and waits for processes outside are not seen',
  ];
  const killed = capture.processes.filter((process) => process.endStamp === undefined).length;
  if (killed > 0) losses.push(`${killed} processes were killed`);
  if (capture.processes.some((process) => process.isCut)) {
    losses.push(`cut after ${options.instructionsMax} instructions a process`);
  }
  return {
    command: options.command.join(' '),
    method: 'valgrind',
    tool: valgrindVersion(),
    exit: String(exit),
    'ns per instruction': String(options.nsPerInstruction),
    losses: losses.join('; '),
  };
}
