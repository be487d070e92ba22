import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionTable } from '../../src/dataset/decisionTable.ts';
import { feature as age } from '../../src/dataset/features/age.ts';
import { feature as dirty } from '../../src/dataset/features/dirty.ts';
import { feature as frequency } from '../../src/dataset/features/frequency.ts';
import { feature as recency } from '../../src/dataset/features/recency.ts';
import { type Labelling, labelDecisions } from '../../src/dataset/recorder.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replay } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { min } from '../../src/optimal/min.ts';
import { InputError } from '../../src/support/assert.ts';
import { Random } from '../../src/support/random.ts';
import { references, stringOf } from '../support/references.ts';
import { unsteadyPolicy } from '../support/unsteadyPolicy.ts';
import { fifo, lru } from './policies.ts';

const features = [age, dirty, frequency, recency];

function label(string: ReferenceString, changes: Partial<Labelling> = {}): DecisionTable {
  return labelDecisions(string, {
    fingerprint: 'test',
    digest: 'none',
    policy: min,
    frameCount: 3,
    seed: 1,
    nextUse: computeNextUse(string),
    features,
    candidates: 'all',
    ...changes,
  });
}

/** A row as the reader of the paper would write it down. */
interface NaiveRow {
  tick: number;
  page: number;
  age: number;
  dirty: number;
  frequency: number;
  recency: number;
  distance: number;
  io: number;
}

/** FIFO by objects and searches through the string; every eviction, rows in order of frame. */
function naiveFifo(string: ReferenceString, frameCount: number): NaiveRow[][] {
  const pages = [...string.pages];
  const memory: { page: number; loadedAt: number; uses: number[]; dirty: number }[] = [];
  const decisions: NaiveRow[][] = [];
  let loaded = 0;
  pages.forEach((page, tick) => {
    let entry = memory.find((one) => one.page === page);
    if (entry === undefined) {
      if (memory.length === frameCount) {
        decisions.push(
          memory.map((one) => {
            const next = pages.indexOf(one.page, tick);
            const distance = next < 0 ? Number.POSITIVE_INFINITY : next - tick;
            return {
              tick,
              page: one.page,
              age: tick - one.loadedAt,
              dirty: one.dirty,
              frequency: one.uses.length,
              recency: tick - Math.max(...one.uses),
              distance,
              io: (one.dirty + 1) / distance,
            };
          }),
        );
      }
      entry = { page, loadedAt: tick, uses: [], dirty: 0 };
      // The oldest page's frame is the one after the last used one.
      memory[loaded++ % frameCount] = entry;
    }
    entry.uses.push(tick);
    if (string.writes[tick] === 1) entry.dirty = 1;
  });
  return decisions;
}

/** What MIN evicts, in words: worthless first, then dirty for ever, then the farthest. */
function naiveVictim(rows: readonly NaiveRow[], isBlank: (row: NaiveRow) => boolean): number {
  const rank = (row: NaiveRow): number => {
    if (isBlank(row) || (row.distance === Number.POSITIVE_INFINITY && row.dirty === 0)) return 1e9;
    return Math.min(row.distance, 1e8);
  };
  const ranks = rows.map(rank);
  return ranks.indexOf(Math.max(...ranks));
}

const strings = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1 })), {
  minLength: 1,
  maxLength: 60,
});

