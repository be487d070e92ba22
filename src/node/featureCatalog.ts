/** The features there are: whatever is in dataset/features. */
import type { Feature } from '../dataset/feature.ts';
import { InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import { readModuleFolder } from './moduleFolder.ts';

/** In order of id. */
export function readFeatureCatalog(): Promise<readonly Feature[]> {
  return readModuleFolder<Feature>(new URL('../dataset/features/', import.meta.url), 'feature');
}

/** Those of these ids, in that order; undefined: all. */
export async function readFeatures(
  ids: readonly string[] | undefined,
): Promise<readonly Feature[]> {
  const catalog = await readFeatureCatalog();
  if (ids === undefined) return catalog;
  const known = catalog.map(({ id }) => id);
  return ids.map((id) => {
    const feature = catalog[known.indexOf(id)];
    if (feature !== undefined) return feature;
    const meant = nearest(id, known);
    throw new InputError(
      `unknown feature "${id}"`,
      meant === undefined ? 'list them with `evictlab features`' : `did you mean ${meant}?`,
    );
  });
}
