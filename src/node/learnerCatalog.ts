/** The learners there are: whatever is in learning/learners. */
import type { Learner } from '../learning/learner.ts';
import { readModuleFolder } from './moduleFolder.ts';

/** In order of id. */
export function readLearnerCatalog(): Promise<readonly Learner[]> {
  return readModuleFolder<Learner>(new URL('../learning/learners/', import.meta.url), 'learner');
}
