/*
 * What is fitted on and what is held out: whole fingerprints, never rows. Rows of one run resemble
 * each other, and a model tested on its own program's rows looks better than it is. Fingerprints of
 * one family (two captures of one interpreter, a mix and its parts) go the same way.
 */
import { assert, InputError } from '../support/assert.ts';

export interface Fold {
  readonly train: readonly string[];
  readonly test: readonly string[];
}

/**
 * Folds over fingerprints. `k` folds deal the families out in turn, in order of name;
 * 'leave-one-out' holds out one family a fold. `families` maps a fingerprint to its family; one
 * that is not in it is a family of its own. Every fingerprint is held out exactly once. The same
 * names give the same folds, in whatever order they come.
 */
export function foldsOf(
  names: readonly string[],
  k: number | 'leave-one-out',
  families: Readonly<Record<string, string>> = {},
): readonly Fold[] {
  const sorted = [...names].sort();
  const repeated = sorted.find((name, i) => name === sorted[i - 1]);
  if (repeated !== undefined) {
    throw new InputError(
      `the fingerprint "${repeated}" is there twice`,
      'give each fingerprint once, or give them different names',
    );
  }
  const familyOf = (name: string): string =>
    Object.hasOwn(families, name) ? families[name] : name;
  const order = [...new Set(sorted.map(familyOf))].sort();
  const foldCount = k === 'leave-one-out' ? order.length : k;
  if (!Number.isInteger(foldCount) || foldCount < 2 || foldCount > order.length) {
    throw new InputError(
      `${order.length} families of fingerprints cannot make ${foldCount} folds`,
      'give at least two families, and no more folds than families',
    );
  }
  const foldOf = new Map(order.map((family, i) => [family, i % foldCount]));
  return Array.from({ length: foldCount }, (_, i) => {
    const isHeldOut = (name: string): boolean => foldOf.get(familyOf(name)) === i;
    const fold = {
      train: sorted.filter((name) => !isHeldOut(name)),
      test: sorted.filter(isHeldOut),
    };
    assertDisjoint(fold, familyOf);
    return fold;
  });
}

function assertDisjoint({ train, test }: Fold, familyOf: (name: string) => string): void {
  const trained = new Set(train.map(familyOf));
  assert(test.length > 0, 'a fold holds something out');
  assert(train.length > 0, 'a fold has something to fit on');
  for (const name of test) assert(!trained.has(familyOf(name)), 'no family is on both sides');
}
