import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldsOf } from '../../src/dataset/split.ts';
import { InputError } from '../../src/support/assert.ts';

describe('foldsOf', () => {
  it('holds out each fingerprint in turn', () => {
    expect(foldsOf(['b', 'a', 'c'], 'leave-one-out')).toEqual([
      { train: ['b', 'c'], test: ['a'] },
      { train: ['a', 'c'], test: ['b'] },
      { train: ['a', 'b'], test: ['c'] },
    ]);
  });

  it('keeps a family together', () => {
    const families = { python1: 'python', python2: 'python' };
    expect(foldsOf(['python1', 'xz', 'python2'], 'leave-one-out', families)).toEqual([
      { train: ['xz'], test: ['python1', 'python2'] },
      { train: ['python1', 'python2'], test: ['xz'] },
    ]);
  });

  it('holds out every fingerprint once and never beside its family, in any order of names', () => {
    const letters = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), {
      minLength: 5,
      maxLength: 20,
    });
    const isSplittable = (names: readonly string[]): boolean =>
      new Set(names.map((name) => name[0])).size >= 3;
    fc.assert(
      fc.property(letters.filter(isSplittable), (names) => {
        const families = Object.fromEntries(names.map((name) => [name, name[0]]));
        const folds = foldsOf(names, 3, families);
        expect(folds.flatMap((fold) => fold.test).sort()).toEqual([...names].sort());
        for (const { train, test } of folds) {
          expect([...train, ...test].sort()).toEqual([...names].sort());
          expect(test.some((name) => train.some((other) => other[0] === name[0]))).toBe(false);
        }
        expect(foldsOf([...names].reverse(), 3, families)).toEqual(folds);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('refuses more folds than families, one fold, and a name given twice', () => {
    expect(() => foldsOf(['a', 'b'], 3)).toThrow(InputError);
    expect(() => foldsOf(['a', 'b'], 1)).toThrow(InputError);
    expect(() => foldsOf(['a'], 'leave-one-out')).toThrow(InputError);
    expect(() => foldsOf(['a', 'b', 'a'], 2)).toThrow(InputError);
  });
});
