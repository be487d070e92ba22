/** What the papers say of the policies that give and take memory by need, on exact oracles. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import type { Memory } from '../../src/engine/memory.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { type Run, replayThrough } from '../../src/engine/replay.ts';
import { type RunWatcher, simulate } from '../../src/engine/simulate.ts';
import { workingSetSizes } from '../../src/evaluation/workingSet.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { policy as clock } from '../../src/policies/clock.ts';
import { policy as fifo } from '../../src/policies/fifo.ts';
import { policy as pff } from '../../src/policies/pff.ts';
import { policy as vmin } from '../../src/policies/vmin.ts';
import { policy as workingSet } from '../../src/policies/workingSet.ts';
import { policy as wsclock } from '../../src/policies/wsclock.ts';
import { policy as wsclockSeed004 } from '../../src/policies/wsclockSeed004.ts';
import { stringOf } from '../support/references.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';
import { stressedProcesses, stressStrings } from './stressStrings.ts';
import { victimsOf } from './victims.ts';

const FOREVER = 2 ** 31 - 1;
const someFrames = fc.integer({ min: 1, max: 12 });
const someTau = fc.integer({ min: 1, max: 60 });

/** Strings of one process that only reads files, with exits. */
const readOnly = stressStrings.map((string) => ({
  ...string,
  writes: new Uint8Array(string.pages.length),
  kinds: new Uint8Array(string.pageCount).fill(1),
}));
const withoutExits = readOnly.map((string) => ({ ...string, releases: undefined }));

/** The pages that are resident after each reference. */
function residentAfterEach(
  references: ReferenceString,
  run: Omit<Run, 'seed'>,
): { memory: Memory; resident: number[][] } {
  const resident: number[][] = [];
  const memory = replayThrough(references, { ...run, seed: 1 }, (own) => ({
    start() {},
    touch(page, write, tick) {
      own.touch(page, write, tick);
      const pages = [...own.frames.pageOf].filter((other) => other >= 0);
      resident.push(pages.sort((a, b) => a - b));
    },
  }));
  memory.verify();
  return { memory, resident };
}

const sum = (sizes: Iterable<number>): number => [...sizes].reduce((a, b) => a + b, 0);

