/** Policies that look into the future, where pages come to be known and where they are read ahead. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MACHINE, type ElasticMachine } from '../../src/engine/machine.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { simulate } from '../../src/engine/simulate.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import type { Order } from '../../src/fingerprint/order.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { emptyPlan, markLetGo, planPolicy } from '../../src/optimal/plan.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { policy as min } from '../../src/policies/min.ts';
import { prefetcher as linuxFile } from '../../src/prefetch/linuxFile.ts';
import { prefetcher as vmaSwap } from '../../src/prefetch/linuxVmaSwap.ts';
import { prefetcher as nextN } from '../../src/prefetch/nextN.ts';
import { FingerprintLayer } from '../../src/vm/fingerprintLayer.ts';
import { IO_PRESETS, type IoOptions } from '../../src/vm/ioOptions.ts';
import { anyFingerprint, SEED } from '../fingerprint/arbitraries.ts';
import { families } from '../support/families.ts';
import { mappedPrograms } from '../support/mappedPrograms.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';

const catalog = [...(await loadPolicies()).values()];
const online = catalog.filter(({ observes }) => observes !== 'future');
const seers = catalog.filter(({ observes }) => observes === 'future');
/** A plan that lets every third use go. */
const planOf = (referenceCount: number, frameCount: number): PolicySpec => {
  const plan = emptyPlan(referenceCount);
  for (let tick = 0; tick < referenceCount; tick += 3) markLetGo(plan, tick);
  return planPolicy(plan, frameCount);
};

const mapped = mappedPrograms({ pages: 40, runMax: 9, steps: 60 });
const small = smallFingerprints({ sequences: 4, pages: 6, steps: 60 });
const frameCounts = fc.integer({ min: 1, max: 24 });
const machines: fc.Arbitrary<ElasticMachine> = fc.record({
  cpus: fc.constantFrom(Number.POSITIVE_INFINITY, 1),
  quantumNs: fc.constant(5),
  readNs: fc.nat(12),
  writeNs: fc.nat(12),
  queueDepth: fc.integer({ min: 1, max: 3 }),
});
const NO_IO_TIME = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };
const { textbook, linux } = IO_PRESETS;

function runOn(
  fingerprint: Fingerprint,
  policy: PolicySpec,
  frameCount: number,
  options: IoOptions,
  more: { machine?: ElasticMachine; order?: Order; isAhead?: boolean } = {},
) {
  const { machine = NO_IO_TIME, order, isAhead = false } = more;
  const prefetchers = (isAhead ? [linuxFile, vmaSwap, nextN] : []).map((spec) => ({
    spec,
    options: spec.defaults,
  }));
  const layer = new FingerprintLayer(policy, {
    options,
    prefetching: { prefetchers, evictionsMax: 8 },
  });
  const run = { frameCount, policy, seed: 3, machine, layer };
  const outcome = simulate(fingerprint, { ...run, ...(order !== undefined && { order }) });
  layer.memory.verify();
  return { outcome, io: layer.counts() };
}

const foreseen = (fingerprint: Fingerprint, options: IoOptions): Order =>
  runOn(fingerprint, lru, 10_000, options).outcome.order;

/** The actions that copied, whenever they did. */
const copiesOf = ({ sequences, rows }: Order): string => {
  const copies: string[] = [];
  for (let tick = 1; tick < rows.length; tick++) {
    if (sequences[tick] === sequences[tick - 1] && rows[tick] === rows[tick - 1]) {
      copies.push(`${sequences[tick]} ${rows[tick]}`);
    }
  }
  return copies.sort().join();
};

