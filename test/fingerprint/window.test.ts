import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { windowOf, windowStart } from '../../src/fingerprint/window.ts';
import { randomStrings } from '../support/randomStrings.ts';

const strings = randomStrings({ pages: 14, maxLength: 80, maxReleases: 6 }).chain((references) =>
  fc
    .tuple(
      fc.array(fc.nat(9), {
        minLength: references.pages.length,
        maxLength: references.pages.length,
      }),
      fc.boolean(),
    )
    .map(([numbers, isKnown]): ReferenceString => {
      if (!isKnown) return references;
      const pages = Array.from({ length: references.pageCount }, (_, page) => page);
      return {
        ...references,
        sequences: Uint32Array.from(numbers),
        signatures: Uint32Array.from(numbers, (number) => 7 * number),
        uses: Uint8Array.from(pages, (page) => page % 5),
        places: {
          objects: Uint32Array.from(pages, (page) => page % 3),
          indices: Float64Array.from(pages, (page) => 100 + page),
        },
      };
    }),
);
const windows = fc.record({
  references: fc.integer({ min: 1, max: 100 }),
  from: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
});

describe('a window of a reference string', () => {
  it('has the references of it, their pages numbered in order of first use, and what is known of them', () => {
    const property = fc.property(strings, windows, (whole, window) => {
      const cut = windowOf(whole, window);
      const start = windowStart(whole.pages.length, window);
      const end = Math.min(start + window.references, whole.pages.length);
      const pages = [...whole.pages].slice(start, end);
      const known = [...new Set(pages)];
      expect(cut.pageCount).toBe(known.length);
      expect([...cut.pages].map((page) => known[page])).toEqual(pages);
      expect([...cut.writes]).toEqual([...whole.writes].slice(start, end));
      expect([...cut.kinds]).toEqual(known.map((page) => whole.kinds[page]));
      for (const column of ['sequences', 'signatures'] as const) {
        expect(cut[column] && [...cut[column]]).toEqual(
          whole[column] && [...whole[column]].slice(start, end),
        );
      }
      expect(cut.uses && [...cut.uses]).toEqual(
        whole.uses && known.map((page) => whole.uses![page]),
      );
      expect(cut.places && [...cut.places.indices]).toEqual(
        whole.places && known.map((page) => whole.places!.indices[page]),
      );
      expect(cut.places && [...cut.places.objects]).toEqual(
        whole.places && known.map((page) => whole.places!.objects[page]),
      );
    });
    fc.assert(property, { seed: 94, numRuns: 200 });
  });

  it('has the releases within it of pages that are used in it', () => {
    let released = 0;
    const property = fc.property(strings, windows, (whole, window) => {
      const cut = windowOf(whole, window);
      const start = windowStart(whole.pages.length, window);
      const end = Math.min(start + window.references, whole.pages.length);
      const known = [...new Set([...whole.pages].slice(start, end))];
      const pairs = ({ releases }: ReferenceString): number[][] =>
        [...(releases?.ticks ?? [])].flatMap((tick, row) =>
          [...releases!.pages.slice(releases!.firstPage[row], releases!.firstPage[row + 1])].map(
            (page) => [tick, page],
          ),
        );
      const expected = pairs(whole)
        .filter(([tick, page]) => tick > start && tick <= end && known.includes(page))
        .map(([tick, page]) => [tick - start, known.indexOf(page)]);
      expect(pairs(cut)).toEqual(expected);
      // Rows without a page would be there for nothing.
      expect(
        [...(cut.releases?.firstPage ?? [])].every(
          (first, i, all) => i === 0 || first > all[i - 1],
        ),
      ).toBe(true);
      expect(cut.releases === undefined).toBe(expected.length === 0);
      released += expected.length;
    });
    fc.assert(property, { seed: 95, numRuns: 200 });
    expect(released).toBeGreaterThan(50);
  });

  it('slides from the first reference to the last, and is all of a shorter string', () => {
    const starts = [0, 0.4, 1].map((from) => windowStart(1000, { references: 100, from }));
    expect(starts).toEqual([0, 360, 900]);
    expect(windowStart(99, { references: 100, from: 1 })).toBe(0);
  });
});