describe('labelDecisions', () => {
  it('writes down features and labels as a naive replay and search finds them', () => {
    fc.assert(
      fc.property(
        strings,
        fc.boolean(),
        fc.integer({ min: 1, max: 5 }),
        (uses, anonymous, size) => {
          const string = stringOf(
            uses.map(([page]) => page),
            uses.map(([, write]) => write),
            { anonymous },
          );
          const table = label(string, { policy: fifo, frameCount: size });
          const naive = naiveFifo(string, size);
          const rows = naive.flat();
          expect([...table.tick]).toEqual(naive.map(([row]) => row.tick));
          expect([...table.firstRow]).toEqual([0, ...naive.map((_, i) => (i + 1) * size)]);
          expect([...table.page]).toEqual(rows.map((row) => row.page));
          for (const [i, id] of (['age', 'dirty', 'frequency', 'recency'] as const).entries()) {
            expect([...table.features[i]]).toEqual(rows.map((row) => row[id]));
          }
          expect([...table.forwardDistance]).toEqual(rows.map((row) => row.distance));
          expect([...table.ioScore]).toEqual(rows.map((row) => Math.fround(row.io)));
          const wasWritten = (row: NaiveRow): boolean =>
            uses.slice(0, row.tick).some(([page, write]) => page === row.page && write === 1);
          const victims = naive.flatMap((decision) => {
            const best = naiveVictim(decision, (row) => anonymous && !wasWritten(row));
            return decision.map((_, i) => (i === best ? 1 : 0));
          });
          expect([...table.optimalVictim]).toEqual(victims);
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });

  it('marks on the states of MIN a victim whose loss costs no more page-ins than MIN has', () => {
    const random = new Random(5);
    const pages = Array.from({ length: 400 }, () => random.below(5) * random.below(5));
    const string = stringOf(
      pages,
      pages.map(() => 0),
    );
    const table = label(string, { frameCount: 4 });
    const { evictions } = replay(string, { frameCount: 4, policy: min, seed: 1 });
    expect(table.provenance.evictions).toBe(evictions);
    expect(table.tick.length).toBe(evictions);
    for (let decision = 0; decision < evictions; decision++) {
      const rows = [0, 1, 2, 3].map((i) => table.firstRow[decision] + i);
      const distances = rows.map((row) => table.forwardDistance[row]);
      const marked = rows.filter((row) => table.optimalVictim[row] === 1);
      expect(marked.length).toBe(1);
      expect(table.forwardDistance[marked[0]]).toBe(Math.max(...distances));
    }
  });

  it('prefers among pages never used again the clean one', () => {
    // At the 3rd reference pages 0 (dirty) and 1 (clean) are both done with.
    const table = label(references('0w 1 2'), { frameCount: 2 });
    expect([...table.page]).toEqual([0, 1]);
    expect([...table.optimalVictim]).toEqual([0, 1]);
    expect([...table.ioScore]).toEqual([0, 0]);
  });

  it('prefers a blank page that comes back to a file page that does', () => {
    const string = references('0 1 2 1 0', { anonymous: [0] });
    const table = label(string, { frameCount: 2 });
    expect([...table.page.subarray(0, 2)]).toEqual([0, 1]);
    expect([...table.forwardDistance.subarray(0, 2)]).toEqual([2, 1]);
    expect([...table.optimalVictim.subarray(0, 2)]).toEqual([1, 0]);
  });

  const random = new Random(3);
  const longPages = Array.from({ length: 4000 }, () => random.below(8) * random.below(8));
  const long = stringOf(
    longPages,
    longPages.map((page) => page % 2),
  );

  it('samples the optimum, the policy’s own victim and others, all different', () => {
    const all = label(long, { policy: lru, frameCount: 12 });
    const some = label(long, { policy: lru, frameCount: 12, candidates: 4 });
    expect([...some.tick]).toEqual([...all.tick]);
    for (let decision = 0; decision < some.tick.length; decision++) {
      const whole = { from: all.firstRow[decision], to: all.firstRow[decision + 1] };
      const part = { from: some.firstRow[decision], to: some.firstRow[decision + 1] };
      const pages = [...some.page.subarray(part.from, part.to)];
      expect(new Set(pages).size).toBe(4);
      const best = all.optimalVictim.indexOf(1, whole.from);
      expect(pages).toContain(all.page[best]);
      expect(pages[some.optimalVictim.indexOf(1, part.from) - part.from]).toBe(all.page[best]);
      const recencies = all.features[3].subarray(whole.from, whole.to);
      const own = recencies.indexOf(Math.max(...recencies));
      expect(pages).toContain(all.page[whole.from + own]);
      for (let i = 0; i < 4; i++) {
        const row = all.page.indexOf(pages[i], whole.from);
        expect(row).toBeLessThan(whole.to);
        for (let f = 0; f < 4; f++) {
          expect(some.features[f][part.from + i]).toBe(all.features[f][row]);
        }
      }
    }
  });

  it('thins a run to one decision from each of equal stretches of its evictions', () => {
    const all = label(long, { frameCount: 12 });
    const thin = label(long, { frameCount: 12, maxDecisions: 10 });
    const { evictions } = all.provenance;
    expect(thin.provenance).toMatchObject({ evictions, decisions: 10 });
    const numbers = [...thin.tick].map((tick) => all.tick.indexOf(tick));
    numbers.forEach((number, i) => {
      expect(number).toBeGreaterThanOrEqual(Math.floor((i * evictions) / 10));
      expect(number).toBeLessThan(Math.floor(((i + 1) * evictions) / 10));
    });
    // Not in step: the places within the stretches differ.
    const places = numbers.map((number, i) => number - Math.floor((i * evictions) / 10));
    expect(new Set(places).size).toBeGreaterThan(5);
  });

  it('makes the same table from the same seed, and another from another', () => {
    const changes = { frameCount: 12, candidates: 4, maxDecisions: 50 };
    const table = label(long, changes);
    expect(label(long, changes)).toEqual(table);
    expect(label(long, { ...changes, seed: 2 }).page).not.toEqual(table.page);
  });

  it('records nothing from a memory that holds everything', () => {
    const table = label(long, { frameCount: 50 });
    expect(table.tick.length).toBe(0);
    expect([...table.firstRow]).toEqual([0]);
  });

  it('takes no decision where an exit has freed a frame', () => {
    // 3 and 5 take the frames of 0 and 4.
    const table = label(references('0 1 2 x0 3 4 1 2 x4 5 6'), { policy: lru, frameCount: 3 });
    expect([...table.tick]).toEqual([4, 5, 6, 8]);
  });

  it('refuses a policy that does not do the same twice', () => {
    // To keep the first frame costs one eviction, to keep the last one four.
    const string = references('0 1 2 0 2 0');
    const run = { policy: unsteadyPolicy(), frameCount: 2 };
    expect(() => label(string, run)).toThrow(InputError);
    expect(() => label(string, run)).toThrow(/"unsteady" is not deterministic/);
    // Also where the longer run has as many decisions as were chosen.
    expect(() => label(string, { ...run, maxDecisions: 1 })).toThrow(InputError);
  });
});
