/** Loops that do not fit: where LRU finds nothing, and policies that know of loops find much. */
import { describe, expect, it } from 'vitest';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { stringOf } from '../support/references.ts';
import { victimsOf } from './victims.ts';

const policies = await loadPolicies();
const policyOf = (id: string): PolicySpec => policies.get(id) as PolicySpec;

/** `laps` times through as many pages of one object, in order. */
function loop(pageCount: number, laps: number): ReferenceString {
  const pages = Array.from({ length: pageCount * laps }, (_, tick) => tick % pageCount);
  const string = stringOf(pages, new Array<number>(pages.length).fill(0));
  const places = {
    objects: new Uint32Array(pageCount),
    indices: Float64Array.from({ length: pageCount }, (_, page) => page),
  };
  return { ...string, places };
}

function pageIns(id: string, string: ReferenceString, frameCount: number): number {
  return replayVerified(string, { policy: policyOf(id), frameCount, seed: 1 }).pageIns;
}

describe('on a loop of twice as many pages as there are frames', () => {
  const string = loop(512, 40);
  const references = 512 * 40;
  const found = (id: string): number => references - pageIns(id, string, 256);

  it('lru finds no page, and min half of them after the first lap', () => {
    expect(found('lru')).toBe(0);
    expect(found('min')).toBe(39 * 256);
  });

  it.each([
    // (F − e) / (l − e) for the first early point, F / 8, and the late point just past 2F.
    ['eelru', 0.38],
    // All but the 20 pages behind the head.
    ['seq', 0.4],
    ['ubm', 0.47],
    ['lecar', 0.45],
    ['cacheus', 0.45],
    // It has to learn which pages live so long from a few that do.
    ['lhd', 0.3],
  ])('%s finds at least %f of them', (id, share) => {
    expect(found(id)).toBeGreaterThan(share * references);
  });
});

it('eelru evicts as lru where no page comes back from the late region', () => {
  // A working set that fits, and pages used once.
  const pages = Array.from({ length: 6000 }, (_, tick) =>
    tick % 3 === 0 ? 20 + tick / 3 : (tick * 7) % 20,
  );
  const string = stringOf(pages, new Array<number>(pages.length).fill(0));
  const victims = (id: string): string[] =>
    victimsOf(string, { policy: policyOf(id), frameCount: 100, seed: 1 });
  expect(victims('eelru')).toEqual(victims('lru'));
});

it('seq lets a scan evict itself and keeps the working set', () => {
  // Between two uses of each of 40 pages there are 120 pages of a scan, and 80 frames.
  const pages = Array.from({ length: 6000 }, (_, tick) =>
    tick % 4 === 0 ? (tick / 4) % 40 : 100 + tick - Math.ceil(tick / 4),
  );
  const string = stringOf(pages, new Array<number>(pages.length).fill(0));
  const places = {
    objects: Uint32Array.from({ length: string.pageCount }, (_, page) => (page < 100 ? 0 : 1)),
    indices: Float64Array.from({ length: string.pageCount }, (_, page) => page),
  };
  const distinct = new Set(pages).size;
  expect(pageIns('lru', { ...string, places }, 80)).toBe(pages.length);
  expect(pageIns('seq', { ...string, places }, 80)).toBeLessThan(distinct + 100);
});

it('cflru trades page-outs for page-ins', () => {
  const pages = Array.from({ length: 4000 }, (_, tick) => (tick * tick * 7 + tick) % 97);
  const writes = pages.map((page) => (page % 3 === 0 ? 1 : 0));
  const counts = (id: string, options = {}) =>
    replayVerified(stringOf(pages, writes), {
      policy: policyOf(id),
      frameCount: 40,
      options,
      seed: 1,
    });
  expect(counts('cflru', { window: 0 })).toEqual(counts('lru'));
  expect(counts('cflru', { window: 1 }).pageOuts).toBeLessThan(counts('lru').pageOuts / 2);
});