describe('in the recorded order', () => {
  it.each(online)('the string does not depend on what $id evicts', (policy) => {
    const io = fc.constantFrom(textbook, linux);
    fc.assert(
      fc.property(fc.oneof(mapped, small), frameCounts, io, (fingerprint, frameCount, options) => {
        const { outcome } = runOn(fingerprint, policy, frameCount, options);
        expect(outcome.order).toEqual(foreseen(fingerprint, options));
      }),
      { seed: SEED, numRuns: 12 },
    );
  });

  it.each(seers)('textbook under $id is linearize and then replay', (policy) => {
    const any = fc.oneof(mapped, small, anyFingerprint);
    fc.assert(
      fc.property(any, frameCounts, (fingerprint, frameCount) => {
        const order = foreseen(fingerprint, textbook);
        const { outcome } = runOn(fingerprint, policy, frameCount, textbook, { order });
        const references = linearize(fingerprint);
        expect(outcome.order.references).toEqual(references);
        const run = { frameCount, policy, seed: 3 };
        expect(outcome.counts).toEqual(replayVerified(references, run));
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('a plan costs what its replay costs', () => {
    fc.assert(
      fc.property(fc.oneof(mapped, small), frameCounts, (fingerprint, frameCount) => {
        const references = linearize(fingerprint);
        const policy = planOf(references.pages.length, frameCount);
        const order = foreseen(fingerprint, textbook);
        const { counts } = runOn(fingerprint, policy, frameCount, textbook, { order }).outcome;
        expect(counts).toEqual(replayVerified(references, { frameCount, policy, seed: 3 }));
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('no policy reads less than min, with zero pages and all else that Linux has', () => {
    fc.assert(
      fc.property(fc.oneof(mapped, small), frameCounts, (fingerprint, frameCount) => {
        const order = foreseen(fingerprint, linux);
        const least = runOn(fingerprint, min, frameCount, linux, { order });
        for (const policy of online.slice(0, 8)) {
          const { io } = runOn(fingerprint, policy, frameCount, linux);
          expect(least.io.demandIns).toBeLessThanOrEqual(io.demandIns);
        }
      }),
      { seed: SEED, numRuns: 25 },
    );
  });
});

describe('where the order moves, or pages are read ahead', () => {
  it.each([...seers, undefined])('$id runs to its end and keeps its books', (seer) => {
    const io = fc.constantFrom(textbook, linux, { ...linux, swapSlots: 30, keepSlotsPercent: 20 });
    const any = fc.oneof(mapped, families, small);
    const frames = fc.integer({ min: 2, max: 24 });
    fc.assert(
      fc.property(
        any,
        frames,
        machines,
        io,
        fc.boolean(),
        (fingerprint, frameCount, machine, options, isAhead) => {
          const order = foreseen(fingerprint, { ...options, swapSlots: Number.POSITIVE_INFINITY });
          const policy = seer ?? planOf(order.sequences.length, frameCount);
          const more = { machine, order, isAhead: isAhead && policy.demandOnly !== true };
          try {
            const { io: counts } = runOn(fingerprint, policy, frameCount, options, more);
            expect(counts.faults.protection).toBe(0);
          } catch (error) {
            expect(String(error)).toContain('out of swap');
            expect(options.swapSlots).toBe(30);
          }
        },
      ),
      { seed: SEED, numRuns: 60 },
    );
  });

  it.each([...seers, undefined])('without page tables and with maps too: $id', (seer) => {
    const any = fc.oneof(mapped, families);
    fc.assert(
      fc.property(any, frameCounts, machines, (fingerprint, frameCount, machine) => {
        const run = { frameCount, seed: 3 };
        const before = { ...run, policy: lru, machine: NO_IO_TIME };
        const { order } = simulate(fingerprint, before);
        const policy = seer ?? planOf(order.sequences.length, frameCount);
        const { counts, order: after } = simulate(fingerprint, { ...run, policy, machine, order });
        // What happened, foreseen so and shown again, is a replay.
        const again = { ...run, policy: min, machine, order: after };
        const settled = simulate(fingerprint, again);
        expect(counts.references).toBe(after.rows.length);
        expect(settled.counts.references).toBe(settled.order.rows.length);
        const own = computeNextUse(settled.order.references);
        const replayed = replayVerified(settled.order.references, {
          ...run,
          policy: min,
          nextUse: own,
        });
        expect(replayed.pageIns).toBeLessThanOrEqual(settled.counts.pageIns);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('a copy that was not foreseen shares the uses of its page', () => {
    // Foreseen: b has exited before a writes, so a writes in place. With slow reads b is late, and a
    // copies: the copy waits for what a does next, the page for what b does.
    const lines =
      'a M(0,2,anonymous) W(0) F(b) S(5) W(0) R(0)\nb M(2,1,file:/f@0,shared) R(2) R(0) E';
    const fingerprint = parseFingerprint(`@page-size 1\n${lines}`, 'x');
    const { order } = simulate(fingerprint, {
      frameCount: 3,
      policy: lru,
      seed: 1,
      machine: NO_IO_TIME,
    });
    expect(order.references.pageCount).toBe(2);
    const machine = { ...DEFAULT_MACHINE, readNs: 9 };
    const { counts } = simulate(fingerprint, {
      frameCount: 3,
      policy: min,
      seed: 1,
      machine,
      order,
    });
    expect(counts).toMatchObject({ pageIns: 1, evictions: 0, minorFaults: 2 });
  });

  it('no use is expected of two resident pages, whatever was copied that was not foreseen', () => {
    let differs = 0;
    fc.assert(
      fc.property(
        families,
        machines,
        fc.integer({ min: 1, max: 12 }),
        (fingerprint, machine, n) => {
          const expected = new Map<number, number>();
          const probe: PolicySpec = {
            ...lru,
            observes: 'future',
            create(context, options) {
              const { nextUse, frames } = context;
              const { next, referenceCount } = nextUse!;
              const inner = lru.create(context, options);
              const note = (frame: number, tick: number): void => {
                const page = frames.pageOf[frame];
                expected.delete(page);
                if (next[tick] === referenceCount) return;
                expect([...expected.values()]).not.toContain(next[tick]);
                expect(nextUse!.pages[next[tick]]).toBe(page);
                expected.set(page, next[tick]);
              };
              return {
                onLoad(frame, tick) {
                  inner.onLoad(frame, tick);
                  note(frame, tick);
                },
                onReference(frame, tick) {
                  inner.onReference(frame, tick);
                  note(frame, tick);
                },
                chooseVictim: (wanted, tick) => inner.chooseVictim(wanted, tick),
                onFree(frame, tick) {
                  expected.delete(frames.pageOf[frame]);
                  inner.onFree(frame, tick);
                },
                onInterval: () => {},
              };
            },
          };
          const common = { frameCount: n, seed: 1 };
          const { order } = simulate(fingerprint, { ...common, policy: lru, machine: NO_IO_TIME });
          const outcome = simulate(fingerprint, { ...common, policy: probe, machine, order });
          if (copiesOf(outcome.order) !== copiesOf(order)) differs++;
        },
      ),
      { seed: SEED, numRuns: 400 },
    );
    expect(differs).toBeGreaterThan(100);
  });

  it('a page read ahead that is used soon stays, and one that is not leaves first', () => {
    // A scan of eight pages of a file, with one other page used over and over, in four frames.
    const scan = Array.from({ length: 8 }, (_, i) => `R(${i}) R(20)`).join(' ');
    const lines = `a M(0,8,file:/f@0,shared) M(20,1,anonymous) W(20) ${scan} ${scan}`;
    const fingerprint = parseFingerprint(`@page-size 1\n${lines}`, 'x');
    const order = foreseen(fingerprint, textbook);
    const least = runOn(fingerprint, min, 4, textbook, { order, isAhead: true });
    const none = runOn(fingerprint, min, 4, textbook, { order });
    expect(least.io.demandIns).toBeLessThan(none.io.demandIns);
    // The page in use is never evicted for one read ahead.
    expect(least.io.pageOutsSwap).toBe(0);
  });
});
