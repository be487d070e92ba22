import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Foresight } from '../../src/engine/foresight.ts';
import { DEFAULT_MACHINE, type ElasticMachine } from '../../src/engine/machine.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { replay } from '../../src/engine/replay.ts';
import { type Outcome, simulate } from '../../src/engine/simulate.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { min } from '../../src/optimal/min.ts';
import { emptyPlan, markLetGo, planPolicy } from '../../src/optimal/plan.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { anyFingerprint, SEED } from '../fingerprint/arbitraries.ts';
import { elasticMachines } from '../support/elasticMachines.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';
import { naiveElasticLru } from './naiveElastic.ts';

const policies = [...(await loadPolicies()).values()];
const online = policies.filter(({ observes }) => observes !== 'future');
const foreseeing = policies.filter(({ observes }) => observes === 'future');

const machineOf = (machine: Partial<ElasticMachine>): ElasticMachine => ({
  ...DEFAULT_MACHINE,
  ...machine,
});
const NO_IO_TIME = machineOf({ readNs: 0, writeNs: 0 });

const small = smallFingerprints({ sequences: 4, pages: 6, steps: 60 });
const frameCounts = fc.integer({ min: 1, max: 7 });

const text = (lines: string, directives = '') =>
  parseFingerprint(`@page-size 1\n@backing file\n${directives}\n${lines}`, 'x');

/** Under LRU, unless another is given. */
const run = (
  fingerprint: Fingerprint,
  frameCount: number,
  machine: Partial<ElasticMachine> = {},
  policy: PolicySpec = lru,
): Outcome => simulate(fingerprint, { frameCount, policy, seed: 1, machine: machineOf(machine) });

/** The order of a run in which no I/O takes time. */
const orderOf = (fingerprint: Fingerprint) => run(fingerprint, 1, NO_IO_TIME).order;