describe('wsclock', () => {
  it('evicts what CLOCK evicts when τ is 0 and all pages are clean', () => {
    fc.assert(
      fc.property(readOnly, someFrames, (references, frameCount) => {
        const run = { frameCount, seed: 1 };
        expect(victimsOf(references, { ...run, policy: wsclock, options: { tau: 0 } })).toEqual(
          victimsOf(references, { ...run, policy: clock }),
        );
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('evicts what FIFO evicts when τ is endless and all pages are clean', () => {
    fc.assert(
      fc.property(withoutExits, someFrames, (references, frameCount) => {
        const run = { frameCount, seed: 1 };
        const options = { tau: FOREVER };
        expect(victimsOf(references, { ...run, policy: wsclock, options })).toEqual(
          victimsOf(references, { ...run, policy: fifo }),
        );
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('evicts a dirty page only where all are dirty, and writes none before, when τ is endless', () => {
    fc.assert(
      fc.property(stressStrings, someFrames, (references, frameCount) => {
        const run = { policy: wsclock, frameCount, options: { tau: FOREVER }, seed: 1 };
        let dirtyVictims = 0;
        const memory = replayThrough(
          references,
          {
            ...run,
            observe:
              ({ frames: { dirty } }) =>
              (victim) => {
                if (dirty[victim] === 0) return;
                dirtyVictims++;
                expect(dirty.every((bit) => bit === 1)).toBe(true);
              },
          },
          (own) => ({
            start() {},
            touch: (page, write, tick) => own.touch(page, write, tick),
          }),
        );
        expect(memory.pageOuts).toBe(dirtyVictims);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('evicts no page noted within τ while there is one that was not', () => {
    fc.assert(
      fc.property(withoutExits, someFrames, fc.nat(40), (references, frameCount, tau) => {
        victimsOf(references, { policy: noting(tau), frameCount, options: { tau }, seed: 1 });
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

describe('what the clocks tell of themselves', () => {
  const clocks = [wsclock, wsclockSeed004];

  it.each(clocks)('$id: every victim was chosen by one of its rules', (policy) => {
    fc.assert(
      fc.property(
        fc.oneof(stressStrings, stressedProcesses),
        someFrames,
        fc.nat(40),
        (references, frameCount, tau) => {
          const run = { policy, frameCount, options: { tau }, seed: 1 };
          const memory = replayThrough(references, run);
          const { oldClean, writtenFirst, ...rest } = memory.tallies()!;
          const { youngClean = 0, youngDirty = 0, lapStart = 0 } = rest;
          expect(oldClean + writtenFirst + youngClean + youngDirty + lapStart).toBe(
            memory.evictions,
          );
        },
      ),
      { seed: 14, numRuns: 200 },
    );
  });

  it('wsclock evicts by fallback only when τ is endless', () => {
    fc.assert(
      fc.property(withoutExits, someFrames, (references, frameCount) => {
        const at = (tau: number) =>
          replayThrough(references, { policy: wsclock, frameCount, options: { tau }, seed: 1 });
        expect(at(FOREVER).tallies()).toMatchObject({
          oldClean: 0,
          writtenFirst: 0,
          youngDirty: 0,
        });
        const { evictions } = at(FOREVER);
        expect(at(FOREVER).tallies()).toMatchObject({ youngClean: evictions });
      }),
      { seed: 15, numRuns: 100 },
    );
  });

  it('wsclock: what was scheduled was begun or cancelled, where I/O takes time', () => {
    const small = smallFingerprints({ sequences: 4, pages: 12, steps: 120 });
    fc.assert(
      fc.property(
        small,
        fc.integer({ min: 1, max: 8 }),
        fc.nat(20),
        fc.nat(4),
        fc.nat(30),
        (fingerprint, frameCount, tau, writes, writeNs) => {
          const machine = { ...DEFAULT_MACHINE, readNs: 9, writeNs, queueDepth: 1 };
          const run = { frameCount, policy: wsclock, options: { tau, writes }, seed: 1, machine };
          let underWayMost = 0;
          const watcher: RunWatcher = {
            start(view) {
              onStep = () => {
                const { memory } = view;
                const underWay = [...memory.frames.pageOf.keys()].filter((frame) =>
                  memory.isWriting(frame),
                );
                underWayMost = Math.max(underWayMost, underWay.length);
              };
            },
            onReference() {},
            onStep: () => onStep(),
          };
          let onStep = (): void => {};
          const { rules, counts } = simulate(fingerprint, { ...run, watcher });
          const { writesScheduled, writesBegun, writesCancelled, writesWasted } = rules!;
          expect(writesScheduled).toBe(writesBegun + writesCancelled);
          expect(writesWasted).toBeLessThanOrEqual(writesBegun);
          expect(writesBegun).toBeLessThanOrEqual(counts.pageOuts);
          expect(underWayMost).toBeLessThanOrEqual(writes);
        },
      ),
      { seed: 16, numRuns: 300 },
    );
  });
});

/** WSClock, with a book of when each page was noted as used, kept by watching bits go out. */
function noting(tau: number): PolicySpec {
  return {
    ...wsclock,
    create(context, options) {
      const { referenced, frameCount } = context.frames;
      const noted = new Int32Array(frameCount);
      const policy = wsclock.create(context, options);
      return {
        onLoad(frame, tick) {
          noted[frame] = tick;
          policy.onLoad(frame, tick);
        },
        onReference() {},
        chooseVictim(wanted, tick) {
          const before = referenced.slice();
          const victim = policy.chooseVictim(wanted, tick);
          before.forEach((bit, frame) => {
            if (bit === 1 && referenced[frame] === 0) noted[frame] = tick;
          });
          const isOut = [...noted].map((last) => tick - last > tau);
          expect(isOut[victim] || !isOut.includes(true)).toBe(true);
          return victim;
        },
        onFree: (frame, tick) => policy.onFree(frame, tick),
        onInterval() {},
      };
    },
  };
}

describe('working-set', () => {
  it('keeps exactly the pages of the last τ references, where there are frames enough', () => {
    fc.assert(
      fc.property(withoutExits, someTau, (references, tau) => {
        const { pages, pageCount } = references;
        const run = { policy: workingSet, frameCount: pageCount, options: { tau } };
        const { resident } = residentAfterEach(references, run);
        const windows = [...pages].map((_, tick) =>
          [...new Set(pages.slice(Math.max(0, tick - tau + 1), tick + 1))].sort((a, b) => a - b),
        );
        expect(resident).toEqual(windows);
        expect(resident.map((set) => set.length)).toEqual([...workingSetSizes(references, tau)]);
      }),
      { seed: 5, numRuns: 150 },
    );
  });

  it('grows with τ as much as it faults (Denning & Schwartz 1972), but for the ends', () => {
    fc.assert(
      fc.property(withoutExits, someTau, (references, tau) => {
        const { pages, pageCount } = references;
        const at = (window: number) =>
          residentAfterEach(references, {
            policy: workingSet,
            frameCount: pageCount,
            options: { tau: window },
          });
        const [less, more] = [at(tau), at(tau + 1)].map(({ resident }) =>
          sum(resident.map((set) => set.length)),
        );
        // Pages in the last window only never fall out; those used before it and not again do once.
        const distinct = new Set(pages);
        const gone = [...distinct].filter((page) => pages.lastIndexOf(page) + tau < pages.length);
        expect(more - less).toBe(at(tau).memory.pageIns - distinct.size + gone.length);
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it('counts the time of each process apart: who waits keeps its pages', () => {
    const references: ReferenceString = {
      ...stringOf([0, 1, 2, 3, 2, 3, 2, 3, 0], new Array(9).fill(0)),
      sequences: Uint32Array.of(0, 0, 1, 1, 1, 1, 1, 1, 0),
    };
    const run = { policy: workingSet, frameCount: 4, options: { tau: 2 } };
    const { memory, resident } = residentAfterEach(references, run);
    expect(resident[7]).toEqual([0, 1, 2, 3]);
    expect(memory.pageIns).toBe(4);
  });
});

describe('vmin', () => {
  it('has the page-ins of the working set of the same τ, and never a larger resident set', () => {
    fc.assert(
      fc.property(withoutExits, someTau, (references, tau) => {
        const run = { frameCount: references.pageCount, options: { tau } };
        const kept = residentAfterEach(references, { ...run, policy: vmin });
        const windows = residentAfterEach(references, { ...run, policy: workingSet });
        expect(kept.memory.pageIns).toBe(windows.memory.pageIns);
        const isWithin = kept.resident.every((set, tick) =>
          set.every((page) => windows.resident[tick].includes(page)),
        );
        expect(isWithin).toBe(true);
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it('is optimal: of all rules what to keep, none of its mean resident set reads less', () => {
    const small = fc.array(fc.nat(4), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 12 }), (list, tau) => {
        const references = stringOf(list, new Array(list.length).fill(0));
        const run = { policy: vmin, frameCount: references.pageCount, options: { tau } };
        const { memory, resident } = residentAfterEach(references, run);
        const space = sum(resident.map((set) => set.length));
        expect(memory.pageIns).toBe(fewestPageIns(list, space));
        expect(memory.pageIns * tau + space).toBe(leastCost(list, tau));
      }),
      { seed: 8, numRuns: 300 },
    );
  });
});

/** From each use to the next: what keeping the page costs beyond the use itself. */
function gapsOf(list: readonly number[]): number[] {
  return list
    .map((page, tick) => list.indexOf(page, tick + 1) - tick - 1)
    .filter((gap) => gap >= 0);
}

/** Every subset of the gaps kept, as its page-ins and its space in frames × references. */
function everyRule(list: readonly number[]): { pageIns: number; space: number }[] {
  const gaps = gapsOf(list);
  return Array.from({ length: 2 ** gaps.length }, (_, rule) => {
    const kept = gaps.filter((_, i) => (rule >> i) % 2 === 1);
    return { pageIns: list.length - kept.length, space: list.length + sum(kept) };
  });
}

const fewestPageIns = (list: readonly number[], spaceMax: number): number =>
  Math.min(
    ...everyRule(list)
      .filter(({ space }) => space <= spaceMax)
      .map(({ pageIns }) => pageIns),
  );

const leastCost = (list: readonly number[], pageInCost: number): number =>
  Math.min(...everyRule(list).map(({ pageIns, space }) => pageIns * pageInCost + space));

describe('pff', () => {
  it('loses nothing while faults come fast, and all that was not used when they come slow', () => {
    // 0, 1, 2 fault at once; then 0 is used for long, and the fault on 3 takes 1 from it.
    const references = stringOf([0, 1, 2, 0, 0, 0, 0, 0, 3], new Array(9).fill(0));
    const at = (tau: number) =>
      residentAfterEach(references, { policy: pff, frameCount: 8, options: { tau } }).resident[8];
    expect(at(6)).toEqual([0, 2, 3]);
    expect(at(7)).toEqual([0, 1, 2, 3]);
  });
});
