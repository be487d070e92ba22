import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockSizes,
  fittingBlocks,
  granularity,
  memoryBlocks,
} from '../../src/evaluation/memoryBlocks.ts';

const placed = fc
  .array(fc.tuple(fc.nat(2), fc.nat(100)), { minLength: 1, maxLength: 40 })
  .map((list) => ({
    pageCount: list.length,
    places: {
      objects: Uint32Array.from(list, ([object]) => object),
      indices: Float64Array.from(list, ([, index]) => index),
    },
  }));

const named = (
  { places }: { places: { objects: Uint32Array; indices: Float64Array } },
  k: number,
) => [...places.objects].map((object, page) => `${object}/${Math.floor(places.indices[page] / k)}`);

describe('memory blocks', () => {
  it('are one for all pages of an object and aligned run, in order of address', () => {
    fc.assert(
      fc.property(placed, fc.constantFrom(1, 2, 8, 64), (pages, size) => {
        const { blockOf, blockCount } = memoryBlocks(pages, size);
        const names = named(pages, size);
        expect(blockCount).toBe(new Set(names).size);
        names.forEach((name, a) => {
          names.forEach((other, b) => {
            expect(blockOf[a] === blockOf[b]).toBe(name === other);
            const [objectA, objectB] = [pages.places.objects[a], pages.places.objects[b]];
            const isBefore =
              objectA < objectB ||
              (objectA === objectB && pages.places.indices[a] < pages.places.indices[b]);
            if (isBefore) expect(blockOf[a]).toBeLessThanOrEqual(blockOf[b]);
          });
        });
      }),
      { seed: 9, numRuns: 60 },
    );
  });

  it('come from one page to 64 MB', () => {
    const sizes = blockSizes(4096);
    expect([sizes[0], sizes[sizes.length - 1] * 4096, sizes.length]).toEqual([1, 2 ** 26, 15]);
    expect(blockSizes(2 ** 30)).toEqual([1]);
  });

  it('are taken as fine as fit, and without a place a page is its own number', () => {
    expect(fittingBlocks({ pageCount: 100 }, 4096, 30).pagesPerBlock).toBe(4);
    expect(fittingBlocks({ pageCount: 100 }, 4096, 100).blockCount).toBe(100);
    expect(fittingBlocks({ pageCount: 100 }, 2 ** 26, 10).blockCount).toBe(100);
  });

  it('are used the less the larger they are, and all of one page', () => {
    fc.assert(
      fc.property(placed, (pages) => {
        const rows = granularity(pages, 4096);
        expect(rows[0].usedPercent).toBe(100);
        rows.forEach(({ blocks, blockBytes, usedPercent }, i) => {
          expect(blocks).toBe(new Set(named(pages, blockBytes / 4096)).size);
          if (i > 0) expect(usedPercent).toBeLessThanOrEqual(rows[i - 1].usedPercent);
        });
      }),
      { seed: 9, numRuns: 60 },
    );
  });
});
