/** Whole fingerprints on virtual memory; the textbook's costs what a replay costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MACHINE, type ElasticMachine } from '../../src/engine/machine.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { simulate } from '../../src/engine/simulate.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
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
