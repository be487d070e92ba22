import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressSpace, type Region } from '../../src/capture/addressSpace.ts';

const change = fc.record({
  isMap: fc.boolean(),
  start: fc.nat(30),
  length: fc.integer({ min: 1, max: 12 }),
  file: fc.nat(2),
});

/** `file/page` of each page, as a list of pages would have it. */
function show(space: AddressSpace, page: number): string | undefined {
  const region = space.find(page);
  if (region?.backing.kind !== 'file') return undefined;
  return `${region.backing.path}/${Number(region.backing.offset) / 4096 + page - region.start}`;
}

describe('an address space', () => {
  it('maps each page to what a list of pages would', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const space = new AddressSpace();
        const pages = new Map<number, string>();
        for (const { isMap, start, length, file } of changes) {
          const end = start + length;
          const taken = space.unmap(start, end).reduce((sum, r) => sum + r.end - r.start, 0);
          let expected = 0;
          for (let page = start; page < end; page++) if (pages.delete(page)) expected++;
          expect(taken).toBe(expected);
          if (!isMap) continue;
          const backing: Region['backing'] = {
            kind: 'file',
            path: `${file}`,
            offset: 4096n * 7n,
            shared: false,
          };
          space.map({
            start,
            end,
            backing,
            use: 'data',
            isHidden: false,
            isPrivate: false,
            born: 0,
          });
          for (let page = start; page < end; page++) pages.set(page, `${file}/${page - start + 7}`);
        }
        const copy = new AddressSpace(space);
        space.clear();
        for (let page = 0; page < 50; page++) expect(show(copy, page)).toBe(pages.get(page));
      }),
      { numRuns: 300, seed: 20_030_614 },
    );
  });
});
