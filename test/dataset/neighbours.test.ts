/** Neighbours are the same whether pages are known beforehand or come to be known one by one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Neighbours } from '../../src/dataset/trackers/neighbours.ts';
import type { Visits } from '../../src/dataset/trackers/visits.ts';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { simulate } from '../../src/engine/simulate.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { SEED } from '../fingerprint/arbitraries.ts';
import { families } from '../support/families.ts';
import { mappedPrograms } from '../support/mappedPrograms.ts';

/** Every page was used once, at a fault of its own. */
const visitsOf = (pageCount: number): Visits =>
  ({
    visits: new Int32Array(pageCount).fill(1),
    lastUse: Int32Array.from({ length: pageCount }, (_, page) => (page * 7919) % 10_007),
  }) as unknown as Visits;

it('in an elastic run with maps, forks and copies', () => {
  const mapped = mappedPrograms({ pages: 60, runMax: 9, steps: 80 });
  const counts = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(fc.oneof(mapped, families), counts, fc.nat(12), (fingerprint, n, readNs) => {
      let live: Neighbours | undefined;
      const policy: PolicySpec = {
        ...lru,
        create(context, options) {
          const { pages, frames } = context;
          const inner = lru.create(context, options);
          const neighbours = new Neighbours(pages, frames.pageOf, visitsOf(pages.kinds.length));
          live = neighbours;
          return {
            onLoad(frame, tick) {
              neighbours.onLoad(frame);
              inner.onLoad(frame, tick);
            },
            onReference: (frame, tick) => inner.onReference(frame, tick),
            chooseVictim: (wanted, tick) => inner.chooseVictim(wanted, tick),
            onFree: (frame, tick) => inner.onFree(frame, tick),
            onInterval: () => {},
          };
        },
      };
      const machine = { ...DEFAULT_MACHINE, readNs };
      const run = { frameCount: n, policy, seed: 1, machine };
      const { references } = simulate(fingerprint, run).order;
      const { pageCount } = references;
      const sorted = new Neighbours(references, new Int32Array(0), visitsOf(pageCount));
      for (let page = 0; page < pageCount; page++) {
        expect(live!.lastUse(page)).toBe(sorted.lastUse(page));
      }
    }),
    { seed: SEED, numRuns: 300 },
  );
});
