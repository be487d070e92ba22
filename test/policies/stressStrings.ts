/** Random strings that are harder than life: any page may be given back at any time, many times. */
import fc from 'fast-check';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { stringOf } from '../support/references.ts';

/**
 * Strings over 16 pages of both kinds, up to 400 references. Half of the references go to four
 * pages, so that some pages are in constant use; up to 20 exits.
 */
export const stressStrings: fc.Arbitrary<ReferenceString> = fc
  .record({
    touches: fc.array(fc.record({ page: fc.oneof(fc.nat(3), fc.nat(15)), write: fc.nat(1) }), {
      minLength: 1,
      maxLength: 400,
      size: 'max',
    }),
    anonymous: fc.uniqueArray(fc.nat(15)),
    released: fc.array(fc.tuple(fc.nat(400), fc.nat(15)), { maxLength: 20 }),
  })
  .map(({ touches, anonymous, released }) => {
    const rows = released
      .map(([tick, page]): [number, number] => [Math.min(tick, touches.length), page])
      .sort(([a], [b]) => a - b);
    return stringOf(
      touches.map(({ page }) => page),
      touches.map(({ write }) => write),
      { anonymous, released: rows },
    );
  });

/** The same of three processes, which take turns in any way. */
export const stressedProcesses: fc.Arbitrary<ReferenceString> = fc
  .tuple(stressStrings, fc.array(fc.nat(2), { minLength: 400, maxLength: 400 }))
  .map(([string, makers]) => ({
    ...string,
    sequences: Uint32Array.from(makers.slice(0, string.pages.length)),
  }));
