/** Folds within the fingerprints a model is fitted on: settings are chosen by what is held out. */
import { type Fold, foldsOf } from '../dataset/split.ts';

/** Maps a fingerprint to its family; one that is not in it is a family of its own. */
export type Families = Readonly<Record<string, string>>;

/** At most `foldCount` folds; none when there are fewer than two families or folds. */
export function innerFolds(
  fingerprints: Iterable<string>,
  foldCount: number,
  families: Families,
): readonly Fold[] {
  const names = [...new Set(fingerprints)];
  const familyOf = (name: string): string =>
    Object.hasOwn(families, name) ? families[name] : name;
  const familyCount = new Set(names.map(familyOf)).size;
  const count = Math.min(foldCount, familyCount);
  return count < 2 ? [] : foldsOf(names, count, families);
}
