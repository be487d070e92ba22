/** Elastic runs of fingerprints with maps, and of policies that write and evict early. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MACHINE, type ElasticMachine } from '../../src/engine/machine.ts';
import { definePolicy, type PolicyContext, type PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { type Outcome, simulate } from '../../src/engine/simulate.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { freezeOrder } from '../../src/fingerprint/order.ts';
import { boundPages } from '../../src/fingerprint/pageBound.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { validateFingerprint } from '../../src/fingerprint/validate.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { anyFingerprint, SEED } from '../fingerprint/arbitraries.ts';
import { elasticMachines } from '../support/elasticMachines.ts';
import { mappedPrograms } from '../support/mappedPrograms.ts';

const online = [...(await loadPolicies()).values()].filter(({ observes }) => observes !== 'future');

const program = mappedPrograms({ pages: 40, runMax: 9, steps: 60 });
const frameCounts = fc.integer({ min: 1, max: 24 });
const NO_IO_TIME = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };

const text = (lines: string) => parseFingerprint(`@page-size 1\n${lines}`, 'x');

const run = (
  fingerprint: Fingerprint,
  frameCount: number,
  machine: Partial<ElasticMachine> = {},
  policy: PolicySpec = lru,
): Outcome =>
  simulate(fingerprint, {
    frameCount,
    policy,
    seed: 1,
    machine: { ...DEFAULT_MACHINE, ...machine },
  });

describe('with maps', () => {
  it.each(online)(
    'and I/O that takes no time a run under $id is linearize and replay',
    (policy) => {
      fc.assert(
        fc.property(program, frameCounts, (fingerprint, frameCount) => {
          const common = { frameCount, policy, seed: 3 };
          const outcome = simulate(fingerprint, { ...common, machine: NO_IO_TIME });
          const references = linearize(fingerprint);
          expect(outcome.order.references).toEqual(references);
          expect(outcome.counts).toEqual(replayVerified(references, common));
          expect(outcome.lostNs).toBe(0);
        }),
        { seed: SEED, numRuns: 15 },
      );
    },
  );

  it.each(online)('an elastic run under $id costs what the replay of it costs', (policy) => {
    fc.assert(
      fc.property(program, frameCounts, elasticMachines, (fingerprint, frameCount, machine) => {
        const common = { frameCount, policy, seed: 3 };
        const { counts, order, sequences } = simulate(fingerprint, { ...common, machine });
        expect(replayVerified(order.references, common)).toEqual(counts);
        const evictions = sequences.reduce((sum, sequence) => sum + sequence.evictions, 0);
        expect(evictions).toBe(counts.evictions);
      }),
      { seed: SEED, numRuns: 15 },
    );
  });

  it('what happened is kept as a valid fingerprint that can happen in no other order', () => {
    const withMaps = anyFingerprint.filter(({ mappings }) => mappings.length > 0);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(program, elasticMachines),
          // Some sleep for hours, which would be cut into turns of a few ns.
          fc.tuple(
            withMaps,
            elasticMachines.map((machine) => ({ ...machine, cpus: Infinity })),
          ),
        ),
        frameCounts,
        ([fingerprint, machine], frameCount) => {
          const { order, counts } = run(fingerprint, frameCount, machine);
          const frozen = freezeOrder(fingerprint, order);
          validateFingerprint(frozen);
          expect(linearize(frozen)).toEqual(order.references);
          expect(frozen.mappings).toEqual(fingerprint.mappings);
          expect(run(frozen, frameCount, NO_IO_TIME).counts).toEqual(counts);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('no order has more pages or references than the bound says', () => {
    fc.assert(
      fc.property(program, frameCounts, elasticMachines, (fingerprint, frameCount, machine) => {
        const { references } = run(fingerprint, frameCount, machine).order;
        const bound = boundPages(fingerprint);
        expect(references.pageCount).toBeLessThanOrEqual(bound.pages);
        expect(references.pages.length).toBeLessThanOrEqual(bound.references);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('whether a write copies depends on who is late', () => {
    const lines = 'a M(0,2,anonymous) W(0) F(b) S(5) W(0)\nb M(2,1,file:/f@0,shared) R(2) E';
    // b reads its file and exits before a writes, or after it.
    expect(run(text(lines), 4, { readNs: 4 }).order.references.pageCount).toBe(2);
    expect(run(text(lines), 4, { readNs: 6 }).order.references.pageCount).toBe(3);
  });

  it('a copy waits for the page it is made from, even if its frame is taken for the copy', () => {
    const { sequences, counts } = run(text('a M(0,1,file:/f@0,private) W(0) S(1)'), 1, {
      readNs: 10,
      queueDepth: 1,
    });
    expect(counts).toMatchObject({ references: 2, pageIns: 1, minorFaults: 1, evictions: 1 });
    expect(sequences[0]).toMatchObject({ endNs: 11, lostNs: 10 });
  });

  it('a chain of ten thousand forks that all write runs to its end in one frame', () => {
    const count = 10_000;
    const builder = new FingerprintBuilder({ name: 'bomb' });
    for (let i = 0; i < count; i++) builder.declare(`s${i}`);
    builder.map(0, { address: 0n, pageCount: 2, backing: { kind: 'anonymous' } });
    for (let i = 0; i < count; i++) {
      builder.write(i, 0n);
      if (i < count - 1) builder.fork(i, i + 1);
      builder.write(i, 0n);
      builder.exit(i);
    }
    const fingerprint = builder.finish();
    const { counts, order } = run(fingerprint, 1);
    expect(replayVerified(order.references, { frameCount: 1, policy: lru, seed: 1 })).toEqual(
      counts,
    );
    expect(order.references.pageCount).toBe(count);
    expect(counts.dirtyAtEnd).toBe(0);
  });
});

/** Evicts nothing but frame 0 when asked; `act` is called after each load. */
function acting(act: (context: PolicyContext, frame: number, tick: number) => void): PolicySpec {
  return definePolicy({
    id: 'acting',
    title: 'for tests',
    source: 'for tests',
    observes: 'reference-bits',
    usesPager: true,
    defaults: {},
    create: (context) => ({
      onLoad: (frame, tick) => act(context, frame, tick),
      onReference() {},
      chooseVictim: () => 0,
      onFree() {},
      onInterval() {},
    }),
  });
}

