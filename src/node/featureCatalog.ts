/** The features there are: whatever is in dataset/features. */
import type { Feature } from '../dataset/feature.ts';
import { InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import { readModule, readModuleFolder } from './moduleFolder.ts';

const FOLDER = new URL('../dataset/features/', import.meta.url);

/** In order of id. */
export function readFeatureCatalog(): Promise<readonly Feature[]> {
  return readModuleFolder<Feature>(FOLDER, 'feature');
}

/** Those of these ids, perhaps with others; an id that is not among them is of no feature. */
export async function readFeaturesOf(ids: readonly string[]): Promise<readonly Feature[]> {
  const found: Feature[] = [];
  for (const id of ids) {
    const feature = await readModule<Feature>(FOLDER, 'feature', id);
    if (feature === undefined) return readFeatureCatalog();
    found.push(feature);
  }
  return found;
}

/** Those of these ids, in that order; undefined: all. */
export async function readFeatures(
  ids: readonly string[] | undefined,
): Promise<readonly Feature[]> {
  if (ids === undefined) return readFeatureCatalog();
  const catalog = await readFeaturesOf(ids);
  const known = catalog.map(({ id }) => id);
  return ids.map((id, i) => {
    if (ids.indexOf(id) < i) {
      throw new InputError(`the feature "${id}" is named twice`, 'name each feature once');
    }
    const feature = catalog[known.indexOf(id)];
    if (feature !== undefined) return feature;
    const meant = nearest(id, known);
    throw new InputError(
      `unknown feature "${id}"`,
      meant === undefined ? 'list them with `evictlab features`' : `did you mean ${meant}?`,
    );
  });
}