describe('with I/O that takes no time', () => {
  it.each(policies)('a run under $id is linearize and then replay', (policy) => {
    const withoutMaps = anyFingerprint.filter(({ mappings }) => mappings.length === 0);
    fc.assert(
      fc.property(fc.oneof(small, withoutMaps), frameCounts, (fingerprint, frameCount) => {
        const common = { frameCount, policy, seed: 3 };
        const order = orderOf(fingerprint);
        const outcome = simulate(fingerprint, { ...common, machine: NO_IO_TIME, order });
        const references = linearize(fingerprint);
        expect(outcome.order.references).toEqual(references);
        expect(outcome.counts).toEqual(replay(references, common));
        expect(outcome.lostNs).toBe(0);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('as many processors as sequences are as good as any number', () => {
    fc.assert(
      fc.property(small, frameCounts, elasticMachines, (fingerprint, frameCount, machine) => {
        const cpus = fingerprint.sequences.length;
        const enough = run(fingerprint, frameCount, { ...machine, cpus });
        const unlimited = { ...machine, cpus: Number.POSITIVE_INFINITY };
        expect(enough).toEqual(run(fingerprint, frameCount, unlimited));
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});

describe('a lone sequence', () => {
  it.each(policies)(
    'under $id makes its references in its own order, whatever I/O takes',
    (policy) => {
      const lone = smallFingerprints({ sequences: 1, pages: 6, steps: 60 });
      fc.assert(
        fc.property(lone, frameCounts, elasticMachines, (fingerprint, frameCount, machine) => {
          const common = { frameCount, policy, seed: 3 };
          const outcome = simulate(fingerprint, {
            ...common,
            machine,
            order: orderOf(fingerprint),
          });
          const references = linearize(fingerprint);
          expect(outcome.order.references).toEqual(references);
          expect(outcome.counts).toEqual(replay(references, common));
        }),
        { seed: SEED, numRuns: 60 },
      );
    },
  );

  it('loses the time of its page-ins and of nothing else', () => {
    const outcome = run(text('a W(1) S(5) R(2) R(2) W(1)'), 1, { readNs: 10, writeNs: 100 });
    expect(outcome.counts).toMatchObject({ pageIns: 3, pageOuts: 1 });
    // The third read waits for the write of its own page: 10 + 5 + 10, then from 115 on.
    expect(outcome).toMatchObject({ completionNs: 125, lostNs: 120 });
  });
});

describe('an elastic run', () => {
  it('under LRU is what playing one action at a time gives', () => {
    const unlimited = elasticMachines.map((machine) => ({
      ...machine,
      cpus: Number.POSITIVE_INFINITY,
    }));
    fc.assert(
      fc.property(small, frameCounts, unlimited, (fingerprint, frameCount, machine) => {
        const outcome = run(fingerprint, frameCount, machine);
        const { prefetches, ...naive } = naiveElasticLru(fingerprint, frameCount, machine);
        expect(prefetches.issued).toBe(0);
        const { minorFaults, pageIns, pageOuts } = outcome.counts;
        expect({
          pages: [...outcome.order.references.pages],
          sequences: [...outcome.order.sequences],
          minorFaults,
          pageIns,
          pageOuts,
          endNs: outcome.sequences.map(({ endNs }) => endNs),
          lostNs: outcome.sequences.map(({ lostNs }) => lostNs),
        }).toEqual(naive);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it.each(online)('under $id costs what the replay of what happened costs', (policy) => {
    fc.assert(
      fc.property(small, frameCounts, elasticMachines, (fingerprint, frameCount, machine) => {
        const common = { frameCount, policy, seed: 3 };
        const { counts, order } = simulate(fingerprint, { ...common, machine });
        expect(replay(order.references, common)).toEqual(counts);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it.each(foreseeing)(
    'under $id costs what the replay of what happened costs, foreseen so',
    (policy) => {
      fc.assert(
        fc.property(small, frameCounts, elasticMachines, (fingerprint, frameCount, machine) => {
          const common = { frameCount, policy, seed: 3, machine };
          const before = simulate(fingerprint, { ...common, order: orderOf(fingerprint) });
          const after = simulate(fingerprint, { ...common, order: before.order });
          const isSame = `${after.order.sequences}` === `${before.order.sequences}`;
          fc.pre(isSame);
          expect(after.counts).toEqual(replay(after.order.references, common));
        }),
        { seed: SEED, numRuns: 60 },
      );
    },
  );

  it.each(policies)('keeps each sequence in its own order under $id', (policy) => {
    fc.assert(
      fc.property(small, frameCounts, elasticMachines, (fingerprint, frameCount, machine) => {
        const own = (order: Outcome['order']) =>
          fingerprint.sequences.map((_, sequence) =>
            order.references.pages.filter((_page, tick) => order.sequences[tick] === sequence),
          );
        const order = orderOf(fingerprint);
        const outcome = simulate(fingerprint, { frameCount, policy, seed: 3, machine, order });
        expect(own(outcome.order)).toEqual(own(order));
        const total = (name: Exclude<keyof Outcome['sequences'][number], 'name'>) =>
          outcome.sequences.reduce((sum, sequence) => sum + sequence[name], 0);
        const { dirtyAtEnd, meanFreeFrames, ...counts } = outcome.counts;
        expect(dirtyAtEnd).toBeGreaterThanOrEqual(0);
        expect(meanFreeFrames).toBeLessThan(frameCount);
        expect(counts).toEqual({
          references: total('references'),
          minorFaults: total('minorFaults'),
          softFaults: total('softFaults'),
          pageIns: total('pageIns'),
          pageOuts: total('pageOuts'),
          evictions: total('evictions'),
        });
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('is the same each time', () => {
    fc.assert(
      fc.property(small, frameCounts, elasticMachines, (fingerprint, frameCount, machine) => {
        for (const policy of online) {
          const first = run(fingerprint, frameCount, machine, policy);
          expect(run(fingerprint, frameCount, machine, policy)).toEqual(first);
        }
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  it('lets the one that is not late go first', () => {
    const { order } = run(text('a R(1) R(2)\nb S(5) R(3)'), 3, { readNs: 10 });
    expect([...order.sequences]).toEqual([0, 1, 0]);
  });

  it('reads a page once for all who want it while it comes in', () => {
    const outcome = run(text('a R(1)\nb S(4) R(1) S(1)'), 2, { readNs: 10 });
    expect(outcome.counts.pageIns).toBe(1);
    expect(outcome.sequences.map(({ endNs, lostNs }) => [endNs, lostNs])).toEqual([
      [10, 10],
      [11, 6],
    ]);
  });

  it('does not fill a frame before its own read has ended', () => {
    const outcome = run(text('a R(1)\nb S(4) R(2)'), 1, { readNs: 10 });
    expect(outcome.sequences.map(({ endNs }) => endNs)).toEqual([10, 20]);
  });

  it('makes page-ins wait for page-outs before them at the device, but not for their own', () => {
    const lines = 'a W(1) R(2)\nb S(21) R(3)';
    // a: 0 to 10, 10 to 20, with the page-out behind it to 50; b: 21 to 50, then to 60.
    const one = run(text(lines), 1, { readNs: 10, writeNs: 30, queueDepth: 1 });
    expect(one.sequences.map(({ endNs }) => endNs)).toEqual([20, 60]);
    const two = run(text(lines), 1, { readNs: 10, writeNs: 30, queueDepth: 2 });
    expect(two.sequences.map(({ endNs }) => endNs)).toEqual([20, 31]);
  });

  it('gives the pages of an exit back, so that nobody is evicted for the next', () => {
    const lines = 'a W(1) W(2) E\nb S(100) W(3) W(4)';
    const fingerprint = parseFingerprint(`@page-size 1\n${lines}`, 'x');
    expect(run(fingerprint, 2).counts).toMatchObject({ evictions: 0, pageOuts: 0, dirtyAtEnd: 2 });
    const kept = parseFingerprint(`@page-size 1\n${lines.replace(' E', '')}`, 'x');
    expect(run(kept, 2).counts).toMatchObject({ evictions: 2, pageOuts: 2 });
  });

  it('starts a child at the fork, late if the parent is', () => {
    const { order, sequences } = run(text('a R(1) F(c)\nb S(5) R(2)\nc R(3)'), 3, { readNs: 10 });
    expect([...order.sequences]).toEqual([0, 1, 2]);
    expect(sequences[2].endNs).toBe(20);
  });

  it('lets a wait end late when the one who wakes is late', () => {
    const { sequences } = run(text('a R(1) U(b)\nb D(a) S(1)'), 1, { readNs: 10 });
    expect(sequences.map(({ endNs, lostNs }) => [endNs, lostNs])).toEqual([
      [10, 10],
      [11, 0],
    ]);
  });

  it.each(policies)(
    'runs the canonical example to its end under $id with 1 to 5 frames',
    (policy) => {
      const sortls = fs.readFileSync(new URL('../fingerprint/sortls.txt', import.meta.url), 'utf8');
      const fingerprint = parseFingerprint(`@page-size 1\n${sortls}`, 'sortls');
      const order = orderOf(fingerprint);
      for (let frameCount = 1; frameCount <= 5; frameCount++) {
        for (const cpus of [1, 2, Number.POSITIVE_INFINITY]) {
          const machine = machineOf({ cpus });
          const outcome = simulate(fingerprint, { frameCount, policy, seed: 1, machine, order });
          // Nobody reads a page twice: every fault is a zero-filled page.
          expect(outcome.counts).toMatchObject({ references: 5, minorFaults: 5, pageIns: 0 });
          // Who writes early may make the next user of a frame wait.
          if (policy.usesPager !== true) expect(outcome.completionNs).toBe(10);
        }
      }
    },
  );

  it('has ten thousand sequences meet and fault', () => {
    const count = 10_000;
    const builder = new FingerprintBuilder({ name: 'many', backing: 'file' });
    for (let i = 0; i < count; i++) builder.declare(`s${i}`);
    for (let i = 0; i < count; i++) {
      builder.sleep(i, count - i);
      builder.referencePage(i, 0, i, 0);
      if (i > 0) builder.wake(i, i - 1);
      if (i < count - 1) builder.wait(i, i + 1);
      builder.referencePage(i, 0, i, 1);
    }
    const fingerprint = builder.finish();
    for (const cpus of [1, 64, Number.POSITIVE_INFINITY]) {
      const { counts, order } = run(fingerprint, 16, { cpus, quantumNs: 1000 });
      expect(counts.references).toBe(2 * count);
      expect(replay(order.references, { frameCount: 16, policy: lru, seed: 1 })).toEqual(counts);
    }
  });

  it('takes I/O that lasts days, and refuses what 53 bits of ns cannot tell', () => {
    const fingerprint = text('a R(1) R(2)');
    expect(run(fingerprint, 1, { readNs: 4e15 }).completionNs).toBe(8e15);
    expect(() => run(fingerprint, 1, { readNs: 5e15 })).toThrow(
      'x: it runs for more than 9007199254740991 ns, 104 days.',
    );
  });

  it('names a deadlock', () => {
    const fingerprint = text('a R(1) U(b) D(b)\nb D(a) R(2) U(a)');
    // What validation would have refused: nobody wakes a.
    const [a, b] = fingerprint.sequences;
    const cut = { ...b, actions: b.actions.slice(0, 1), operands: Uint32Array.of(1) };
    expect(() => run({ ...fingerprint, sequences: [a, cut] }, 1)).toThrow(
      'x: deadlock: "a" waits for "b", and nobody goes on.',
    );
    // Only b itself would fork b.
    const { sequences, ...rest } = text('a F(b)\nb R(1)');
    const [parent, child] = sequences;
    const unborn = { ...parent, name: 'b', operands: Uint32Array.of(1) };
    expect(() => run({ ...rest, sequences: [{ ...child, name: 'a' }, unborn] }, 1)).toThrow(
      'x: deadlock: "b" is never forked, and nobody goes on.',
    );
  });

  it('does not show a policy a future that nobody knows', () => {
    expect(() => run(text('a R(1)'), 1, {}, min)).toThrow('the policy looks into the future');
  });

  it('refuses to foresee the order of another fingerprint', () => {
    const order = orderOf(text('a R(1) R(2)'));
    const other = text('a R(1) R(1) R(2)');
    const machine = machineOf({});
    const options = { frameCount: 1, policy: min, seed: 1, machine, order };
    expect(() => simulate(other, options)).toThrow('the order foreseen does not fit');
  });
});

describe('what is foreseen', () => {
  it('is the future where the order is kept', () => {
    fc.assert(
      fc.property(small, (fingerprint) => {
        const order = orderOf(fingerprint);
        const { pages, pageCount } = order.references;
        const sequenceCount = fingerprint.sequences.length;
        const foresight = new Foresight(order, {
          sequenceCount,
          pageCountMax: pageCount,
          referenceCountMax: pages.length,
        });
        for (let tick = 0; tick < pages.length; tick++) {
          foresight.make(order.sequences[tick], order.rows[tick], false, pages[tick], tick);
        }
        expect([...foresight.nextUse.next]).toEqual([...computeNextUse(order.references).next]);
        expect([...foresight.nextUse.positions!]).toEqual([...pages.keys()]);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('is the first reference not yet made, whoever is early or late', () => {
    const order = orderOf(text('a R(1) S(9) R(1)\nb S(5) R(1) S(9) R(1)'));
    expect([...order.sequences]).toEqual([0, 1, 0, 1]);
    const foresight = new Foresight(order, {
      sequenceCount: 2,
      pageCountMax: 1,
      referenceCountMax: 4,
    });
    // b is early: its references at 1 and 3 come first; what remains is a's.
    for (const [tick, position] of [1, 3, 0, 2].entries()) {
      foresight.make(order.sequences[position], order.rows[position], false, 0, tick);
    }
    expect([...foresight.nextUse.positions!]).toEqual([1, 3, 0, 2]);
    expect([...foresight.nextUse.next]).toEqual([0, 0, 2, 4]);
  });

  it('keeps what a plan keeps although the order has moved', () => {
    // Two loops over two pages each, three frames: the plan lets go of b's, whenever they are used.
    const fingerprint = text(
      `a ${'R(1) S(9) R(2) S(9) '.repeat(4)}\nb ${'R(3) S(2) R(4) S(2) '.repeat(9)}`,
    );
    const order = orderOf(fingerprint);
    const plan = emptyPlan(order.sequences.length);
    order.sequences.forEach((sequence, tick) => {
      if (sequence === 1) markLetGo(plan, tick);
    });
    const pageInsOfA = (policy: PolicySpec, readNs: number) => {
      const machine = machineOf({ readNs });
      const outcome = simulate(fingerprint, { frameCount: 3, policy, seed: 1, machine, order });
      return outcome.sequences[0].pageIns;
    };
    const times = [0, 1, 3, 7, 50];
    expect(times.map((readNs) => pageInsOfA(planPolicy(plan, 3), readNs))).toEqual([2, 2, 2, 2, 2]);
    expect(times.map((readNs) => pageInsOfA(lru, readNs))).not.toContain(2);
  });
});
