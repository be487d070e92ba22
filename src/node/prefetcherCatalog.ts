/*
 * The prefetchers there are: whatever is in prefetch/. And what a user may write for one:
 *
 *   none                       an id of the catalog
 *   stride:minRun=3            with options, numbers all; several separated by commas
 *   replay:saved.profile       one that needs a profile, with the file that holds it
 */
import type { PrefetcherSpec } from '../engine/prefetcher.ts';
import type { NamedPrefetcher } from '../engine/readAhead.ts';
import { InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import { readModuleFolder } from './moduleFolder.ts';
import { parseOptions } from './namedOptions.ts';
import { readProfile } from './profileFile.ts';

/** All prefetchers by id, in order of id. */
export async function loadPrefetchers(): Promise<Map<string, PrefetcherSpec>> {
  const folder = new URL('../prefetch/', import.meta.url);
  const specs = await readModuleFolder<PrefetcherSpec>(folder, 'prefetcher');
  return new Map(specs.map((spec) => [spec.id, spec]));
}

/** Finds what `text` names; every mistake in it is an InputError that says what would be right. */
export async function resolvePrefetcher(text: string): Promise<NamedPrefetcher> {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? undefined : text.slice(colon + 1);
  const prefetchers = await loadPrefetchers();
  const spec = prefetchers.get(name);
  if (spec === undefined) {
    const meant = nearest(name, prefetchers.keys());
    throw new InputError(
      `there is no prefetcher "${name}".`,
      meant === undefined
        ? `one of: ${[...prefetchers.keys()].join(' ')}`
        : `did you mean ${meant}?`,
    );
  }
  if (spec.needsProfile === undefined) {
    const { defaults } = spec;
    return { spec, options: parseOptions(rest, { kind: 'prefetcher', name, defaults }) };
  }
  if (rest === undefined || rest === '') {
    throw new InputError(
      `the prefetcher "${name}" needs the profile of an earlier run.`,
      `write it as ${name}:FILE; --save-profile makes one`,
    );
  }
  return { spec, options: {}, profile: await readProfile(rest) };
}
