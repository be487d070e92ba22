import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayVerified } from '../../src/engine/replay.ts';
import {
  type Fingerprint,
  PageKind,
  type ReferenceString,
} from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { policy as clock } from '../../src/policies/clock.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { policy as min } from '../../src/policies/min.ts';
import { policy as sieve } from '../../src/policies/sieve.ts';
import { mappedPrograms } from '../support/mappedPrograms.ts';
import { anyFingerprint, SEED } from './arbitraries.ts';
import { naiveRun } from './naiveAddressSpaces.ts';

const text = (lines: string): Fingerprint => parseFingerprint(`@page-size 1\n${lines}`, 'x');

/** `Rf0 Wa1 …`: each reference with the kind of its page, file or anonymous, and its number. */
function played({ pages, writes, kinds }: ReferenceString): string {
  return Array.from(pages, (page, tick) => {
    const kind = kinds[page] === PageKind.File ? 'f' : 'a';
    return `${writes[tick] === 1 ? 'W' : 'R'}${kind}${page}`;
  }).join(' ');
}

/** Rows of the releases: the tick, then the pages. */
function releasesOf({ releases }: ReferenceString): number[][] {
  return Array.from(releases?.ticks ?? [], (tick, row) => [
    tick,
    ...releases!.pages.subarray(releases!.firstPage[row], releases!.firstPage[row + 1]),
  ]);
}

describe('a page', () => {
  it.each([
    ['a M(0,2,anonymous) R(0) W(1) W(0)', 'Ra0 Wa1 Wa0', 'anonymous, is one'],
    ['a M(0,1,anonymous) W(0) N(0,1) M(0,1,anonymous) W(0)', 'Wa0 Wa1', 'mapped again, is new'],
    ['a M(0,1,anonymous) W(0)\nb M(0,1,anonymous) W(0)', 'Wa0 Wa1', 'of another, is another'],
    ['a M(0,2,shm:7@0) W(1)\nb M(8,1,shm:7@1) R(8)', 'Wa0 Ra0', 'shared, is one at all addresses'],
    ['a M(0,1,shm:7@0) M(1,1,shm:7@0) W(0) W(1)', 'Wa0 Wa0', 'attached twice, is one'],
    ['a M(0,1,shm:7@0) W(0)\nb M(0,1,shm:8@0) W(0)', 'Wa0 Wa1', 'of another segment, is another'],
    ['a M(0,1,shm:7@0) W(0) N(0,1) M(0,1,shm:7@0) R(0)', 'Wa0 Ra0', 'shared, outlives its maps'],
    ['a M(0,1,file:/f@5,shared) W(0)\nb M(0,9,file:/f@0,private) R(5)', 'Wf0 Rf0', 'of a file'],
    ['a M(0,1,file:/f@0,private) R(0) W(0) R(0) W(0)', 'Rf0 Rf0 Wa1 Ra1 Wa1', 'private, is copied'],
    ['a M(0,1,file:/f@0,private) W(0)', 'Rf0 Wa1', 'first written, is read before'],
    ['a M(0,1,file:/7@0,shared) R(0)\nb M(0,1,shm:/7@0) R(0)', 'Rf0 Ra1', 'is of one store'],
  ])('of %j is played as %j: %s', (lines, expected) => {
    expect(played(linearize(text(lines)))).toBe(expected);
  });

  it('of a file stays as it is for all others when one of them writes its private copy', () => {
    const map = 'M(0,1,file:/f@0,private)';
    const string = linearize(text(`a ${map} W(0) R(0)\nb S(1) ${map} R(0)\nc S(2) ${map} W(0)`));
    expect(played(string)).toBe('Rf0 Wa1 Ra1 Rf0 Rf0 Wa2');
  });
});

describe('after a fork', () => {
  /** The parent makes N pages, forks, writes them all, and lets the child go on. */
  const pageCount = 5000;
  const pages = (letter: string): string =>
    Array.from({ length: pageCount }, (_, i) => `${letter}(${i})`).join(' ');
  const parent = `a M(0,${pageCount},anonymous) ${pages('W')} F(b)`;

  it('each page its parent writes is one copy, and then the child writes without any', () => {
    const string = linearize(text(`${parent} ${pages('W')}\nb S(1) ${pages('W')}`));
    expect(string.pageCount).toBe(2 * pageCount);
    // First writes; a read and a write for each copy; the child's own.
    expect(string.pages.length).toBe(4 * pageCount);
    const child = string.pages.subarray(3 * pageCount);
    expect([...child]).toEqual(Array.from({ length: pageCount }, (_, i) => i));
  });

  it('reading copies nothing', () => {
    const string = linearize(text(`${parent} ${pages('R')}\nb S(1) ${pages('R')}`));
    expect(string.pageCount).toBe(pageCount);
    expect(string.pages.length).toBe(3 * pageCount);
  });

  it('the parent writes without a copy when the child has exited', () => {
    const string = linearize(text(`${parent} D(b) ${pages('W')}\nb R(0) E`));
    expect(string.pageCount).toBe(pageCount);
    expect(string.releases).toBeUndefined();
  });

  it.each([
    ['a M(0,1,anonymous) F(b) W(0)\nb S(1) W(0)', 'Wa0 Wa1', 'a page not yet there is no copy'],
    ['a M(0,1,shm:7@0) W(0) F(b) W(0)\nb S(1) W(0)', 'Wa0 Wa0 Wa0', 'shared memory is shared'],
    ['a M(0,1,file:/f@0,shared) W(0) F(b) W(0)\nb S(1) W(0)', 'Wf0 Wf0 Wf0', 'shared files too'],
    ['a M(0,1,anonymous) W(0) F(b) S(1) R(0)\nb W(0)', 'Wa0 Ra0 Wa1 Ra0', 'the child copies'],
    [
      'a M(0,1,anonymous) W(0) F(b) S(2) W(0)\nb F(c) S(1) W(0)\nc R(0)',
      'Wa0 Ra0 Ra0 Wa1 Ra0 Wa2',
      'a grandchild is a holder',
    ],
    [
      'a M(0,1,anonymous) W(0) F(b) S(1) N(0,1)\nb S(2) W(0)',
      'Wa0 Wa0',
      'who unmaps is a holder no more',
    ],
    [
      'a M(0,1,file:/f@0,private) R(0) F(b) W(0)\nb S(1) W(0)',
      'Rf0 Rf0 Wa1 Rf0 Wa2',
      'private pages of a file are copied from the file',
    ],
  ])('%j is played as %j: %s', (lines, expected) => {
    expect(played(linearize(text(lines)))).toBe(expected);
  });
});

