import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import type { Memory } from '../../src/engine/memory.ts';
import { replay, replayThrough } from '../../src/engine/replay.ts';
import {
  type ElasticRun,
  type RunView,
  type RunWatcher,
  simulate,
} from '../../src/engine/simulate.ts';
import {
  ALL,
  recordReplay,
  type SERIES_COLUMNS,
  type Series,
  SeriesRecorder,
} from '../../src/evaluation/series.ts';
import type { Fingerprint, ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { prefetcher as nextN } from '../../src/prefetch/nextN.ts';
import { stressedProcesses } from '../policies/stressStrings.ts';
import { elasticMachines } from '../support/elasticMachines.ts';
import { mappedPrograms } from '../support/mappedPrograms.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';

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
    const { pages, pageCount } = references;
    const bounds = { pageCountMax: pageCount, referenceCount: pages.length };
    const source = { memory, sequenceCount: 3, ...bounds };
    recorder = new SeriesRecorder(source, every);
    return recordReplay(recorder, references, memory);
  });
  if (recorder === undefined) throw new Error('nobody recorded');
  return recorder.finish(references, window);
}

type Row = Record<(typeof SERIES_COLUMNS)[number], number> & Record<string, number>;

const rowsOf = (series: Series): Row[] =>
  series.until.map(
    (_, i) => Object.fromEntries(Object.keys(series).map((name) => [name, series[name][i]])) as Row,
  );

/** The same from a snapshot of the memory after every single reference. */
function naiveRows({ references, frameCount, every, window }: World): Row[] {
  const { pages, sequences = new Uint32Array(0) } = references;
  const after: { resident: number[]; free: number; counts: Record<string, number> }[] = [];
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
      after.push({ resident, free: memory.freeCount, counts: countsOf(memory) });
    },
  }));
  const rows: Row[] = [];
  const all = [...pages.keys()];
  for (let from = 0; from < pages.length; from += every) {
    const until = Math.min(from + every, pages.length);
    const stretch = all.slice(from, until);
    const { resident, free } = after[until - 1];
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
        freeFrames: free,
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

describe('of an elastic run', () => {
  const small = smallFingerprints({ sequences: 4, pages: 9, steps: 60 });
  const mapped = mappedPrograms({ pages: 20, runMax: 6, steps: 60 });
  const everies = fc.integer({ min: 1, max: 30 });

  /** The run and its series, and what a look at it after each action gives. */
  function recorded(
    fingerprint: Fingerprint,
    run: Pick<ElasticRun, 'machine' | 'layer' | 'prefetching'> & {
      readonly every: number;
      readonly referenceCount?: number;
      readonly countsSteps?: boolean;
    },
  ) {
    const { every, referenceCount, countsSteps = false, ...rest } = run;
    let steps = 0;
    const counters = countsSteps ? [{ name: 'steps', count: () => steps }] : [];
    let recorder: SeriesRecorder | undefined;
    let view: RunView | undefined;
    const looks = new Map<number, number[]>();
    const watcher: RunWatcher = {
      start(started) {
        view = started;
        const { memory, sequenceCount, pageCountMax } = started;
        const bounds = { sequenceCount, pageCountMax, referenceCount };
        const source = { memory, ...bounds, view: started, counters };
        recorder = new SeriesRecorder(source, every);
      },
      onReference: (page, sequence) => recorder!.refer(page, sequence),
      onStep(sequence) {
        steps++;
        const { memory, tick, nowNs, queueLength } = view!;
        const resident = [...memory.frames.pageOf].filter((page) => page >= 0).length;
        // The first look behind a reference, before what is none.
        if (!looks.has(tick)) looks.set(tick, [resident, memory.freeCount, nowNs, queueLength]);
        recorder!.step(sequence);
      },
    };
    const policy = lru;
    const outcome = simulate(fingerprint, { frameCount: 5, policy, seed: 3, ...rest, watcher });
    const series = recorder!.finish(outcome.order.references, 7);
    return { outcome, rows: rowsOf(series), looks, steps };
  }

  const prefetching = {
    prefetchers: [{ spec: nextN, options: { n: 2 } }],
    evictionsMax: 3,
  };

  it('adds up, sequence by sequence and over all, to the counts of the run', () => {
    fc.assert(
      fc.property(
        small,
        elasticMachines,
        everies,
        fc.boolean(),
        (fingerprint, machine, every, isAhead) => {
          const run = { machine, every, countsSteps: true, ...(isAhead && { prefetching }) };
          const { outcome, rows, steps } = recorded(fingerprint, run);
          outcome.sequences.forEach((sequence, i) => {
            const own = rows.filter((row) => row.sequence === i);
            for (const name of [
              'references',
              'minorFaults',
              'pageIns',
              'pageOuts',
              'lostNs',
            ] as const) {
              expect([name, own.reduce((sum, row) => sum + row[name], 0)]).toEqual([
                name,
                sequence[name],
              ]);
            }
          });
          const all = rows.filter(({ sequence }) => sequence === ALL);
          expect(all.reduce((sum, row) => sum + row.prefetchIns, 0)).toBe(
            outcome.prefetches?.issued ?? 0,
          );
          expect(all.reduce((sum, row) => sum + row.steps, 0)).toBe(steps);
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });

  it('has at the end of each stretch what a look at the machine gives', () => {
    fc.assert(
      fc.property(
        fc.oneof(small, mapped),
        elasticMachines,
        everies,
        (fingerprint, machine, every) => {
          const { rows, looks, outcome } = recorded(fingerprint, { machine, every });
          const all = rows.filter(({ sequence }) => sequence === ALL);
          const last = outcome.counts.references;
          for (const { until, resident, freeFrames, timeNs, queueLength } of all) {
            // Behind the last reference, exits may have given more back.
            if (until === last) continue;
            expect([resident, freeFrames, timeNs, queueLength]).toEqual(looks.get(until));
            // A copy is two references.
            expect(until % every).toBeLessThanOrEqual(fingerprint.mappings.length > 0 ? 1 : 0);
          }
          expect(all.reduce((sum, row) => sum + row.references, 0)).toBe(last);
        },
      ),
      { seed: 12, numRuns: 200 },
    );
  });

  it('is that of the replay where no I/O takes time, but for what takes time', () => {
    fc.assert(
      fc.property(small, everies, (fingerprint, every) => {
        const machine = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };
        const references = linearize(fingerprint);
        const referenceCount = references.pages.length;
        let recorder: SeriesRecorder | undefined;
        replayThrough(references, { policy: lru, frameCount: 5, seed: 3 }, (memory) => {
          const sequenceCount = fingerprint.sequences.length;
          const bounds = { pageCountMax: references.pageCount, referenceCount };
          const source = { memory, sequenceCount, ...bounds };
          recorder = new SeriesRecorder(source, every);
          return recordReplay(recorder, references, memory);
        });
        const plain = rowsOf(recorder!.finish(references, 7));
        const rows = recorded(fingerprint, { machine, every, referenceCount }).rows;
        const common = rows.map(({ lostNs, timeNs, queueLength, ...row }) => {
          expect([lostNs, queueLength]).toEqual([0, 0]);
          return row;
        });
        expect(common).toEqual(plain);
      }),
      { seed: 13, numRuns: 150 },
    );
  });
});
