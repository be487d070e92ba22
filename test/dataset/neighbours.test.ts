/** Neighbours, found as pages come, are those that sorting all pages finds in the end. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Neighbours } from '../../src/dataset/trackers/neighbours.ts';
import type { Visits } from '../../src/dataset/trackers/visits.ts';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { simulate } from '../../src/engine/simulate.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
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

/** Two processes that share pages 0 and 2; 1 and 3 come to be beside what was copied. */
const gaps = fc
  .array(
    fc.array(fc.constantFrom('W(0)', 'W(1)', 'W(2)', 'W(3)', 'R(1)', 'S(4)'), {
      minLength: 4,
      maxLength: 10,
    }),
    { minLength: 2, maxLength: 2 },
  )
  .map(([a, b]) => {
    const parent = `a M(0,4,anonymous) W(0) W(2) F(b) ${a.join(' ')} E`;
    return parseFingerprint(`@page-size 1\n${parent}\nb ${b.join(' ')} E`, 'gaps');
  });

/** Where all pages are told of beforehand. */
function replayedNeighbours(references: ReferenceString, visits: Visits): Neighbours {
  const pageOf = new Int32Array(1);
  const neighbours = new Neighbours(references, pageOf, visits);
  for (const page of new Set(references.pages)) {
    pageOf[0] = page;
    neighbours.onLoad(0);
  }
  return neighbours;
}

/** Of copies at one place the oldest is beside the page before, the youngest beside that behind. */
function neighboursBySorting({ places, pageCount }: ReferenceString): readonly number[][] {
  const at = new Map<string, number[]>();
  const key = (page: number, step: number) =>
    `${places?.objects[page]} ${(places?.indices[page] ?? 0) + step}`;
  const pages = Array.from({ length: pageCount }, (_, page) => page);
  for (const page of pages) at.set(key(page, 0), [...(at.get(key(page, 0)) ?? []), page]);
  return pages.map((page) => {
    const own = at.get(key(page, 0)) ?? [];
    const before = own[0] === page ? (at.get(key(page, -1)) ?? []).slice(-1) : [];
    const behind = own[own.length - 1] === page ? (at.get(key(page, 1)) ?? []).slice(0, 1) : [];
    return [...before, ...behind];
  });
}

it('in an elastic run with maps, forks and copies', () => {
  const mapped = mappedPrograms({ pages: 60, runMax: 9, steps: 80 });
  const counts = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(fc.oneof(mapped, families, gaps), counts, fc.nat(12), (fingerprint, n, readNs) => {
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
      const beside = neighboursBySorting(references);
      const visits = visitsOf(references.pageCount);
      const replayed = replayedNeighbours(references, visits);
      for (let page = 0; page < references.pageCount; page++) {
        const uses = beside[page].map((neighbour) => visits.lastUse[neighbour]);
        const expected = Math.max(-1, ...uses);
        expect([live!.lastUse(page), replayed.lastUse(page)]).toEqual([expected, expected]);
      }
    }),
    { seed: SEED, numRuns: 300 },
  );
});
