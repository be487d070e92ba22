import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TouchKind } from '../../src/capture/logReader.ts';
import { SafeDropFilter } from '../../src/capture/safeDropFilter.ts';
import { TouchOrder } from '../../src/capture/touchOrder.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replay } from '../../src/engine/replay.ts';
import { PageKind, type ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { lruFaultCurve, minFaultCurve } from '../../src/optimal/faultCurve.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { policy as min } from '../../src/policies/min.ts';

const SEED = 20_030_614;
const PAGE_COUNT = 16;

interface Touch {
  readonly page: number;
  readonly isWrite: boolean;
}

/** What happens besides touches: nothing, an event, or an event behind which the filter is empty. */
type Break = 'none' | 'settle' | 'flush' | 'forget';

interface Step extends Touch {
  readonly before: Break;
}

function filtered(steps: readonly (Touch & Partial<Step>)[], pageCount: number): Touch[] {
  const told: Touch[] = [];
  const order = new TouchOrder((kind, page) => {
    told.push({ page, isWrite: kind === TouchKind.Write });
  });
  const filter = new SafeDropFilter(pageCount, (kind, page, time) =>
    order.add(kind, page, time, 0),
  );
  steps.forEach(({ page, isWrite, before }, i) => {
    if (before === 'settle') filter.settle();
    else if (before === 'flush') filter.flush();
    else if (before === 'forget') filter.forget(page, page + 5);
    if (before === 'settle' || before === 'flush') order.flush(i);
    filter.touch(isWrite ? TouchKind.Write : TouchKind.Read, page, Math.floor(i / 3));
  });
  filter.flush();
  order.flush(steps.length);
  return told;
}

function stringOf(touches: readonly Touch[], kind: number = PageKind.File): ReferenceString {
  return {
    pages: Uint32Array.from(touches, ({ page }) => page),
    writes: Uint8Array.from(touches, ({ isWrite }) => Number(isWrite)),
    pageCount: PAGE_COUNT,
    kinds: new Uint8Array(PAGE_COUNT).fill(kind),
    releases: undefined,
  };
}

function faultsOf(references: ReferenceString, policy: typeof lru | typeof min, frames: number) {
  const victims: number[] = [];
  const { pageIns, pageOuts, minorFaults, evictions, dirtyAtEnd } = replay(references, {
    frameCount: frames,
    policy,
    seed: 1,
    nextUse: computeNextUse(references),
    observe: (memory) => (victim, wanted) =>
      void victims.push(memory.frames.pageOf[victim], wanted),
  });
  return { pageIns, pageOuts, minorFaults, evictions, dirtyAtEnd, victims };
}

const anyBreak: fc.Arbitrary<Break> = fc.oneof(
  { weight: 40, arbitrary: fc.constant('none' as const) },
  { weight: 1, arbitrary: fc.constantFrom('settle' as const, 'flush' as const, 'forget' as const) },
);
const anySteps = fc.array(
  fc.record({
    // Some pages are in use all the time.
    page: fc.oneof(fc.nat(PAGE_COUNT - 1), fc.nat(4)),
    isWrite: fc.oneof(fc.constant(false), fc.boolean()),
    before: anyBreak,
  }),
  { minLength: 1, maxLength: 250, size: 'max' },
);
const anyPageCount = fc.integer({ min: 1, max: 8 });

const reads = (pages: string): Touch[] =>
  Array.from(pages, (letter) => ({ page: letter.charCodeAt(0) - 97, isWrite: false }));
const letters = (touches: readonly Touch[]): string =>
  touches.map(({ page }) => String.fromCharCode(97 + page)).join('');

describe('the filter', () => {
  it('of one page drops immediate repeats and nothing else', () => {
    const touch = (page: number, isWrite = false): Touch => ({ page, isWrite });
    const touches = [touch(1), touch(1), touch(1, true), touch(1, true), touch(2), touch(1)];
    expect(filtered(touches, 1)).toEqual([touch(1), touch(1, true), touch(2), touch(1)]);
  });

  it.each([
    ['xaxaxax', 2, 'xaax', 'the middles as long as fewer than K others are between'],
    ['xaxbxcxdx', 2, 'xaxbxcxdx', 'no middles of a page in use while K others pass'],
    ['xaxbxcxdx', 3, 'xabxcdx', 'every other of them with K one more'],
    ['abcabcabc', 2, 'abcabcabc', 'nothing of a loop of more than K pages'],
    ['abcabcabc', 3, 'abcabc', 'all but the first and the last of one that fits'],
  ])('of %j with K = %i tells %j: it drops %s', (pages, pageCount, expected) => {
    expect(letters(filtered(reads(pages), pageCount))).toBe(expected);
  });

  it('tells a write that it dropped with the next record of its page', () => {
    const touch = (page: number, isWrite = false): Touch => ({ page, isWrite });
    const steps = [touch(1, true), touch(2), touch(1, true), touch(1)];
    expect(filtered(steps, 3)).toEqual([touch(1, true), touch(2), touch(1, true)]);
  });

  it('leaves a part of what happened, with each page and each written page', () => {
    fc.assert(
      fc.property(anySteps, anyPageCount, (steps, pageCount) => {
        const told = filtered(steps, pageCount);
        let at = 0;
        for (const { page } of told) {
          while (at < steps.length && steps[at].page !== page) at++;
          at++;
        }
        expect(at).toBeLessThanOrEqual(steps.length);
        const pages = (list: readonly Touch[]) => new Set(list.map(({ page }) => page));
        const written = (list: readonly Touch[]) => pages(list.filter(({ isWrite }) => isWrite));
        expect(pages(told)).toEqual(pages(steps));
        expect(written(told)).toEqual(written(steps));
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  it('costs LRU the same in every memory of K frames and more, and MIN with pages of files', () => {
    let before = 0;
    let after = 0;
    fc.assert(
      fc.property(anySteps, anyPageCount, (steps, pageCount) => {
        const told = filtered(steps, pageCount);
        before += steps.length;
        after += told.length;
        for (const kind of [PageKind.File, PageKind.Anonymous]) {
          const [whole, less] = [stringOf(steps, kind), stringOf(told, kind)];
          for (let frames = pageCount; frames <= PAGE_COUNT + 1; frames++) {
            for (const policy of kind === PageKind.File ? [lru, min] : [lru]) {
              expect(faultsOf(less, policy, frames)).toEqual(faultsOf(whole, policy, frames));
            }
          }
        }
        for (const curve of [lruFaultCurve, minFaultCurve]) {
          const pageIns = (touches: readonly Touch[]) =>
            curve(stringOf(touches)).pageIns.slice(pageCount - 1);
          expect(pageIns(told)).toEqual(pageIns(steps));
        }
      }),
      { numRuns: 200, seed: SEED },
    );
    // Or the property would say nothing.
    expect(after).toBeLessThan(0.9 * before);
  });
});
