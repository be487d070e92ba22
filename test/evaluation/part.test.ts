import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNIT_PRICES } from '../../src/engine/machine.ts';
import type { FaultCounts } from '../../src/engine/memory.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replay } from '../../src/engine/replay.ts';
import { borderOf, countsFrom, partRow } from '../../src/evaluation/part.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { firstReferences } from '../../src/fingerprint/firstReferences.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { stringOf } from '../support/references.ts';

const catalog = await loadPolicies();
const strings = randomStrings({ pages: 12, minLength: 2, maxLength: 150 });
const frames = fc.integer({ min: 1, max: 9 });
const shares = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);

const COUNTED = ['minorFaults', 'softFaults', 'pageIns', 'pageOuts', 'evictions'] as const;

/** MIN by a list of pages, counting the page-ins at and after `from`; all pages are of files. */
function naiveMinFrom({ pages }: ReferenceString, frameCount: number, from: number): number {
  const resident: number[] = [];
  let counted = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    if (resident.includes(pages[tick])) continue;
    if (tick >= from) counted++;
    if (resident.length === frameCount) {
      const next = resident.map((page) => {
        const at = pages.indexOf(page, tick);
        return at < 0 ? Number.POSITIVE_INFINITY : at;
      });
      resident.splice(next.indexOf(Math.max(...next)), 1);
    }
    resident.push(pages[tick]);
  }
  return counted;
}

describe('counts from a reference on', () => {
  it.each([
    'lru',
    'sieve',
    'clock',
    'random',
    'aging',
    's3-fifo',
    'duel',
    'linux-classic',
    'wsclock',
  ])('are under %s what the whole run has more than one that ends there', (id) => {
    const policy = catalog.get(id)!;
    const property = fc.property(strings, frames, shares, (references, frameCount, share) => {
      const from = borderOf(references.pages.length, share);
      const run = { frameCount, policy, seed: 4 };
      const later = countsFrom(references, run, from);
      const whole = replay(references, run);
      const before = replay(firstReferences(references, from), run);
      expect(later.references).toBe(references.pages.length - from);
      expect([later.dirtyAtEnd, later.meanFreeFrames]).toEqual([
        whole.dirtyAtEnd,
        whole.meanFreeFrames,
      ]);
      // A pager may write when its interval comes, which at the border is before the reference.
      const isPager = policy.usesPager === true;
      for (const name of isPager ? (['pageIns', 'minorFaults'] as const) : COUNTED) {
        expect([name, later[name]]).toEqual([name, whole[name] - before[name]]);
      }
    });
    fc.assert(property, { seed: 91, numRuns: 40 });
  });

  it('are under MIN those of a run that knows the whole string, naively', () => {
    const property = fc.property(
      fc.array(fc.nat(9), { minLength: 2, maxLength: 120 }),
      frames,
      shares,
      (pages, frameCount, share) => {
        const references = stringOf(
          pages,
          pages.map(() => 0),
        );
        const from = borderOf(pages.length, share);
        const run = { frameCount, policy: catalog.get('min')!, seed: 1 };
        // Which of the pages never used again leaves costs nothing, so the counts are the same.
        expect(countsFrom(references, run, from).pageIns).toBe(
          naiveMinFrom(references, frameCount, from),
        );
      },
    );
    fc.assert(property, { seed: 92, numRuns: 200 });
  });
});

describe('a row of a study later in time', () => {
  const key = {
    fingerprint: 'a',
    digest: 'sha256:0',
    policy: 'own',
    observes: 'faults',
    frames: 4,
    size: '4',
    seed: 1,
  } as const;
  const counts = (pageIns: number): FaultCounts => ({
    references: 100,
    minorFaults: 0,
    softFaults: 0,
    pageIns,
    pageOuts: 7,
    evictions: 0,
    meanFreeFrames: 0,
    dirtyAtEnd: 5,
  });
  const rowOf = (pageIns: number, lru: number, min: number, prices = UNIT_PRICES) =>
    partRow(key, 50, { counts: counts(pageIns), lru: counts(lru), min: counts(min) }, prices);

  it('has a share closed where LRU has more page-ins than MIN in the part, and else none', () => {
    expect(rowOf(60, 80, 40).closedPercent).toBe(50);
    expect(rowOf(30, 80, 40).closedPercent).toBe(125);
    expect(rowOf(60, 40, 40).closedPercent).toBe(null);
    // MIN is of the whole string, and may pay behind the border for what it saved before.
    expect(rowOf(60, 39, 40).closedPercent).toBe(null);
  });

  it('charges what is dirty at the end where that is asked for', () => {
    expect(rowOf(60, 80, 40)).toMatchObject({ pageOuts: 7, cost: 67, from: 50 });
    const charged = { ...UNIT_PRICES, chargeFinal: true };
    expect(rowOf(60, 80, 40, charged)).toMatchObject({ pageOuts: 12, cost: 72 });
  });
});

describe('the first references', () => {
  it('are those, with what is released before the last of them', () => {
    const property = fc.property(strings, shares, (references, share) => {
      const count = borderOf(references.pages.length, share);
      const first = firstReferences(references, count);
      expect([...first.pages]).toEqual([...references.pages].slice(0, count));
      expect([...first.writes]).toEqual([...references.writes].slice(0, count));
      expect(first.pageCount).toBe(references.pageCount);
      const rows = ({ releases }: ReferenceString): number[][] =>
        [...(releases?.ticks ?? [])].map((tick, row) => [
          tick,
          ...releases!.pages.slice(releases!.firstPage[row], releases!.firstPage[row + 1]),
        ]);
      expect(rows(first)).toEqual(rows(references).filter(([tick]) => tick < count));
      // A next use behind them is none.
      expect([...computeNextUse(first).next].every((next) => next <= count)).toBe(true);
    });
    fc.assert(property, { seed: 93, numRuns: 200 });
  });
});
