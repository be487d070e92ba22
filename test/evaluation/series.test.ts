import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Memory } from '../../src/engine/memory.ts';
import { replay, replayThrough } from '../../src/engine/replay.ts';
import { ALL, SERIES_COLUMNS, type Series, SeriesRecorder } from '../../src/evaluation/series.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { stressedProcesses } from '../policies/stressStrings.ts';

interface World {
  readonly references: ReferenceString;
  readonly frameCount: number;
  readonly every: number;
  readonly window: number;
}

const worlds: fc.Arbitrary<World> = fc.record({
  references: stressedProcesses,
  frameCount: fc.integer({ min: 1, max: 12 }),
  every: fc.integer({ min: 1, max: 120 }),
  window: fc.integer({ min: 1, max: 60 }),
});

function seriesOf({ references, frameCount, every, window }: World): Series {
  let recorder: SeriesRecorder | undefined;
  replayThrough(references, { policy: lru, frameCount, seed: 1 }, (memory) => {
    recorder = new SeriesRecorder(references, memory, memory, { every, window });
    return recorder;
  });
  if (recorder === undefined) throw new Error('nobody recorded');
  return recorder.series;
}

type Row = Record<(typeof SERIES_COLUMNS)[number], number>;

const rowsOf = (series: Series): Row[] =>
  series.until.map(
    (_, i) => Object.fromEntries(SERIES_COLUMNS.map((name) => [name, series[name][i]])) as Row,
  );

/** The same from a snapshot of the memory after every single reference. */
function naiveRows({ references, frameCount, every, window }: World): Row[] {
  const { pages, sequences = new Uint32Array(0) } = references;
  const after: { resident: number[]; counts: Record<string, number> }[] = [];
  const countsOf = (memory: Memory) => ({
    minorFaults: memory.minorFaults,
    softFaults: memory.softFaults,
    pageIns: memory.pageIns,
    prefetchIns: 0,
    usefulPrefetches: 0,
    pageOuts: memory.pageOuts,
    evictions: memory.evictions,
  });
  replayThrough(references, { policy: lru, frameCount, seed: 1 }, (memory) => ({
    start() {},
    touch(page, write, tick) {
      memory.touch(page, write, tick);
      const resident = [...memory.frames.pageOf].filter((other) => other >= 0);
      after.push({ resident, counts: countsOf(memory) });
    },
  }));
  const rows: Row[] = [];
  const all = [...pages.keys()];
  for (let from = 0; from < pages.length; from += every) {
    const until = Math.min(from + every, pages.length);
    const stretch = all.slice(from, until);
    const { resident } = after[until - 1];
    const lastUser = (page: number): number => sequences[pages.lastIndexOf(page, until - 1)];
    const row = (sequence: number, own: (other: number) => boolean): Row => {
      const ticks = stretch.filter((tick) => own(sequences[tick]));
      const counts: Record<string, number> = {};
      for (const name of Object.keys(after[0].counts)) {
        counts[name] = ticks
          .map((tick) => after[tick].counts[name] - (after[tick - 1]?.counts[name] ?? 0))
          .reduce((a, b) => a + b, 0);
      }
      const workingSet = [0, 1, 2]
        .filter(own)
        .map((one) => {
          const made = all.slice(0, until).filter((tick) => sequences[tick] === one);
          return new Set(made.slice(-window).map((tick) => pages[tick])).size;
        })
        .reduce((a, b) => a + b, 0);
      return {
        until,
        sequence,
        references: ticks.length,
        workingSet,
        resident: resident.filter((page) => own(lastUser(page))).length,
        ...counts,
      } as Row;
    };
    for (const sequence of [0, 1, 2]) {
      const one = row(sequence, (other) => other === sequence);
      if (one.references > 0 || one.resident > 0) rows.push(one);
    }
    rows.push(row(ALL, () => true));
  }
  return rows;
}

it('has in every row what a snapshot after every reference gives', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      expect(rowsOf(seriesOf(world))).toEqual(naiveRows(world));
    }),
    { seed: 9, numRuns: 60 },
  );
});

it('adds up to the counts of the run', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { references, frameCount } = world;
      const counts = replay(references, { policy: lru, frameCount, seed: 1 });
      const rows = rowsOf(seriesOf(world)).filter(({ sequence }) => sequence !== ALL);
      for (const name of ['references', 'minorFaults', 'pageIns', 'pageOuts'] as const) {
        expect(rows.reduce((sum, row) => sum + row[name], 0)).toBe(counts[name]);
      }
    }),
    { seed: 10, numRuns: 100 },
  );
});
