/** Random reference strings for properties: both page kinds, writes, and exits. */
import fc from 'fast-check';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { stringOf } from './references.ts';

export interface RandomStringOptions {
  readonly pages: number;
  /** 1 when absent. */
  readonly minLength?: number;
  readonly maxLength: number;
  readonly maxReleases?: number;
}

/** Strings of minLength … maxLength references; a page is released only after its last use, as exits do. */
export function randomStrings(options: RandomStringOptions): fc.Arbitrary<ReferenceString> {
  const { pages: pageCount, minLength = 1, maxLength, maxReleases = 3 } = options;
  const page = fc.nat(pageCount - 1);
  return fc
    .record({
      touches: fc.array(fc.record({ page, write: fc.nat(1) }), { minLength, maxLength }),
      anonymous: fc.uniqueArray(page),
      released: fc.uniqueArray(page, { maxLength: maxReleases }),
    })
    .map(({ touches, anonymous, released }) => {
      const pages = touches.map((touch) => touch.page);
      const writes = touches.map((touch) => touch.write);
      const rows = released
        .filter((gone) => pages.includes(gone))
        .map((gone): [number, number] => [pages.lastIndexOf(gone) + 1, gone])
        .sort(([a], [b]) => a - b);
      return stringOf(pages, writes, { anonymous, released: rows });
    });
}
