/** What a policy may do besides naming victims, and what is counted then. */
import { expect, it } from 'vitest';
import { definePolicy, type PolicyContext } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { PageKind } from '../../src/fingerprint/fingerprint.ts';
import { InvariantError } from '../../src/support/assert.ts';

/** A policy whose `act` is called after each load and, where it is asked to, at soft faults. */
function acting(act: (context: PolicyContext, frame: number, tick: number) => void) {
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
      onSoftFault: (frame, tick) => act(context, frame, tick),
    }),
  });
}

/** Of pages of files; a page of 100 and more is written. */
const files = (...numbers: number[]) => ({
  pages: Uint32Array.from(numbers, (number) => number % 100),
  writes: Uint8Array.from(numbers, (number) => (number >= 100 ? 1 : 0)),
  pageCount: 10,
  kinds: new Uint8Array(10).fill(PageKind.File),
  releases: undefined,
});

it('a page evicted early is written if it is dirty, and read again when it is used', () => {
  const policy = acting(({ pager }, frame, tick) => {
    if (tick === 1) pager.evict(1 - frame, tick);
  });
  const counts = replayVerified(files(101, 2, 1, 2), { policy, frameCount: 3, seed: 1 });
  expect(counts).toMatchObject({ pageIns: 3, pageOuts: 1, evictions: 1, dirtyAtEnd: 0 });
});

it('free frames are counted on average, from the first eviction on', () => {
  const policy = acting(({ pager }, frame, tick) => {
    if (tick === 1) pager.evict(1 - frame, tick);
  });
  // Free at ticks 1 and 2: two frames of three, then one; at 3, none is evicted, one is filled.
  const counts = replayVerified(files(1, 2, 2, 3, 3), { policy, frameCount: 3, seed: 1 });
  expect(counts.meanFreeFrames).toBe((2 + 2 + 1 + 1) / 4);
});

it('a page that was cleaned leaves for nothing, unless it is written again', () => {
  const policy = acting(({ pager }, frame, tick) => {
    if (tick === 0) pager.clean(frame);
  });
  const run = { policy, frameCount: 1, seed: 1 };
  expect(replayVerified(files(101, 1, 2), run).pageOuts).toBe(1);
  expect(replayVerified(files(101, 101, 2), run).pageOuts).toBe(2);
});

it('only a dirty page is cleaned', () => {
  const policy = acting(({ pager }, frame) => pager.clean(frame));
  const run = { policy, frameCount: 1, seed: 1 };
  expect(() => replayVerified(files(1), run)).toThrow(InvariantError);
});

it('an unmapped page stays, its next use is a soft fault, and then it is mapped again', () => {
  const seen: boolean[] = [];
  const policy = acting(({ pager }, frame, tick) => {
    seen.push(pager.isMapped(frame));
    if (tick === 0) pager.unmap(frame);
  });
  const counts = replayVerified(files(1, 101, 1, 2), { policy, frameCount: 1, seed: 1 });
  expect(counts).toMatchObject({ pageIns: 2, softFaults: 1, pageOuts: 1, references: 4 });
  expect(seen).toEqual([true, true, true]);
});

it('a page unmapped is evicted, and given back by an exit, like any other', () => {
  const policy = acting(({ pager }, frame, tick) => {
    if (tick === 0) pager.unmap(frame);
  });
  const run = { policy, frameCount: 1, seed: 1 };
  expect(replayVerified(files(101, 2, 1), run)).toMatchObject({ softFaults: 0, pageIns: 3 });
  const exit = {
    ticks: Int32Array.of(1),
    firstPage: Int32Array.of(0, 1),
    pages: Uint32Array.of(1),
  };
  const counts = replayVerified({ ...files(101, 2), releases: exit }, run);
  expect(counts).toMatchObject({ softFaults: 0, pageOuts: 0, evictions: 0 });
});
