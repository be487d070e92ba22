/** Pages read ahead where reads take time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import type { PrefetchCounts } from '../../src/engine/memory.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { type NamedPrefetcher, type Prefetching, readAheadOf } from '../../src/engine/readAhead.ts';
import { replayThrough } from '../../src/engine/replay.ts';
import { type RunWatcher, simulate } from '../../src/engine/simulate.ts';
import type { Fingerprint, Page } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { policy as min } from '../../src/policies/min.ts';
import { prefetcher as linuxFile } from '../../src/prefetch/linuxFile.ts';
import { prefetcher as nextN } from '../../src/prefetch/nextN.ts';
import { prefetcher as none } from '../../src/prefetch/none.ts';
import { prefetcher as stride } from '../../src/prefetch/stride.ts';
import { FingerprintLayer } from '../../src/vm/fingerprintLayer.ts';
import { IO_PRESETS } from '../../src/vm/ioOptions.ts';
import { SEED } from '../fingerprint/arbitraries.ts';
import { elasticMachines } from '../support/elasticMachines.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';
import { naiveElasticLru } from './naiveElastic.ts';

const policies = [...(await loadPolicies()).values()].filter(
  ({ observes, demandOnly }) => observes !== 'future' && demandOnly !== true,
);

const small = smallFingerprints({ sequences: 4, pages: 9, steps: 60 });
const frameCounts = fc.integer({ min: 1, max: 8 });
const named = (spec: NamedPrefetcher['spec'], options = {}): NamedPrefetcher => ({ spec, options });
const prefetchings: fc.Arbitrary<Prefetching> = fc.record({
  prefetchers: fc.subarray(
    [named(nextN, { n: 2 }), named(stride, { minRun: 1 }), named(linuxFile, { pages: 4 })],
    { minLength: 1 },
  ),
  evictionsMax: fc.nat(5),
});

/** What a snapshot says of the pages read ahead, against what the memory has counted. */
class Recount implements RunWatcher {
  #view: Parameters<RunWatcher['start']>[0] | undefined;
  steps = 0;
  /** Pages that were in memory, not used yet, when last looked at, and what became of them. */
  #waiting = new Set<Page>();
  #gone = 0;
  #used = 0;

  start(view: Parameters<RunWatcher['start']>[0]): void {
    this.#view = view;
  }

