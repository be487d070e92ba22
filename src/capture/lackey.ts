/*
 * Capture with lackey, the tool that comes with Valgrind: for machines without a compiler. A text
 * line an access, so about 2,000 times slower than the program and 22 bytes of log an instruction.
 *
 * A process logs to PID.2 between its fork and its first exec, and to PID.1 after it; a second exec
 * writes over the first. Births are numbered by walking the tree of forks from the root.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { EnvironmentError, InputError } from '../support/assert.ts';
import { assemble } from './assemble.ts';
import {
  type Captured,
  type CaptureOptions,
  checkProgram,
  filterOf,
  reduced,
  run,
} from './capture.ts';
import { childrenOf, readLackeyLog } from './lackeyLog.ts';
import { type ProcessLog, readProcesses } from './processes.ts';
import { lackeyFacilities, valgrindVersion } from './valgrindTool.ts';

/** Where a capture ends by itself: about 1.1 GB of log, one to two minutes. */
export const LACKEY_INSTRUCTIONS_MAX = 50_000_000;

const BYTES_PER_INSTRUCTION = 22;
const WATCH_MS = 200;

const LOSSES = [
  'pipes, sockets, futexes and polls are not seen, only forks and waits for children',
  'files read and written by descriptor are not seen',
  'what Valgrind maps at the start is guessed: stack, and pages of the program',
  'threads of a process are one sequence',
  'of several programs run by one process the last is there',
  'a file is known by its path',
];

/** The fingerprint of a run under lackey. */
export async function captureWithLackey(options: CaptureOptions): Promise<Captured> {
  const [program] = options.command;
  checkProgram(program);
  const missing = lackeyFacilities().find(({ isThere }) => !isThere);
  if (missing !== undefined) {
    throw new EnvironmentError(
      `capture: the method lackey does not work here: ${missing.detail}.`,
      missing.remedy,
    );
  }
  if (options.signatures) {
    throw new InputError(
      'capture: the method lackey knows no signatures.',
      'leave out --signatures, or use --method valgrind',
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'evictlab-capture-'));
  try {
    const bytesMax = options.instructionsMax * BYTES_PER_INSTRUCTION;
    const exit = await run('valgrind', [...lackeyArguments(folder), ...options.command], {
      env: process.env,
      isTooLong: () => options.instructionsMax > 0 && sizeOf(folder) > bytesMax,
      watchMs: WATCH_MS,
    });
    const { logs, logBytes } = readLogs(folder, options);
    const capture = readProcesses(logs);
    if (capture.threads.length === 0) {
      throw new InputError(`capture: ${program} did not run.`, 'may it be run?');
    }
    const cut = capture.processes.some(({ isCut }) => isCut);
    const { fingerprint, instructions } = assemble(capture, {
      name: options.name,
      filter: filterOf(options, capture),
      nsPerInstruction: options.nsPerInstruction,
      origin: {
        command: options.command.join(' '),
        method: 'lackey',
        tool: valgrindVersion(),
        exit: String(exit),
        'ns per instruction': String(options.nsPerInstruction),
        losses: [
          ...LOSSES,
          ...(cut ? [`cut after ${options.instructionsMax} instructions a process`] : []),
        ].join('; '),
      },
    });
    return {
      fingerprint: reduced(fingerprint, options),
      instructions,
      exit,
      processes: capture.processes.length,
      logBytes,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lackeyArguments(folder: string): string[] {
  return [
    ...['--tool=lackey', '-q', '--vgdb=no', '--trace-children=yes', '--basic-counts=no'],
    ...['--trace-mem=yes', '--trace-syscalls=yes', `--log-file=${folder}/%p.%n`],
    '--',
  ];
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder)) bytes += statSync(join(folder, name)).size;
  return bytes;
}

interface ProcessFiles {
  readonly pid: number;
  /** Between fork and exec, after exec; one of them for a root, or a process without exec. */
  readonly parts: Uint8Array[];
  readonly isForked: boolean;
}

function readLogs(
  folder: string,
  options: CaptureOptions,
): { logs: ProcessLog[]; logBytes: number } {
  const files = new Map<number, ProcessFiles>();
  const names = readdirSync(folder).sort().reverse();
  for (const name of names) {
    const [pid, part] = name.split('.').map(Number);
    const file = files.get(pid) ?? { pid, parts: [], isForked: part === 2 };
    file.parts.push(readFileSync(join(folder, name)));
    files.set(pid, file);
  }
  const parents = new Map<number, number>();
  for (const { pid, parts } of files.values()) {
    for (const child of parts.flatMap(childrenOf)) parents.set(child, pid);
  }
  const stamps = new Map<number, number>();
  const walk = (pid: number): void => {
    if (stamps.has(pid)) return;
    stamps.set(pid, stamps.size + 1);
    for (const [child, parent] of parents) if (parent === pid) walk(child);
  };
  for (const pid of files.keys()) if (!parents.has(pid)) walk(pid);
  const stampOf = (pid: number): number => stamps.get(pid) ?? stamps.size + 1;
  const logs = [...files.values()].map(({ pid, parts, isForked }): ProcessLog => {
    const process = {
      program: basename(options.command[0]),
      parentPid: parents.get(pid) ?? 0,
      isForked,
      bornStamp: stampOf(pid),
      stampOf,
    };
    return { pid, read: (visitor) => readLackeyLog(parts, { options, process }, visitor) };
  });
  return { logs, logBytes: sizeOf(folder) };
}
