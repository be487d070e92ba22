/** The learners there are: whatever is in learning/learners. */
import type { Learner } from '../learning/learner.ts';
import { readModule, readModuleFolder } from './moduleFolder.ts';

const FOLDER = new URL('../learning/learners/', import.meta.url);

/** In order of id. */
export function readLearnerCatalog(): Promise<readonly Learner[]> {
  return readModuleFolder<Learner>(FOLDER, 'learner');
}

/** Undefined when there is none of this id. */
export async function findLearner(id: string): Promise<Learner | undefined> {
  const alone = await readModule<Learner>(FOLDER, 'learner', id);
  return alone ?? (await readLearnerCatalog()).find((learner) => learner.id === id);
}
