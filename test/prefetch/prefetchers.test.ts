/** What each prefetcher is worth where that can be said exactly, and what holds for all of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultCounts, Memory } from '../../src/engine/memory.ts';
import { profileOf } from '../../src/engine/profile.ts';
import {
  EVICTIONS_MAX,
  type NamedPrefetcher,
  type Prefetching,
  ReadAhead,
  type ReadAheadCounts,
  readAheadOf,
} from '../../src/engine/readAhead.ts';
import {
  type Run,
  replay,
  replayThrough,
  replayVerified,
  startRun,
} from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { loadPrefetchers } from '../../src/node/prefetcherCatalog.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { InputError } from '../../src/support/assert.ts';
import { Random } from '../../src/support/random.ts';
import { stressStrings } from '../policies/stressStrings.ts';
import { stringOf } from '../support/references.ts';

const prefetchers = await loadPrefetchers();
const policies = await loadPolicies();
const realizable = [...policies.values()].filter(
  ({ observes, demandOnly }) => observes !== 'future' && demandOnly === undefined,
);

/** By id, with options; `replay` with the profile of a run that ended with pages 0, 2, 4 and 7. */
function named(id: string, options: Readonly<Record<string, number>> = {}): NamedPrefetcher {
  const spec = prefetchers.get(id);
  if (spec === undefined) throw new Error(`there is no ${id}`);
  const profile = {
    objects: new Uint32Array(4),
    indices: Float64Array.of(0, 2, 4, 7),
  };
  return { spec, options, ...(spec.needsProfile && { profile }) };
}

/** The counts of a run, its tables recounted at the end. */
function replayPrefetching(
  references: ReferenceString,
  run: Run,
  prefetching: Prefetching,
): { counts: FaultCounts; prefetches: ReadAheadCounts } {
  let readAhead: ReadAhead | undefined;
  const memory = replayThrough(references, run, (own) => {
    readAhead = readAheadOf(references, own, run.policy, prefetching);
    return readAhead;
  });
  memory.verify();
  if (readAhead === undefined) throw new Error('nobody stood between');
  return { counts: memory.counts(references.pages.length), prefetches: readAhead.counts() };
}

const run = (references: ReferenceString, frameCount: number, ...prefetchers: NamedPrefetcher[]) =>
  replayPrefetching(
    references,
    { policy: lru, frameCount, seed: 1 },
    { prefetchers, evictionsMax: EVICTIONS_MAX },
  );

/** Pages 0 … count − 1 of a file, in order. */
const inOrder = (count: number, step = 1): ReferenceString =>
  stringOf(
    Array.from({ length: count }, (_, i) => i * step),
    new Array(count).fill(0),
  );

/** `count` references to any of `pages` pages of a file. */
function anywhere(pages: number, count: number): ReferenceString {
  const random = new Random(7);
  const list = Array.from({ length: count }, () => random.below(pages));
  return { ...stringOf([...list, pages - 1], new Array(count + 1).fill(0)), pageCount: pages };
}

/** Need swap slots, which a replay does not keep. */
const BY_SLOT = ['linux-cluster-swap', 'linux-2.4-swap'];
const IN_REPLAY = [...prefetchers.keys()].filter((id) => !BY_SLOT.includes(id));

