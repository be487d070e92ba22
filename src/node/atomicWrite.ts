/*
 * Files that are whole or not there: everything goes to a temporary file beside the one wanted,
 * which is renamed over it at the end.
 *
 *   out/.tmp-4711-0   ──write, fsync──►   ──rename──►   out/cc1.evfp
 *        │ error, exit, SIGINT, SIGTERM, SIGHUP
 *        └──► removed; what stood under the name is untouched
 *
 * A process that is killed removes nothing: whoever takes up its work sweeps first.
 * What is no regular file, such as a pipe or /dev/null, has nothing to be renamed over and is
 * written as it is; so is anything in /dev and /proc, where /dev/stdout may lead to a file that
 * others append to.
 */
import { closeSync, existsSync, openSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../support/assert.ts';
import { fileError } from './fileErrors.ts';

/** Where the bytes go, in the order of the calls. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * Calls `write` and puts what it wrote under `path`, all or nothing. Errors of the file are
 * InputErrors where the path is wrong, EnvironmentErrors where the device fails; others pass.
 */
export async function writeAtomically(
  path: string,
  write: (sink: ByteSink) => Promise<void>,
): Promise<void> {
  const target = await targetOf(path);
  if (target === undefined) return writeThrough(path, write);
  const { file, temporary, removal } = await openTemporary(path, dirname(target));
  try {
    await writeAndClose(file, path, write, true);
    await named(path, () => rename(temporary, target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    forget(removal);
  }
}

async function writeThrough(path: string, write: (sink: ByteSink) => Promise<void>): Promise<void> {
  const file = await named(path, () => open(path, 'a'));
  await writeAndClose(file, path, write, false);
}

/** The file to be made or replaced, links followed; undefined when `path` is a special file. */
async function targetOf(path: string): Promise<string | undefined> {
  if (/^\/(dev|proc)\//.test(path)) return undefined;
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new InputError(`${path} is a folder.`, 'name a file');
    return found.isFile() ? await realpath(path) : undefined;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return path;
    throw fileError(error, path);
  }
}

async function writeAndClose(
  file: FileHandle,
  path: string,
  write: (sink: ByteSink) => Promise<void>,
  isRegular: boolean,
): Promise<void> {
  try {
    await write({ write: (bytes) => named(path, () => writeAll(file, bytes)) });
    if (isRegular) await named(path, () => file.sync());
  } finally {
    await file.close();
  }
}

/** The system may take less than it was given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at);
    at += bytesWritten;
  }
}

/** Its errors are told with the path the user gave. */
async function named<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw fileError(error, path);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

const OWN_PREFIX = `.tmp-${process.pid}-`;
let temporaryCount = 0;

async function openTemporary(
  path: string,
  folder: string,
): Promise<{ file: FileHandle; temporary: string; removal: () => void }> {
  for (;;) {
    const temporary = join(folder, `${OWN_PREFIX}${temporaryCount++}`);
    const removal = (): void => rmSync(temporary, { force: true });
    remember(removal);
    try {
      // Made at once: while another thread makes it, an exit would remove what is not there yet.
      closeSync(openSync(temporary, 'wx'));
      return { file: await open(temporary, 'r+'), temporary, removal };
    } catch (error) {
      forget(removal);
      // Another thread of this process counts too, or a dead process had our number.
      if (isCode(error, 'EEXIST')) continue;
      if (isCode(error, 'ENOENT')) {
        throw new InputError(`the folder of ${path} does not exist.`, 'make it first');
      }
      throw fileError(error, path);
    }
  }
}

/**
 * Runs `work`, whose threads write to `folder`. Signals reach the main thread only, so it is the
 * one that removes what an exit leaves unfinished there.
 */
export async function sweptOnExit<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const sweep = (): void => {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) {
      if (name.startsWith(OWN_PREFIX)) rmSync(join(folder, name), { force: true });
    }
  };
  remember(sweep);
  try {
    return await work();
  } finally {
    forget(sweep);
  }
}

/**
 * Removes what killed processes left unfinished in `folders`, which this one has not yet begun to
 * write to. What another living process is writing stays.
 */
export function sweepAbandoned(folders: readonly string[]): void {
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const writer = /^\.tmp-(\d+)-\d+$/.exec(name)?.[1];
      // Our own number is a dead process's: in a container the next one often has the same.
      if (writer === undefined || isAnother(Number(writer))) continue;
      rmSync(join(folder, name), { force: true });
    }
  }
}

/** True of a process that lives and is not this one. */
function isAnother(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, so there is one.
    return isCode(error, 'EPERM');
  }
}

/** What an exit now has to remove; handlers are there only while there is something. */
const removals = new Set<() => void>();
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const SIGNAL_NAMES = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];

function remember(removal: () => void): void {
  if (removals.size === 0) {
    process.on('exit', removeUnfinished);
    for (const signal of SIGNAL_NAMES) process.on(signal, exitOnSignal);
  }
  removals.add(removal);
}

function forget(removal: () => void): void {
  removals.delete(removal);
  if (removals.size > 0) return;
  process.off('exit', removeUnfinished);
  for (const signal of SIGNAL_NAMES) process.off(signal, exitOnSignal);
}

function removeUnfinished(): void {
  for (const removal of removals) removal();
}

function exitOnSignal(signal: keyof typeof SIGNALS): void {
  removeUnfinished();
  process.exit(SIGNALS[signal]);
}
