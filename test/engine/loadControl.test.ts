/** Sequences whose working sets do not fit take turns, and all of them end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadControl } from '../../src/engine/loadControl.ts';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import { replay } from '../../src/engine/replay.ts';
import { simulate } from '../../src/engine/simulate.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { SEED } from '../fingerprint/arbitraries.ts';
import { elasticMachines } from '../support/elasticMachines.ts';
import { mappedPrograms } from '../support/mappedPrograms.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';

describe('the books of load control', () => {
  const step = fc.record({ sequence: fc.nat(3), page: fc.nat(12), kind: fc.nat(30) });

  it('are what counting the last references of everyone anew gives', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 150 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 15 }),
        (steps, frameCount, window) => {
          const control = new LoadControl(4, frameCount, window);
          const made: number[][] = [[], [], [], []];
          const suspended: number[] = [];
          const waiting = new Set<number>();
          const sizeOf = (one: number): number => new Set(made[one].slice(-window)).size;
          const running = (): number[] =>
            [0, 1, 2, 3].filter(
              (one) => made[one].length > 0 && !suspended.includes(one) && !waiting.has(one),
            );
          const demand = (): number => running().reduce((sum, one) => sum + sizeOf(one), 0);
          let count = 0;
          for (const { sequence, page, kind } of steps) {
            if (waiting.has(sequence)) {
              control.setWaiting(sequence, false);
              waiting.delete(sequence);
            } else if (suspended.includes(sequence)) continue;
            else if (kind === 0) {
              control.end(sequence);
              made[sequence] = [];
            } else if (kind < 4) {
              control.setWaiting(sequence, true);
              waiting.add(sequence);
            } else {
              control.refer(sequence, page);
              made[sequence].push(page);
              while (demand() > frameCount && running().length > 1) {
                suspended.push(running().reduce((a, b) => (sizeOf(b) >= sizeOf(a) ? b : a)));
                count++;
              }
            }
            expect([control.demand, control.suspensions]).toEqual([demand(), count]);
            expect([0, 1, 2, 3].filter((one) => control.isSuspended(one))).toEqual(
              [...suspended].sort(),
            );
            const first = suspended[0];
            const fits =
              first !== undefined &&
              (running().length === 0 ||
                demand() + (waiting.has(first) ? 0 : sizeOf(first)) <= frameCount);
            expect(control.resumeIfItFits()).toBe(fits ? first : -1);
            if (fits) suspended.shift();
          }
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('an elastic run with load control', () => {
  const small = smallFingerprints({ sequences: 4, pages: 9, steps: 80 });
  const mapped = mappedPrograms({ pages: 20, runMax: 6, steps: 60 });
  const windows = fc.integer({ min: 1, max: 20 });

  it('ends, whatever waits for whom, and has everyone make its own references', async () => {
    const policies = [...(await loadPolicies()).values()].filter(
      ({ observes }) => observes !== 'future',
    );
    let suspended = 0;
    fc.assert(
      fc.property(
        fc.oneof(small, small, mapped),
        fc.integer({ min: 1, max: 9 }),
        elasticMachines,
        windows,
        fc.constantFrom(...policies),
        (fingerprint, frameCount, machine, window, policy) => {
          const run = { frameCount, policy, seed: 3 };
          const loadControl = { window };
          const outcome = simulate(fingerprint, { ...run, machine, loadControl });
          suspended += outcome.suspensions!.count;
          const { references, sequences } = outcome.order;
          expect(outcome.counts).toEqual(replay(references, run));
          if (fingerprint.mappings.length > 0) return;
          fingerprint.sequences.forEach(({ actions, operands }, one) => {
            const own = [...references.pages].filter((_, tick) => sequences[tick] === one);
            expect(own).toEqual([...operands].filter((_, row) => actions[row] <= 1));
          });
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
    expect(suspended).toBeGreaterThan(50);
  });

  it('is one without where memory holds what all of them use', () => {
    fc.assert(
      fc.property(small, elasticMachines, windows, (fingerprint, machine, window) => {
        const run = { frameCount: 36, policy: lru, seed: 3, machine };
        const { suspensions, ...outcome } = simulate(fingerprint, {
          ...run,
          loadControl: { window },
        });
        expect(suspensions).toEqual({ count: 0, ns: 0 });
        expect(outcome).toEqual(simulate(fingerprint, run));
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  /** Two that go round 60 pages each, ten times, with some work at each. */
  function thrashing(): Fingerprint {
    const builder = new FingerprintBuilder({ name: 'x', backing: 'file' });
    for (const name of ['a', 'b']) builder.declare(name);
    for (let i = 0; i < 600; i++) {
      for (const sequence of [0, 1]) {
        builder.sleep(sequence, 1000);
        builder.referencePage(sequence, 0, 1000 * sequence + (i % 60), 0);
      }
    }
    return builder.finish();
  }

  it('lets two that would thrash go one after the other, at a sixth of the page-ins', () => {
    const run = { frameCount: 100, policy: lru, seed: 1, machine: DEFAULT_MACHINE };
    const without = simulate(thrashing(), run);
    const controlled = simulate(thrashing(), { ...run, loadControl: { window: 120 } });
    expect(without.counts.pageIns).toBe(1200);
    // Both have begun when the second is suspended: what it had read by then is read twice.
    expect(controlled.suspensions?.count).toBe(1);
    expect(controlled.counts.pageIns).toBeGreaterThanOrEqual(120);
    expect(controlled.counts.pageIns).toBeLessThan(190);
    expect(controlled.completionNs).toBeLessThan(without.completionNs / 3);
  });
});