  onReference(page: Page): void {
    if (this.#waiting.delete(page)) this.#used++;
  }

  onStep(): void {
    this.steps++;
    const { memory } = this.#view!;
    const { pageOf, ahead } = memory.frames;
    const now = new Set([...pageOf].filter((_, frame) => ahead[frame] === 1));
    for (const page of this.#waiting) if (!now.has(page)) this.#gone++;
    this.#waiting = now;
    memory.verify();
    const counts = memory.prefetchCounts();
    expectToAddUp(counts);
    expect(counts.inFlight + counts.unused).toBe(now.size);
    // What came and went within one step was seen by nobody.
    expect(counts.useful).toBeGreaterThanOrEqual(this.#used);
    expect(counts.useless).toBeGreaterThanOrEqual(this.#gone);
  }
}

function expectToAddUp(counts: PrefetchCounts): void {
  const { issued, useful, useless, inFlight, unused, late } = counts;
  expect(issued).toBe(useful + useless + inFlight + unused);
  expect(late).toBeLessThanOrEqual(useful);
}

/** The counts of the order `references`, replayed with the same prefetchers. */
function replayed(
  references: ReturnType<typeof linearize>,
  run: { policy: PolicySpec; frameCount: number; prefetching: Prefetching },
) {
  const { prefetching, ...rest } = run;
  let counts: (() => PrefetchCounts) | undefined;
  const memory = replayThrough(references, { ...rest, seed: 3 }, (own) => {
    const ahead = readAheadOf(references, own, run.policy, prefetching);
    counts = () => ahead.counts();
    return ahead;
  });
  memory.verify();
  return { counts: memory.counts(references.pages.length), prefetches: counts!() };
}

describe('reading ahead in an elastic run', () => {
  it('adds up at every instant: issued = useful + useless + in flight + unused', () => {
    fc.assert(
      fc.property(
        small,
        frameCounts,
        elasticMachines,
        prefetchings,
        fc.constantFrom(...policies),
        (fingerprint, frameCount, machine, prefetching, policy) => {
          const watcher = new Recount();
          const run = { frameCount, policy, seed: 3, machine, prefetching, watcher };
          const { prefetches, counts } = simulate(fingerprint, run);
          expectToAddUp(prefetches!);
          expect(watcher.steps).toBeGreaterThanOrEqual(counts.references);
        },
      ),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('adds up at every instant on virtual memory too, late being a kind of fault', () => {
    fc.assert(
      fc.property(
        small,
        frameCounts,
        elasticMachines,
        prefetchings,
        fc.constantFrom('textbook', 'linux'),
        (fingerprint, frameCount, machine, prefetching, preset) => {
          const layer = new FingerprintLayer(lru, { options: IO_PRESETS[preset], prefetching });
          const watcher = new Recount();
          simulate(fingerprint, { frameCount, policy: lru, seed: 3, machine, layer, watcher });
          layer.memory.verify();
          const { prefetches, faults, demandIns, prefetchIns, ioReads } = layer.counts();
          const { requestPages } = IO_PRESETS[preset];
          expect(demandIns + prefetchIns).toBeLessThanOrEqual(ioReads * requestPages);
          expectToAddUp(prefetches!);
          expect(prefetches!.late).toBe(faults.late);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('is what reading the next pages one by one gives, in pages and in ns', () => {
    const files = small.filter(({ backing }) => backing === 'file');
    const unlimited = elasticMachines.map((machine) => ({
      ...machine,
      cpus: Number.POSITIVE_INFINITY,
    }));
    fc.assert(
      fc.property(
        files,
        frameCounts,
        unlimited,
        fc.nat(4),
        (fingerprint, frameCount, machine, n) => {
          const prefetching = { prefetchers: [named(nextN, { n })], evictionsMax: 32 };
          const run = { frameCount, policy: lru, seed: 1, machine, prefetching };
          const outcome = simulate(fingerprint, run);
          const naive = naiveElasticLru(fingerprint, frameCount, machine, n);
          const { issued, useful, late, useless, redundant } = outcome.prefetches!;
          const { savedNs } = outcome;
          expect({ issued, useful, late, useless, redundant, savedNs }).toEqual(naive.prefetches);
          const { pageIns, pageOuts } = outcome.counts;
          expect([pageIns, pageOuts]).toEqual([naive.pageIns, naive.pageOuts]);
          expect([...outcome.order.references.pages]).toEqual(naive.pages);
          expect(outcome.sequences.map(({ endNs }) => endNs)).toEqual(naive.endNs);
          expect(outcome.sequences.map(({ lostNs }) => lostNs)).toEqual(naive.lostNs);
        },
      ),
      { seed: SEED, numRuns: 600 },
    );
  });

  it('costs what its order costs when it is replayed, whatever I/O takes', () => {
    fc.assert(
      fc.property(
        small,
        frameCounts,
        elasticMachines,
        prefetchings,
        fc.constantFrom(...policies.filter(({ usesPager }) => usesPager !== true)),
        (fingerprint, frameCount, machine, prefetching, policy) => {
          const run = { frameCount, policy, prefetching };
          const outcome = simulate(fingerprint, { ...run, seed: 3, machine });
          const again = replayed(outcome.order.references, run);
          expect(outcome.counts).toEqual(again.counts);
          const { late, inFlight, unused, ...timeless } = outcome.prefetches!;
          const { useful } = timeless;
          expect(again.prefetches).toEqual({
            ...timeless,
            late: 0,
            inFlight: 0,
            unused: unused + inFlight,
          });
          expect(late).toBeLessThanOrEqual(useful);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('is linearize and then replay where no I/O takes time, and then nothing is late', () => {
    fc.assert(
      fc.property(small, frameCounts, prefetchings, (fingerprint, frameCount, prefetching) => {
        const machine = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };
        const run = { frameCount, policy: lru, prefetching };
        const outcome = simulate(fingerprint, { ...run, seed: 3, machine });
        const again = replayed(linearize(fingerprint), run);
        expect([outcome.counts, outcome.prefetches]).toEqual([again.counts, again.prefetches]);
        expect([outcome.lostNs, outcome.savedNs]).toEqual([0, 0]);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  const text = (lines: string): Fingerprint =>
    parseFingerprint(`@page-size 1\n@backing file\n${lines}\n`, 'x');
  const machine = { ...DEFAULT_MACHINE, readNs: 100, writeNs: 100, queueDepth: 1 };
  const ahead = (lines: string, n: number, frameCount = 8) =>
    simulate(text(lines), {
      frameCount,
      policy: lru,
      seed: 1,
      machine,
      prefetching: { prefetchers: [named(nextN, { n })], evictionsMax: 32 },
    });

  it('waits for what is late, and saves what it did not wait', () => {
    // 1 is read until 100, 2 until 200, 3 until 300. 2 is used at 100 and waits; 3 at 500.
    const { prefetches, savedNs, lostNs, counts } = ahead('a R(1) R(2) S(300) R(3)', 2);
    expect(counts.pageIns).toBe(1);
    expect(prefetches).toMatchObject({ issued: 2, useful: 2, late: 1, unused: 0 });
    expect([lostNs, savedNs]).toEqual([200, 100]);
  });

  it('tells what is in flight from what is read and not used, when all has ended', () => {
    // 1 is read from 200 on, and then 2, in place of 3.
    const read = { issued: 2, useful: 1, late: 1, useless: 0 };
    expect(ahead('a R(2) R(3) R(1)', 1, 2).prefetches).toMatchObject({
      ...read,
      inFlight: 1,
      unused: 0,
    });
    expect(ahead('a R(2) R(3) R(1) S(500)', 1, 2).prefetches).toMatchObject({
      ...read,
      inFlight: 0,
      unused: 1,
    });
  });

  it('none reads nothing, and so goes with policies that look into the future', () => {
    const fingerprint = text('a R(1) R(2) R(1) W(3) R(2)');
    const run = { frameCount: 2, policy: min };
    const demand = { prefetchers: [named(none)], evictionsMax: 32 };
    const again = replayed(linearize(fingerprint), { ...run, prefetching: demand });
    expect(again.counts.pageIns).toBe(3);
    expect(again.prefetches).toMatchObject({ issued: 0, redundant: 0, absent: 0 });
    const next = { prefetchers: [named(none), named(nextN)], evictionsMax: 32 };
    expect(() => replayed(linearize(fingerprint), { ...run, prefetching: next })).toThrow(
      'min takes each page that comes for one that is wanted',
    );
  });
});
