/*
 * Profiles as files of JSON: the pages that were resident when a run ended, by object and index.
 *
 *   {"format": "evictlab profile", "version": 1, "objects": [0, 0, 3], "indices": [256, 257, 4]}
 */
import type { PrefetchProfile } from '../engine/prefetcher.ts';
import { InputError } from '../support/assert.ts';
import { writeAtomically } from './atomicWrite.ts';
import { readText } from './readText.ts';

const FORMAT = 'evictlab profile';
const VERSION = 1;

/** Of some ten million pages. */
const PROFILE_BYTES_MAX = 2 ** 28;

/** Same profile, same bytes. */
export function writeProfile(path: string, { objects, indices }: PrefetchProfile): Promise<void> {
  const value = {
    format: FORMAT,
    version: VERSION,
    objects: Array.from(objects),
    indices: Array.from(indices),
  };
  const bytes = new TextEncoder().encode(`${JSON.stringify(value)}\n`);
  return writeAtomically(path, (sink) => sink.write(bytes));
}

/** The profile in the file `path`; an InputError that names the file when there is none. */
export async function readProfile(path: string): Promise<PrefetchProfile> {
  const text = await readText(path, PROFILE_BYTES_MAX);
  const require = (holds: boolean, what: string): void => {
    if (holds) return;
    throw new InputError(`${path}: ${what}.`, 'make one with `evictlab simulate --save-profile`');
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    require(false, 'it is not JSON');
  }
  require(typeof value === 'object' && value !== null, 'it is no profile');
  const { format, version, objects, indices } = value as Readonly<Record<string, unknown>>;
  require(format === FORMAT, 'it is no profile');
  require(version === VERSION, `it has version ${String(version)}, not ${VERSION}`);
  const isColumn = (column: unknown): column is number[] =>
    Array.isArray(column) && column.every((entry) => Number.isInteger(entry) && entry >= 0);
  if (!isColumn(objects) || !isColumn(indices) || objects.length !== indices.length) {
    throw new InputError(`${path}: its columns are damaged.`, 'save the profile again');
  }
  return { objects: Uint32Array.from(objects), indices: Float64Array.from(indices) };
}
