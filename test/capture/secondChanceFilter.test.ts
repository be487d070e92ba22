import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TouchKind } from '../../src/capture/logReader.ts';
import { SecondChanceFilter } from '../../src/capture/secondChanceFilter.ts';
import { PageKind, type ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { lruFaultCurve } from '../../src/optimal/faultCurve.ts';

interface Touch {
  readonly page: number;
  readonly isWrite: boolean;
}

function filtered(touches: readonly Touch[], pageCount: number): Touch[] {
  const told: Touch[] = [];
  const filter = new SecondChanceFilter(pageCount, (kind, page) => {
    told.push({ page, isWrite: kind === TouchKind.Write });
  });
  for (const { page, isWrite } of touches) {
    filter.touch(isWrite ? TouchKind.Write : TouchKind.Read, page);
  }
  return told;
}

function stringOf(touches: readonly Touch[], pageCount: number): ReferenceString {
  return {
    pages: Uint32Array.from(touches, ({ page }) => page),
    writes: Uint8Array.from(touches, ({ isWrite }) => Number(isWrite)),
    pageCount,
    kinds: new Uint8Array(pageCount).fill(PageKind.File),
    releases: undefined,
  };
}

const PAGE_COUNT = 24;
const anyTouches = fc.array(
  fc.record({
    // Some pages are in use all the time.
    page: fc.oneof(fc.nat(PAGE_COUNT - 1), fc.nat(4)),
    isWrite: fc.boolean(),
  }),
  { minLength: 1, maxLength: 400 },
);

describe('the filter', () => {
  it('of one page drops immediate repeats and nothing else', () => {
    const touch = (page: number, isWrite = false): Touch => ({ page, isWrite });
    const touches = [touch(1), touch(1), touch(1, true), touch(1, true), touch(2), touch(1)];
    expect(filtered(touches, 1)).toEqual([touch(1), touch(1, true), touch(2), touch(1)]);
  });

  it('never tells more than happened, and tells each page and each written page', () => {
    fc.assert(
      fc.property(anyTouches, fc.integer({ min: 1, max: 8 }), (touches, pageCount) => {
        const told = filtered(touches, pageCount);
        expect(told.length).toBeLessThanOrEqual(touches.length);
        const pages = (list: readonly Touch[]) => new Set(list.map(({ page }) => page));
        const written = (list: readonly Touch[]) => pages(list.filter(({ isWrite }) => isWrite));
        expect(pages(told)).toEqual(pages(touches));
        expect(written(told)).toEqual(written(touches));
      }),
      { numRuns: 300, seed: 20_030_614 },
    );
  });

  it('moves LRU page-ins by no more than 2 K frames would', () => {
    fc.assert(
      fc.property(anyTouches, fc.integer({ min: 1, max: 5 }), (touches, pageCount) => {
        const truth = lruFaultCurve(stringOf(touches, PAGE_COUNT)).pageIns;
        const curve = lruFaultCurve(stringOf(filtered(touches, pageCount), PAGE_COUNT)).pageIns;
        const at = (pageIns: readonly number[], frames: number): number =>
          pageIns[Math.min(pageIns.length, frames) - 1];
        const slack = pageCount === 1 ? 0 : 2 * pageCount;
        for (let frames = slack + 1; frames <= PAGE_COUNT; frames++) {
          expect(at(curve, frames)).toBeGreaterThanOrEqual(at(truth, frames + slack));
          expect(at(curve, frames)).toBeLessThanOrEqual(at(truth, frames - slack));
        }
      }),
      { numRuns: 300, seed: 20_030_614 },
    );
  });
});
