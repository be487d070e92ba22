/** What every policy must keep, for whatever is in the folder. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definePolicy } from '../../src/engine/policy.ts';
import { type Run, replayVerified } from '../../src/engine/replay.ts';
import { PageKind, type ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { bruteForceOptimum } from '../support/bruteForce.ts';
import { naiveMinPageIns } from '../support/naiveMin.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { stringOf } from '../support/references.ts';
import { undeclaredColumns, withNoise } from './noise.ts';
import { stressStrings } from './stressStrings.ts';
import { victimsOf } from './victims.ts';

const policies = await loadPolicies();
const someFrames = fc.integer({ min: 1, max: 14 });

/** The same references, all pages of files and none given back. */
const ofFiles = (references: ReferenceString): ReferenceString => ({
  ...references,
  kinds: new Uint8Array(references.pageCount).fill(PageKind.File),
  releases: undefined,
});

describe.each([...policies])('%s', (id, policy) => {
  const pageIns = (references: ReferenceString, run: Pick<Run, 'frameCount' | 'seed'>): number =>
    replayVerified(references, { policy, ...run }).pageIns;

  // Who may evict early may need more than that.
  if (policy.usesPager === undefined) {
    it('reads each page once when memory holds them all', () => {
      fc.assert(
        fc.property(stressStrings, (string) => {
          const references = ofFiles(string);
          const counts = replayVerified(references, { policy, frameCount: 16, seed: 1 });
          expect(counts.pageIns).toBe(new Set(references.pages).size);
          expect(counts.evictions).toBe(0);
        }),
        { seed: 1, numRuns: 20 },
      );
    });
  }

  it('never reads less than MIN', () => {
    fc.assert(
      fc.property(stressStrings, someFrames, (string, frameCount) => {
        const references = ofFiles(string);
        const least = naiveMinPageIns(references, frameCount);
        expect(pageIns(references, { frameCount, seed: 1 })).toBeGreaterThanOrEqual(least);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('never costs less than the best of all schedules, with exits and both kinds of pages', () => {
    const prices = { pageInCost: 1, pageOutCost: 1, chargeFinal: false };
    fc.assert(
      fc.property(
        randomStrings({ pages: 6, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (references, frameCount) => {
          const counts = replayVerified(references, { policy, frameCount, seed: 1 });
          const best = bruteForceOptimum(references, frameCount, prices);
          expect(counts.pageIns + counts.pageOuts).toBeGreaterThanOrEqual(best);
        },
      ),
      { seed: 3, numRuns: 30 },
    );
  });

  it('leaves the tables in order, whatever exits, and evicts the same by the same seed', () => {
    fc.assert(
      fc.property(stressStrings, someFrames, fc.nat(1000), (references, frameCount, seed) => {
        const run = { policy, frameCount, seed };
        expect(victimsOf(references, run)).toEqual(victimsOf(references, run));
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it(`looks at nothing it did not declare (${policy.observes})`, () => {
    fc.assert(
      fc.property(stressStrings, someFrames, fc.nat(1000), (references, frameCount, seed) => {
        const run = { policy, frameCount, seed };
        const blindfolded = { ...run, policy: withNoise(policy, seed + 1) };
        expect(victimsOf(references, blindfolded)).toEqual(victimsOf(references, run));
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  if (policy.inclusion === true) {
    it('never reads more in a larger memory', () => {
      fc.assert(
        fc.property(stressStrings, someFrames, (references, frameCount) => {
          const less = pageIns(references, { frameCount: frameCount + 1, seed: 1 });
          expect(less).toBeLessThanOrEqual(pageIns(references, { frameCount, seed: 1 }));
        }),
        { seed: 6, numRuns: 200 },
      );
    });
  }

  it('is declared in full, its id saying which file it is', () => {
    const file = id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const names = readdirSync(resolve(import.meta.dirname, '../../src/policies'));
    expect([`${file}.ts`, `${id}.ts`].some((name) => names.includes(name))).toBe(true);
    expect(id).toMatch(/^[a-z0-9]+([.-][a-z0-9]+)*$/);
    expect(policy.title).not.toBe('');
    expect(policy.source).not.toBe('');
    expect(policy.cost).toBeDefined();
    expect(Object.values(policy.defaults).every(Number.isFinite)).toBe(true);
  });
});

describe('the checks themselves', () => {
  const peeking = definePolicy({
    id: 'peeking',
    title: 'Declares faults and looks at dirty pages',
    source: 'for tests',
    observes: 'faults',
    defaults: {},
    create: ({ frames }) => ({
      onLoad() {},
      onReference() {},
      chooseVictim: () => Math.max(0, frames.dirty.indexOf(0)),
      onFree() {},
      onInterval() {},
    }),
  });

  it('noise changes what a policy evicts that looks at a column it did not declare', () => {
    const pages = Array.from({ length: 200 }, (_, tick) => (tick * tick) % 13);
    const references = stringOf(
      pages,
      pages.map((page) => page % 2),
    );
    const run = { policy: peeking, frameCount: 5, seed: 1 };
    const blindfolded = { ...run, policy: withNoise(peeking, 1) };
    expect(victimsOf(references, blindfolded)).not.toEqual(victimsOf(references, run));
  });

  it('a policy that sees faults must not look at five columns', () => {
    expect(undeclaredColumns({ observes: 'faults' })).toEqual([
      'referenced',
      'dirty',
      'blank',
      'lastUsedAt',
      'useCount',
    ]);
    expect(undeclaredColumns({ observes: 'every-reference' })).toEqual([]);
  });

  it('one that says that it reads no history must not look at those columns', () => {
    expect(undeclaredColumns({ observes: 'future', readsHistory: false })).toEqual([
      'lastUsedAt',
      'useCount',
    ]);
  });
});
