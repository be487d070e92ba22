/** Whole fingerprints on virtual memory; the textbook's costs what a replay costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MACHINE, type ElasticMachine } from '../../src/engine/machine.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { simulate } from '../../src/engine/simulate.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { FingerprintLayer } from '../../src/vm/fingerprintLayer.ts';
import { IO_PRESETS, type IoOptions } from '../../src/vm/ioOptions.ts';
import type { VmCounts } from '../../src/vm/virtualMemory.ts';
import { anyFingerprint, SEED } from '../fingerprint/arbitraries.ts';
import { mappedPrograms } from '../support/mappedPrograms.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';

const online = [...(await loadPolicies()).values()].filter(({ observes }) => observes !== 'future');

const mapped = mappedPrograms({ pages: 40, runMax: 9, steps: 60 });
const small = smallFingerprints({ sequences: 4, pages: 6, steps: 60 });
const frameCounts = fc.integer({ min: 1, max: 24 });
const machines: fc.Arbitrary<ElasticMachine> = fc.record({
  cpus: fc.constant(Number.POSITIVE_INFINITY),
  quantumNs: fc.constant(5),
  readNs: fc.nat(12),
  writeNs: fc.nat(12),
  queueDepth: fc.integer({ min: 1, max: 3 }),
});
const NO_IO_TIME = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };

function runOn(
  fingerprint: Fingerprint,
  frameCount: number,
  options: IoOptions,
  machine: ElasticMachine = NO_IO_TIME,
  policy: PolicySpec = lru,
) {
  const layer = new FingerprintLayer(policy, { options });
  const outcome = simulate(fingerprint, { frameCount, policy, seed: 3, machine, layer });
  layer.memory.verify();
  return { outcome, io: layer.counts() };
}

const sum = (counts: VmCounts['faults']): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

describe('textbook', () => {
  it.each(online)('under $id is linearize and then replay, to the last page', (policy) => {
    fc.assert(
      fc.property(fc.oneof(mapped, mapped, small), frameCounts, (fingerprint, frameCount) => {
        const textbook = runOn(fingerprint, frameCount, IO_PRESETS.textbook, NO_IO_TIME, policy);
        const references = linearize(fingerprint);
        expect(textbook.outcome.order.references).toEqual(references);
        const counts = replayVerified(references, { frameCount, policy, seed: 3 });
        expect(textbook.outcome.counts).toEqual(counts);
        const { faults, demandIns, pageOutsFile, pageOutsSwap, ioReads, ioWrites } = textbook.io;
        expect({ demandIns, ioReads }).toEqual({
          demandIns: counts.pageIns,
          ioReads: counts.pageIns,
        });
        expect([pageOutsFile + pageOutsSwap, ioWrites]).toEqual([counts.pageOuts, counts.pageOuts]);
        expect(faults.softMapped).toBe(counts.softFaults);
        expect(sum(faults)).toBe(counts.minorFaults + counts.softFaults + counts.pageIns);
      }),
      { seed: SEED, numRuns: 12 },
    );
  });

  it('is what the run without it is, for all kinds of actions and times', () => {
    const any = anyFingerprint;
    fc.assert(
      fc.property(
        fc.oneof(mapped, small, any),
        frameCounts,
        machines,
        (fingerprint, frameCount, machine) => {
          const { outcome } = runOn(fingerprint, frameCount, IO_PRESETS.textbook, machine);
          const run = { frameCount, policy: lru, seed: 3, machine };
          expect(outcome).toEqual(simulate(fingerprint, run));
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });
});

describe('linux', () => {
  it.each(online)('under $id keeps its books, whatever I/O takes', (policy) => {
    fc.assert(
      fc.property(
        fc.oneof(mapped, small),
        frameCounts,
        machines,
        (fingerprint, frameCount, machine) => {
          const { io, outcome } = runOn(fingerprint, frameCount, IO_PRESETS.linux, machine, policy);
          expect(io.faults.protection).toBe(0);
          expect(io.ioReads).toBeLessThanOrEqual(io.demandIns + io.prefetchIns);
          expect(io.ioWrites).toBeLessThanOrEqual(io.pageOutsFile + io.pageOutsSwap);
          const charged = outcome.sequences.reduce((total, { pageOuts }) => total + pageOuts, 0);
          expect(charged).toBe(outcome.counts.pageOuts);
        },
      ),
      { seed: SEED, numRuns: 12 },
    );
  });
});

describe('at the limits', () => {
  /** Each process of a chain writes, forks the next, writes again and, if it may, exits. */
  const chain = (count: number, exits: boolean): Fingerprint => {
    const builder = new FingerprintBuilder({ name: 'bomb' });
    for (let i = 0; i < count; i++) builder.declare(`s${i}`);
    builder.map(0, { address: 0n, pageCount: 2, backing: { kind: 'anonymous' } });
    for (let i = 0; i < count; i++) {
      builder.write(i, 0n);
      if (i < count - 1) builder.fork(i, i + 1);
      builder.write(i, 0n);
      if (exits) builder.exit(i);
    }
    return builder.finish();
  };

  it('a fork bomb of ten thousand in one frame ends, and leaves nothing behind', () => {
    const { io, outcome } = runOn(chain(10_000, true), 1, IO_PRESETS.linux);
    expect(io).toMatchObject({ forks: 9_999, swapSlotsUsed: 0 });
    // Each writes its copy once it has forked; the child then is the last holder of the page.
    expect(io.faults.cowCopy).toBe(9_999);
    expect(outcome.counts.dirtyAtEnd).toBe(0);
  });

  it('or is out of swap at the same reference each time, where swap is too small for it', () => {
    const bomb = chain(1_000, false);
    const options = { ...IO_PRESETS.linux, swapSlots: 100 };
    const text = 'out of swap: all 100 slots hold pages that are not in memory';
    const message = (): string => {
      try {
        runOn(bomb, 1, options);
      } catch (error) {
        return String(error);
      }
      return 'no error';
    };
    expect(message()).toContain(text);
    expect(message()).toBe(message());
    expect(() => runOn(bomb, 950, options)).not.toThrow();
  });

  it('waits, wakes and polls go on across page tables', () => {
    const lines = 'a M(0,2,shm:1@0) W(0) U(b) D(b) R(0)\nb M(0,2,shm:1@0) D(a) R(0) W(0) U(a)';
    const { io, outcome } = runOn(
      parseFingerprint(`@page-size 1\n${lines}`, 'x'),
      1,
      IO_PRESETS.linux,
    );
    expect(io.faults).toMatchObject({ zeroFill: 1, softMapped: 1, demand: 0 });
    expect([...outcome.order.sequences]).toEqual([0, 1, 1, 0]);
  });
});