describe('a policy that writes and evicts early', () => {
  const files = (lines: string) => parseFingerprint(`@page-size 1\n@backing file\n${lines}`, 'x');

  it('makes the next user of a frame wait until the page in it has been written', () => {
    const writing: boolean[] = [];
    const policy = acting(({ pager }, frame, tick) => {
      if (tick === 0) pager.clean(frame);
      writing.push(pager.isWriting(0));
    });
    // Read to 10, written to 40; the next read begins then.
    const { sequences, counts } = run(files('a W(1) R(2)'), 1, { readNs: 10, writeNs: 30 }, policy);
    expect(sequences[0].endNs).toBe(50);
    expect(counts).toMatchObject({ pageOuts: 1, evictions: 1 });
    expect(writing).toEqual([true, false]);
  });

  it('lets a page be used while it is being written', () => {
    const policy = acting(({ pager }, frame, tick) => {
      if (tick === 0) pager.clean(frame);
    });
    const { sequences } = run(files('a W(1) R(1)'), 1, { readNs: 10, writeNs: 30 }, policy);
    expect(sequences[0].endNs).toBe(10);
  });

  it('frees a frame at once, and who reads the page back waits for its write', () => {
    const policy = acting(({ pager }, frame, tick) => {
      if (tick === 1) pager.evict(1 - frame, tick);
    });
    const times = { readNs: 10, writeNs: 30, queueDepth: 2 };
    // 1 is read to 10 and 2 to 20, behind which 1 is written, from 10 on, to 40.
    const back = run(files('a W(1) R(2) R(1)'), 2, times, policy);
    expect(back.sequences[0].endNs).toBe(50);
    expect(back.counts).toMatchObject({ pageIns: 3, pageOuts: 1, evictions: 1 });
    expect(run(files('a W(1) R(2) R(3)'), 2, times, policy).sequences[0].endNs).toBe(30);
  });

  it('writes behind the read that was wanted, when the device serves one at a time', () => {
    const policy = acting(({ pager, frames }, frame, tick) => {
      if (tick === 1 && frames.dirty[1 - frame] === 1) pager.clean(1 - frame);
    });
    const times = { readNs: 10, writeNs: 30, queueDepth: 1 };
    expect(run(files('a W(1) R(2)'), 2, times, policy).sequences[0].endNs).toBe(20);
    expect(run(files('a W(1) R(2) R(3)'), 3, times, policy).sequences[0].endNs).toBe(60);
  });
});
