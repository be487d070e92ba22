/** Pages that are resident ahead of their first use, and what is counted then. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Memory, PrefetchCounts } from '../../src/engine/memory.ts';
import { type Run, startRun } from '../../src/engine/replay.ts';
import { PageKind } from '../../src/fingerprint/fingerprint.ts';
import { policy as lru } from '../../src/policies/lru.ts';

/** LRU, its history kept, over pages of files, of which `anonymous` are not. */
function started(frameCount: number, pageCount = 10, anonymous: readonly number[] = []): Memory {
  const kinds = new Uint8Array(pageCount).fill(PageKind.File);
  for (const page of anonymous) kinds[page] = PageKind.Anonymous;
  const policy = { ...lru, readsHistory: true };
  const run: Omit<Run, 'nextUse'> = { policy, frameCount, seed: 1 };
  const noFuture = (): never => {
    throw new Error('lru looks at no future');
  };
  return startRun({ kinds }, {}, run, noFuture).memory;
}

it('a page read ahead is resident, not referenced, and counted apart from page-ins', () => {
  const memory = started(2);
  expect(memory.prefetch(3, 0, false)).toBe(true);
  const { ahead, referenced, useCount, pageOf } = memory.frames;
  expect([pageOf[0], ahead[0], referenced[0], useCount[0]]).toEqual([3, 1, 0, 0]);
  expect(memory.counts(0)).toMatchObject({ pageIns: 0, minorFaults: 0, softFaults: 0 });
  expect(memory.prefetchCounts()).toMatchObject({ issued: 1, useful: 0, useless: 0 });
});

it('its first use finds it useful, and later ones are hits like any other', () => {
  const memory = started(2);
  memory.prefetch(3, 0, false);
  memory.touch(3, 1, 0);
  memory.touch(3, 0, 1);
  const { ahead, referenced, useCount, dirty } = memory.frames;
  expect([ahead[0], referenced[0], useCount[0], dirty[0]]).toEqual([0, 1, 2, 1]);
  expect(memory.counts(2)).toMatchObject({ pageIns: 0, softFaults: 0 });
  expect(memory.prefetchCounts()).toMatchObject({ issued: 1, useful: 1, useless: 0 });
});

it('it is useless when it leaves unused, evicted or given back', () => {
  const memory = started(2);
  memory.prefetch(3, 0, false);
  memory.prefetch(4, 0, false);
  memory.release(3, 0);
  memory.touch(5, 0, 0);
  memory.touch(6, 0, 1);
  expect(memory.prefetchCounts()).toMatchObject({ issued: 2, useful: 0, useless: 2 });
});

it('without leave to evict it takes free frames only', () => {
  const memory = started(1);
  memory.touch(0, 0, 0);
  expect(memory.prefetch(1, 0, false)).toBe(false);
  expect(memory.prefetch(1, 0, true)).toBe(true);
  expect(memory.counts(1).evictions).toBe(1);
});

it('a page that is there is redundant, and one with nothing on disk is not read', () => {
  const memory = started(3, 10, [7, 8]);
  memory.touch(7, 1, 0);
  memory.touch(8, 0, 1);
  expect(memory.prefetch(7, 1, true)).toBe(false);
  memory.release(7, 2);
  memory.release(8, 2);
  expect([memory.prefetch(7, 2, true), memory.prefetch(8, 2, true)]).toEqual([false, false]);
  expect(memory.prefetchCounts()).toMatchObject({ issued: 0, redundant: 1 });
});

it('what a page read ahead has displaced pollutes when it is read again, once', () => {
  const memory = started(1);
  [0, 1].forEach((page, tick) => {
    memory.touch(page, 0, tick);
  });
  memory.prefetch(2, 1, true);
  // 1 left for 2; 0 had left for 1.
  memory.touch(0, 0, 2);
  expect(memory.pollution).toBe(0);
  memory.touch(1, 0, 3);
  expect(memory.pollution).toBe(1);
  memory.touch(0, 0, 4);
  memory.touch(1, 0, 5);
  expect(memory.pollution).toBe(1);
});

it('at every instant, issued = useful + useless + resident unused, as a model with sets has it', () => {
  const step = fc.record({
    kind: fc.constantFrom('touch', 'ahead', 'free-ahead', 'release'),
    page: fc.nat(9),
    write: fc.nat(1),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 80 }),
      fc.integer({ min: 1, max: 5 }),
      fc.uniqueArray(fc.nat(9)),
      (steps, frameCount, anonymous) => {
        const memory = started(frameCount, 10, anonymous);
        const model = new NaiveAhead(frameCount, anonymous);
        steps.forEach(({ kind, page, write }, tick) => {
          if (kind === 'touch') memory.touch(page, write, tick);
          else if (kind === 'release') memory.release(page, tick);
          else memory.prefetch(page, tick, kind === 'ahead');
          model.step(kind, page, write);
          model.counts.unused = model.unused.size;
          memory.verify();
          expect({ ...memory.prefetchCounts(), pageIns: memory.pageIns }).toEqual(model.counts);
        });
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

/** LRU with pages read ahead, as arrays and sets; resident pages in order of use. */
class NaiveAhead {
  resident: number[] = [];
  unused = new Set<number>();
  readable: Set<number>;
  /** Given back, but read if it is used again. */
  onDisk: Set<number>;
  displaced = new Set<number>();
  counts: { -readonly [K in keyof PrefetchCounts]: number } & { pageIns: number } = {
    issued: 0,
    useful: 0,
    late: 0,
    useless: 0,
    inFlight: 0,
    unused: 0,
    redundant: 0,
    pollution: 0,
    pageIns: 0,
  };
  readonly #frameCount: number;

  constructor(frameCount: number, anonymous: readonly number[]) {
    this.#frameCount = frameCount;
    const files = Array.from({ length: 10 }, (_, page) => page).filter(
      (page) => !anonymous.includes(page),
    );
    this.readable = new Set(files);
    this.onDisk = new Set(files);
  }

  step(kind: string, page: number, write: number): void {
    if (kind === 'touch') this.touch(page, write);
    else if (kind === 'release') {
      this.readable.delete(page);
      this.leave(page);
    } else this.ahead(page, kind === 'ahead');
  }

  touch(page: number, write: number): void {
    if (this.resident.includes(page)) {
      if (this.unused.delete(page)) this.counts.useful++;
      this.resident = this.resident.filter((other) => other !== page);
    } else {
      if (this.resident.length === this.#frameCount) this.leave(this.resident[0]);
      if (this.onDisk.has(page)) {
        this.counts.pageIns++;
        this.readable.add(page);
        if (this.displaced.has(page)) this.counts.pollution++;
      }
      this.displaced.delete(page);
    }
    this.resident.push(page);
    if (write === 0) return;
    this.onDisk.add(page);
    this.readable.add(page);
  }

  ahead(page: number, mayEvict: boolean): void {
    if (this.resident.includes(page)) {
      this.counts.redundant++;
      return;
    }
    const isFull = this.resident.length === this.#frameCount;
    if (!this.readable.has(page) || (isFull && !mayEvict)) return;
    if (isFull) {
      this.displaced.add(this.resident[0]);
      this.leave(this.resident[0]);
    }
    this.displaced.delete(page);
    this.resident.push(page);
    this.unused.add(page);
    this.counts.issued++;
  }

  leave(page: number): void {
    if (this.unused.delete(page)) this.counts.useless++;
    this.resident = this.resident.filter((other) => other !== page);
  }
}
