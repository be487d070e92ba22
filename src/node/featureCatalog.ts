/** The features there are: whatever is in dataset/features. */
import type { Feature } from '../dataset/feature.ts';
import { readModuleFolder } from './moduleFolder.ts';

/** In order of id. */
export function readFeatureCatalog(): Promise<readonly Feature[]> {
  return readModuleFolder<Feature>(new URL('../dataset/features/', import.meta.url), 'feature');
}