describe('pages given back', () => {
  it.each([
    ['a M(0,2,anonymous) W(0) R(1) E', [[2, 0, 1]], 'are those of an exit'],
    ['a M(0,2,anonymous) W(0) R(1)', [], 'are not those of an end without exit'],
    ['a M(0,3,anonymous) W(2) W(1) N(1,2) R(0)', [[2, 0, 1]], 'are those unmapped, at once'],
    ['a M(0,1,shm:7@0) W(0) N(0,1) E', [], 'are not in shared memory'],
    ['a M(0,1,file:/f@0,private) W(0) E', [[2, 1]], 'are private copies, not those of the file'],
    ['a M(0,1,anonymous) W(0) F(b) E\nb S(1) R(0) E', [[2, 0]], 'have had their last holder'],
    [
      'a M(0,2,anonymous) W(0) F(b) W(0) E\nb S(1) E',
      [
        [3, 1],
        [3, 0],
      ],
      'may be the copy or it',
    ],
  ])('in %j: %j, they %s', (lines, expected) => {
    expect(releasesOf(linearize(text(lines)))).toEqual(expected);
  });
});

it('costs nothing for pages that are mapped and not referenced', () => {
  const huge = 2 ** 40;
  const maps = Array.from({ length: 9 }, (_, i) => `M(${i * huge},${huge},anonymous)`).join(' ');
  const string = linearize(text(`a ${maps} W(${huge}) F(b) N(0,${huge}) E\nb R(${huge}) E`));
  expect(played(string)).toBe('Wa0 Ra0');
});

it('plays a lone sequence in one anonymous map as it plays it without maps', () => {
  const references = 'R(3) W(900) R(3) W(70) W(3) R(0)';
  const mapped = linearize(text(`a M(0,1000,anonymous) ${references} E`));
  const plain = linearize(text(`a ${references} E`));
  // Only who numbers the pages' places first is another.
  expect({ ...mapped, places: undefined }).toEqual({ ...plain, places: undefined });
  expect(mapped.places?.indices).toEqual(plain.places?.indices);
});

const anyProgram = mappedPrograms({ pages: 320, runMax: 120, steps: 80 });

/** The naive run in dense pages: names are numbered as they first appear. */
function expected(fingerprint: Fingerprint) {
  const { references, releases } = naiveRun(fingerprint);
  const numberOf = new Map<string, number>();
  const pages = references.map((reference) => {
    const name = reference.slice(2);
    if (!numberOf.has(name)) numberOf.set(name, numberOf.size);
    return numberOf.get(name)!;
  });
  return {
    pages,
    writes: references.map((reference) => (reference.startsWith('W') ? 1 : 0)),
    pageCount: numberOf.size,
    kinds: [...numberOf.keys()].map((name) => (name.startsWith('file ') ? 1 : 0)),
    releases: releases.map(([tick, ...names]) => [
      tick,
      ...names.map((name) => numberOf.get(name)!).sort((a, b) => a - b),
    ]),
  };
}

function expectAsNaive(fingerprint: Fingerprint): void {
  const string = linearize(fingerprint);
  expect({
    pages: [...string.pages],
    writes: [...string.writes],
    pageCount: string.pageCount,
    kinds: [...string.kinds],
    releases: releasesOf(string),
  }).toEqual(expected(fingerprint));
}

it('is what copying whole maps of strings at each fork gives', () => {
  fc.assert(fc.property(anyProgram, expectAsNaive), { seed: SEED, numRuns: 400 });
});

it('is so for fingerprints with all kinds of actions', () => {
  const withMaps = anyFingerprint.filter(({ mappings }) => mappings.length > 0);
  fc.assert(fc.property(withMaps, expectAsNaive), { seed: SEED, numRuns: 200 });
});

it('is replayed under any policy, and each page comes in once where there is room for all', () => {
  fc.assert(
    fc.property(anyProgram, fc.integer({ min: 1, max: 60 }), (fingerprint, frameCount) => {
      const string = linearize(fingerprint);
      const fileCount = string.kinds.reduce((sum, kind) => sum + kind, 0);
      for (const policy of [lru, clock, sieve, min]) {
        const small = replayVerified(string, { policy, frameCount, seed: 1 });
        expect(small.references).toBe(string.pages.length);
        expect(small.pageIns).toBeGreaterThanOrEqual(fileCount);
        const roomy = { policy, frameCount: Math.max(1, string.pageCount), seed: 1 };
        expect(replayVerified(string, roomy)).toMatchObject({
          pageIns: fileCount,
          minorFaults: string.pageCount - fileCount,
          evictions: 0,
        });
      }
    }),
    { seed: SEED, numRuns: 60 },
  );
});
