/*
 * Our Valgrind tool, compiled on first use: the C source is in the package, the headers and
 * archives are those of the Valgrind that is installed, the binary goes to the user's cache and is
 * never shipped.
 *
 *   ~/.cache/evictlab/valgrind-3.19.0-<digest>/
 *     evictlab-amd64-linux    the tool
 *     …                       links to everything else in Valgrind's own directory
 *
 * The digest is over the source, the Valgrind version and the command line of the compiler.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '../support/assert.ts';

/** What of a machine a method of capture needs, and what of it is there. */
export interface Facility {
  readonly id: string;
  readonly isThere: boolean;
  /** Where it is, or why it does not do. */
  readonly detail: string;
  /** How to get it; empty when it is there. */
  readonly remedy: string;
}

const TOOL = 'evictlab-amd64-linux';
/** Sibling of every tool Valgrind has. */
const LACKEY = 'lackey-amd64-linux';
const COREGRIND = 'libcoregrind-amd64-linux.a';

const LIBEXEC = ['/usr/libexec/valgrind', '/usr/local/libexec/valgrind', '/usr/lib/valgrind'];
const INCLUDE = ['/usr/include/valgrind', '/usr/local/include/valgrind'];
const ARCHIVES = [
  '/usr/lib/x86_64-linux-gnu/valgrind',
  '/usr/lib64/valgrind',
  '/usr/lib/valgrind',
  '/usr/local/lib/valgrind',
];

const COMPILER_FLAGS = [
  ...['-O2', '-fno-stack-protector', '-fno-strict-aliasing', '-fno-builtin', '-fno-pic'],
  ...['-fomit-frame-pointer', '-DVGA_amd64=1', '-DVGO_linux=1', '-DVGP_amd64_linux=1'],
  '-DVGPV_amd64_linux_vanilla=1',
];
const LINKER_FLAGS = [
  ...['-static', '-nodefaultlibs', '-nostartfiles', '-no-pie', '-u', '_start'],
  ...['-Wl,-Ttext-segment=0x58000000', '-Wl,--build-id=none'],
];

/** What our own tool needs, in the order in which a user would mend it. */
export function toolFacilities(): Facility[] {
  const facilities = lackeyFacilities();
  const headers = INCLUDE.find((path) => existsSync(join(path, 'pub_tool_tooliface.h')));
  const archives = ARCHIVES.find((path) => existsSync(join(path, COREGRIND)));
  const developer = 'apt-get install valgrind, or dnf install valgrind-devel valgrind-tools-devel';
  facilities.push(
    facility('valgrind headers', headers, 'pub_tool_tooliface.h is not there', developer),
    facility('valgrind archives', archives, `${COREGRIND} is not there`, developer),
    facility('gcc', findProgram('gcc'), 'no gcc on the PATH', 'apt-get install gcc'),
  );
  return facilities;
}

/** What Valgrind's own tool needs. */
export function lackeyFacilities(): Facility[] {
  const isLinux = process.platform === 'linux' && process.arch === 'x64';
  const machine = `${process.platform} ${process.arch}`;
  const valgrind = findProgram('valgrind');
  const libexec = LIBEXEC.find((path) => existsSync(join(path, LACKEY)));
  return [
    facility('machine', isLinux ? machine : undefined, machine, 'capture on x86-64 Linux'),
    facility('valgrind', valgrind, 'no valgrind on the PATH', 'apt-get install valgrind'),
    facility('valgrind tools', libexec, `${LACKEY} is not there`, 'apt-get install valgrind'),
  ];
}

function facility(
  id: string,
  found: string | undefined,
  missing: string,
  remedy: string,
): Facility {
  const isThere = found !== undefined;
  return { id, isThere, detail: found ?? missing, remedy: isThere ? '' : remedy };
}

/** The full path of `name` on the PATH; of itself when it is a path. */
export function findProgram(name: string): string | undefined {
  if (name.includes('/')) return existsSync(name) ? name : undefined;
  const folders = (process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter);
  return folders.map((folder) => join(folder || '.', name)).find((path) => existsSync(path));
}

export function valgrindVersion(): string {
  return execFileSync('valgrind', ['--version'], { encoding: 'utf8' }).trim();
}

/** The directory for VALGRIND_LIB with our tool in it, made when it is not there yet. */
export function prepareTool(): string {
  const missing = toolFacilities().find(({ isThere }) => !isThere);
  if (missing !== undefined) {
    throw new EnvironmentError(
      `capture: the method valgrind does not work here: ${missing.detail}.`,
      missing.remedy,
    );
  }
  const source = sourcePath();
  const version = valgrindVersion();
  const digest = createHash('sha256')
    .update([version, ...COMPILER_FLAGS, ...LINKER_FLAGS, readFileSync(source, 'utf8')].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'evictlab');
  const folder = join(cache, `${version}-${digest}`);
  if (existsSync(join(folder, TOOL))) return folder;
  mkdirSync(cache, { recursive: true });
  const building = mkdtempSync(join(cache, 'building-'));
  try {
    build(source, building);
    renameSync(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    // Somebody else was faster.
    if (existsSync(join(folder, TOOL))) return folder;
    throw error;
  }
  return folder;
}

function build(source: string, folder: string): void {
  const include = INCLUDE.find((path) => existsSync(join(path, 'pub_tool_tooliface.h')))!;
  const archives = ARCHIVES.find((path) => existsSync(join(path, COREGRIND)))!;
  const libexec = LIBEXEC.find((path) => existsSync(join(path, LACKEY)))!;
  const object = join(folder, 'tool.o');
  const libraries = ['coregrind', 'vex', 'gcc-sup'].map((name) =>
    join(archives, `lib${name}-amd64-linux.a`),
  );
  compile([...COMPILER_FLAGS, `-I${include}`, '-c', source, '-o', object]);
  compile([...LINKER_FLAGS, '-o', join(folder, TOOL), object, ...libraries, '-lgcc']);
  rmSync(object);
  for (const name of readdirSync(libexec)) symlinkSync(join(libexec, name), join(folder, name));
}

function compile(args: readonly string[]): void {
  try {
    execFileSync('gcc', args, { stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error);
    throw new EnvironmentError(
      `capture: gcc could not build the Valgrind tool: ${said.trim().split('\n')[0]}`,
      'use --method lackey, or report it with the versions of gcc and valgrind',
    );
  }
}

/** Beside this file in src, where it stays when this file is compiled to dist. */
function sourcePath(): string {
  const places = ['./valgrind/evictlab_capture.c', '../../src/capture/valgrind/evictlab_capture.c'];
  const paths = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) {
    throw new EnvironmentError(
      'capture: the source of the Valgrind tool is not in the package.',
      'reinstall evictlab',
    );
  }
  return found;
}