describe.each(IN_REPLAY)('%s', (id) => {
  it('leaves the tables in order under every policy, its pages used, useless or waiting', () => {
    fc.assert(
      fc.property(
        stressStrings,
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(...realizable),
        fc.integer({ min: 0, max: 20 }),
        (references, frameCount, policy, evictionsMax) => {
          const prefetching = { prefetchers: [named(id)], evictionsMax };
          const run = { policy, frameCount, seed: 1 };
          const { counts, prefetches } = replayPrefetching(references, run, prefetching);
          expect(prefetches.issued).toBeGreaterThanOrEqual(prefetches.useful + prefetches.useless);
          expect(counts.references).toBe(references.pages.length);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is declared in full', () => {
    const { title, source, defaults } = named(id).spec;
    expect([title, source]).not.toContain('');
    expect(Object.values(defaults).every(Number.isFinite)).toBe(true);
  });
});

describe('degree 0 is demand paging', () => {
  it.each([
    ['none', {}],
    ['next-n', { n: 0 }],
    ['stride', { maxDegree: 0 }],
    ['linux-file', { pages: 0 }],
    ['linux-vma-swap', { pageCluster: 0 }],
  ] as const)('%s', (id, options) => {
    fc.assert(
      fc.property(stressStrings, fc.integer({ min: 1, max: 12 }), (references, frameCount) => {
        const { counts, prefetches } = run(references, frameCount, named(id, options));
        const demand = replayVerified(references, { policy: lru, frameCount, seed: 1 });
        expect(counts).toEqual(demand);
        expect(prefetches).toMatchObject({ issued: 0, useful: 0, redundant: 0 });
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});

describe('pages in order', () => {
  it.each([
    [0, 1000],
    [1, 500],
    [3, 250],
    [4, 200],
    [6, 143],
  ])('next-%i of 1,000 pages leaves %i page-ins', (n, pageIns) => {
    const { counts, prefetches } = run(inOrder(1000), 100, named('next-n', { n }));
    expect(counts.pageIns).toBe(pageIns);
    // The last window ends behind the last page.
    expect(prefetches).toMatchObject({ issued: 1000 - pageIns, useless: 0, redundant: 0 });
  });

  it('stride learns any step after two equal ones, and then every page is there', () => {
    for (const step of [1, 3, 7]) {
      const { counts, prefetches } = run(inOrder(1000, step), 100, named('stride'));
      expect([step, counts.pageIns, prefetches.useful]).toEqual([step, 3, 997]);
    }
  });

  it('stride sees two interleaved files as two runs, if they are two objects', () => {
    const twice = Array.from({ length: 200 }, (_, i) => (i % 2) * 100 + (i >> 1));
    const string = {
      ...stringOf(twice, new Array(200).fill(0)),
      places: {
        objects: Uint32Array.from({ length: 200 }, (_, page) => (page < 100 ? 5 : 6)),
        indices: Float64Array.from({ length: 200 }, (_, page) => page % 100),
      },
    };
    expect(run(string, 50, named('stride')).counts.pageIns).toBe(6);
  });

  it('linux-file reads 16,384 of them with one page-in, as a kernel was measured to', () => {
    const { counts, prefetches } = run(inOrder(16_384), 2000, named('linux-file'));
    expect(counts.pageIns).toBe(1);
    expect(prefetches).toMatchObject({ issued: 16_383, useful: 16_383 });
  });

  it('linux-vma-swap reads swap back in windows of 8, the first page-in on trust', () => {
    // Written in order, so that they are in swap, then read in order: 0 … 511, one page table.
    const pages = [...Array(512).keys(), ...Array(512).keys()];
    const string = stringOf(
      pages,
      pages.map((_, tick) => (tick < 512 ? 1 : 0)),
      { anonymous: true },
    );
    const { counts, prefetches } = run(string, 64, named('linux-vma-swap'));
    // The first is elsewhere (0 is not behind 0), with a window of 8: 3 before, 4 behind.
    expect(counts.pageIns).toBe(1 + Math.ceil((512 - 5) / 8));
    expect(prefetches).toMatchObject({ useless: 0, useful: prefetches.issued });
  });
});

describe('uniform random references to 20 times as many pages as frames', () => {
  it.each([
    ['next-n', {}],
    ['stride', { minRun: 1 }],
    ['linux-file', {}],
  ] as const)('%s: nine in ten pages read ahead are of no use', (id, options) => {
    const { prefetches } = run(anywhere(4000, 20_000), 200, named(id, options));
    expect(prefetches.issued).toBeGreaterThan(500);
    expect(prefetches.useful).toBeLessThan(0.1 * prefetches.issued);
  });

  it('linux-file gives up after a hundred misses', () => {
    const { counts, prefetches } = run(anywhere(4000, 20_000), 200, named('linux-file'));
    expect(prefetches.issued / counts.pageIns).toBeLessThan(1);
  });
});

describe('replay of a profile', () => {
  /** The profile of the run under LRU. */
  function saved(references: ReferenceString, frameCount: number): NamedPrefetcher {
    let memory: Memory | undefined;
    replay(references, {
      policy: lru,
      frameCount,
      seed: 1,
      observe: (own) => {
        memory = own;
        return () => {};
      },
    });
    if (memory === undefined) throw new Error('nobody observed');
    return { ...named('replay'), profile: profileOf(memory, references) };
  }

  it('of the same run leaves no page-in where memory holds all pages', () => {
    const references = anywhere(300, 2000);
    const { counts, prefetches } = run(references, 300, saved(references, 300));
    const distinct = new Set(references.pages).size;
    expect(counts.pageIns).toBe(0);
    expect(prefetches).toMatchObject({ issued: distinct, useful: distinct, useless: 0 });
  });

  it('fills free frames only, and a smaller memory with what lies first', () => {
    const references = anywhere(300, 2000);
    const { counts, prefetches } = run(references, 100, saved(references, 300));
    expect(prefetches.issued).toBe(100);
    expect(counts.pageIns).toBeGreaterThan(0);
  });

  it('saves what is resident, in order of place', () => {
    const { profile } = saved(stringOf([9, 4, 6, 2, 4], [0, 0, 0, 0, 0]), 3);
    expect([...(profile?.indices ?? [])]).toEqual([2, 4, 6]);
  });
});

describe('reading ahead', () => {
  it('lets no more pages leave on one occasion than it may', () => {
    const references = stringOf([20], [0]);
    const prefetching = { prefetchers: [named('next-n', { n: 8 })], evictionsMax: 2 };
    const { counts, prefetches } = replayPrefetching(
      { ...references, pageCount: 30, kinds: new Uint8Array(30).fill(1) },
      { policy: lru, frameCount: 4, seed: 1 },
      prefetching,
    );
    // Three pages find free frames, two displace another.
    expect([prefetches.issued, counts.evictions]).toEqual([5, 2]);
  });

  it('counts places where nobody ever uses a page', () => {
    const references = stringOf([0, 5], [0, 0]);
    const places = {
      objects: new Uint32Array(6),
      indices: Float64Array.of(0, 10, 20, 30, 40, 50),
    };
    const { prefetches } = run({ ...references, places }, 4, named('next-n', { n: 3 }));
    expect(prefetches).toMatchObject({ absent: 6, issued: 0 });
  });

  it('is refused to policies that look into the future, and without slots to one by slot', () => {
    const min = policies.get('min');
    if (min === undefined) throw new Error('there is min');
    const prefetching = { prefetchers: [named('next-n')], evictionsMax: 1 };
    const future = { policy: min, frameCount: 2, seed: 1 };
    expect(() => replayPrefetching(inOrder(5), future, prefetching)).toThrow(InputError);
    for (const id of BY_SLOT) expect(() => run(inOrder(5), 2, named(id))).toThrow(InputError);
  });

  /** Page p lies in slot p, but for those that are free; everything was written once. */
  function inSwap(id: string, free: readonly number[] = []): (page: number) => number[] {
    const kinds = new Uint8Array(64);
    const facts = { pages: { kinds }, sequenceAt: () => 0 };
    const { memory } = startRun({ kinds }, {}, { policy: lru, frameCount: 40, seed: 1 }, () => {
      throw new Error('no future');
    });
    for (let page = 0; page < 64; page++) {
      memory.touch(page, 1, page);
      memory.evict(memory.frameOf(page), page);
    }
    const slots = {
      objectOf: () => 0,
      indexOf: (page: number) => page,
      beside: (page: number, distance: number) =>
        free.includes(page + distance) ? -1 : page + distance,
    };
    const prefetching = { prefetchers: [named(id)], evictionsMax: 8 };
    const ahead = new ReadAhead(memory, lru, { ...facts, slots }, prefetching);
    return (page) => {
      ahead.touch(page, 0, 64);
      return [...kinds.keys()].filter((other) => memory.frameOf(other) !== -1);
    };
  }

  it('linux-2.4-swap reads the whole aligned cluster, and nothing behind a free slot', () => {
    const residentAfter = inSwap('linux-2.4-swap', [12, 19]);
    expect(residentAfter(5)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const cluster = [8, 9, 10, 11, 13];
    expect(residentAfter(13).slice(8)).toEqual(cluster);
    expect(residentAfter(16).slice(13)).toEqual([16, 17, 18]);
  });

  it('linux-cluster-swap reads the aligned window of slots, as wide as the last was used', () => {
    const residentAfter = inSwap('linux-cluster-swap');
    // At first on trust, as if four had been used.
    const first = [16, 17, 18, 19, 20, 21, 22, 23];
    expect(residentAfter(21)).toEqual(first);
    expect(residentAfter(22)).toEqual(first);
    // One was used since: four pages, 36 to 39. Then none: by halves, and not beside the last one.
    expect(residentAfter(38)).toEqual([...first, 36, 37, 38, 39]);
    expect(residentAfter(45).slice(12)).toEqual([44, 45]);
    expect(residentAfter(50).slice(14)).toEqual([50]);
    // Beside the last one: two.
    expect(residentAfter(56).slice(15)).toEqual([56]);
    expect(residentAfter(55).slice(15)).toEqual([54, 55, 56]);
  });

  it('goes from place to place beyond 2^53, where an index has no successor', () => {
    const pages = Array.from({ length: 12 }, (_, tick) => tick % 6);
    const indices = Float64Array.from({ length: 6 }, (_, page) => 2 ** 54 + 2 ** 20 * page);
    const string: ReferenceString = {
      ...stringOf(
        pages,
        pages.map(() => 1),
        { anonymous: true },
      ),
      places: { objects: new Uint32Array(6), indices },
    };
    const { counts, prefetches } = run(string, 2, named('linux-vma-swap'));
    expect(prefetches.issued).toBe(0);
    expect(counts.pageIns).toBe(replay(string, { frameCount: 2, policy: lru, seed: 1 }).pageIns);
  });
});
