/** Figures that are known exactly: from the kernel, from the definitions, and the seed's faults. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import { simulate } from '../../src/engine/simulate.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { policy as clock } from '../../src/policies/clock.ts';
import { policy as fifo } from '../../src/policies/fifo.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { prefetcher as swap24 } from '../../src/prefetch/linux-2.4-swap.ts';
import { prefetcher as linuxFile } from '../../src/prefetch/linuxFile.ts';
import { prefetcher as vmaSwap } from '../../src/prefetch/linuxVmaSwap.ts';
import { Random } from '../../src/support/random.ts';
import { FingerprintLayer } from '../../src/vm/fingerprintLayer.ts';
import { IO_PRESETS, parseIoOptions } from '../../src/vm/ioOptions.ts';
import { MAY_READ } from '../../src/vm/virtualMemory.ts';
import { directMachine, mappingOf } from './directMachine.ts';
import { mix, Versions } from './oracle.ts';

const N = 16_384;

/** Memory with room for everything, as kernels have it. */
const roomy = (positions = N, pageCountMax = 3 * N) =>
  directMachine({
    frameCount: pageCountMax,
    policy: lru,
    preset: 'linux',
    positions,
    pageCountMax,
  });

describe('copy on write', () => {
  it('the parent writing N pages after a fork is N copies, then the child N reuses', () => {
    const { vm } = roomy();
    vm.spawn(0);
    vm.map(0, 0, N, mappingOf(0, N));
    for (let i = 0; i < N; i++) vm.access(0, i, 1);
    vm.fork(0, 1);
    for (let i = 0; i < N; i++) vm.access(0, i, 1);
    expect(vm.counts().faults).toMatchObject({ zeroFill: N, cowCopy: N, cowReuse: 0 });
    for (let i = 0; i < N; i++) vm.access(1, i, 1);
    expect(vm.counts().faults).toMatchObject({ zeroFill: N, cowCopy: N, cowReuse: N });
    vm.verify();
  });

  it('a child that writes nothing adds no frame', () => {
    const { vm, memory } = roomy();
    vm.spawn(0);
    vm.map(0, 0, 100, mappingOf(0, 100));
    for (let i = 0; i < 100; i++) vm.access(0, i, 1);
    const free = memory.freeCount;
    vm.fork(0, 1);
    for (let i = 0; i < 100; i++) vm.access(1, i, 0);
    expect(memory.freeCount).toBe(free);
  });

  it('after all exits no frame and no slot is in use', () => {
    const { vm, memory } = directMachine({
      frameCount: 5,
      policy: lru,
      preset: 'linux',
      positions: 20,
      pageCountMax: 200,
    });
    vm.spawn(0);
    vm.map(0, 0, 20, mappingOf(0, 20));
    for (let process = 0; process < 6; process++) {
      for (let i = process; i < 20; i++) vm.access(process, i, i % 2);
      vm.fork(process, process + 1);
    }
    expect(vm.counts().swapSlotsUsed).toBeGreaterThan(0);
    for (const process of [3, 0, 6, 5, 1, 2, 4]) vm.exit(process);
    expect(memory.freeCount).toBe(5);
    expect(vm.counts().swapSlotsUsed).toBe(0);
  });

  it('a swapped-out page that two share is one page-in and one soft fault', () => {
    const { vm } = directMachine({ frameCount: 2, policy: fifo, preset: 'linux', positions: 8 });
    vm.spawn(0);
    vm.map(0, 0, 8, mappingOf(0, 8));
    vm.access(0, 0, 1);
    vm.fork(0, 1);
    for (const i of [1, 2, 3]) vm.access(0, i, 1);
    const before = vm.counts().faults;
    vm.access(0, 0, 0);
    vm.access(1, 0, 0);
    const { demand, softMapped } = vm.counts().faults;
    expect([demand - before.demand, softMapped - before.softMapped]).toEqual([1, 1]);
  });

  it('the page of zeros is copied for nothing: 16,384 read and then written are twice as many', () => {
    const { vm, memory } = roomy();
    vm.spawn(0);
    vm.map(0, 0, N, mappingOf(0, N));
    for (let i = 0; i < N; i++) vm.access(0, i, 0);
    expect(vm.counts().faults.zeroRead).toBe(N);
    expect(memory.freeCount).toBe(3 * N);
    for (let i = 0; i < N; i++) vm.access(0, i, 1);
    expect(vm.counts().faults).toMatchObject({ zeroRead: N, cowZeroPage: N, zeroFill: 0 });
  });
});

describe('shared memory', () => {
  it('is filled for the first of two attachers, and mapped for the second', () => {
    const { vm } = roomy(8);
    for (const process of [0, 1]) {
      vm.spawn(process);
      vm.map(process, 2 * process, 2 * process + 2, mappingOf(2 * process, 2, 'shm'));
    }
    vm.access(0, 0, 1);
    expect(vm.counts().faults).toMatchObject({ zeroFill: 1, softMapped: 0 });
    vm.access(1, 2, 0);
    expect(vm.counts().faults).toMatchObject({ zeroFill: 1, softMapped: 1 });
    vm.access(1, 2, 1);
    expect(vm.presentAt(0, 0)).toBe(vm.presentAt(1, 2));
  });

  it('attached twice by one process, it is unmapped at both places by one eviction', () => {
    const { vm } = directMachine({ frameCount: 1, policy: lru, preset: 'linux', positions: 8 });
    vm.spawn(0);
    vm.map(0, 0, 1, mappingOf(0, 1, 'shm'));
    vm.map(0, 1, 2, mappingOf(1, 1, 'shm'));
    vm.map(0, 4, 5, mappingOf(4, 1));
    vm.access(0, 0, 1);
    vm.access(0, 1, 1);
    expect(vm.presentAt(0, 0)).toBe(vm.presentAt(0, 1));
    vm.access(0, 4, 1);
    expect([vm.presentAt(0, 0), vm.presentAt(0, 1)]).toEqual([-1, -1]);
    expect(vm.counts().unmappedEntries).toBe(2);
  });
});

describe('files', () => {
  /** A file of N pages that another has read, and that is mapped now. */
  const cached = (backing: 'private' | 'shared') => {
    const { vm, memory } = roomy();
    vm.spawn(0);
    vm.map(0, 0, N, mappingOf(0, N, backing));
    for (let i = 0; i < N; i++) vm.accessFile('/f', BigInt(i), 0);
    return { vm, memory, before: vm.counts() };
  };
  const minor = (vm: ReturnType<typeof cached>['vm']): number => {
    const { demand, late, protection, ...faults } = vm.counts().faults;
    expect([late, protection]).toEqual([0, 0]);
    return Object.values(faults).reduce((a, b) => a + b, 0);
  };

  it('16,384 cached pages read in order are 1,024 minor faults', () => {
    const { vm } = cached('shared');
    for (let i = 0; i < N; i++) vm.access(0, i, 0);
    expect(minor(vm)).toBe(1024);
  });

  it('without fault-around they are 16,384', () => {
    const io = { faultAround: 1 };
    const frameCount = N;
    const { vm } = directMachine({ frameCount, policy: lru, preset: 'linux', io, positions: N });
    vm.spawn(0);
    vm.map(0, 0, N, mappingOf(0, N, 'private'));
    for (let i = 0; i < N; i++) vm.accessFile('/f', BigInt(i), 0);
    for (let i = 0; i < N; i++) vm.access(0, i, 0);
    expect(minor(vm)).toBe(N);
  });

  it.each(['private', 'shared'] as const)(
    'written in order through a %s map they are 16,384 minor faults',
    (backing) => {
      const { vm, before } = cached(backing);
      for (let i = 0; i < N; i++) vm.access(0, i, 1);
      expect(minor(vm)).toBe(N);
      const kind = backing === 'private' ? 'cowCopy' : 'writeNotify';
      expect(vm.counts().faults[kind]).toBe(N);
      expect(vm.counts().demandIns).toBe(before.demandIns);
    },
  );

  it('16,384 uncached pages in order are one page-in with readahead, and 16,384 without', () => {
    const scan = (isAhead: boolean) => {
      const { vm } = directMachine({
        frameCount: 2 * N,
        policy: lru,
        preset: 'linux',
        positions: N,
        prefetching: {
          prefetchers: isAhead ? [{ spec: linuxFile, options: linuxFile.defaults }] : [],
          evictionsMax: 32,
        },
      });
      vm.spawn(0);
      vm.map(0, 0, N, mappingOf(0, N, 'shared'));
      for (let i = 0; i < N; i++) vm.access(0, i, 0);
      return vm.counts();
    };
    expect(scan(false)).toMatchObject({ demandIns: N, prefetchIns: 0, ioReads: N });
    const { demandIns, prefetchIns, ioReads } = scan(true);
    expect([demandIns, demandIns + prefetchIns]).toEqual([1, N]);
    expect(ioReads).toBeLessThan(N / 30);
  });

  /** Memory with room for the file, which linux-file reads ahead. */
  const readingAhead = (pages = 32, policy = lru) => {
    const { vm, memory } = directMachine({
      frameCount: 2 * N,
      policy,
      preset: 'linux',
      positions: N,
      prefetching: { prefetchers: [{ spec: linuxFile, options: { pages } }], evictionsMax: 32 },
    });
    vm.spawn(0);
    vm.map(0, 0, N, mappingOf(0, N, 'shared'));
    return { vm, memory };
  };

  it('read() in order reads ahead in windows of 4, 8, 16 and then 32 pages', () => {
    const { vm, memory } = readingAhead();
    const readUpTo: number[] = [];
    for (let i = 0; i < 64; i++) {
      vm.accessFile('/f', BigInt(i), 0);
      readUpTo.push(memory.frames.frameCount - memory.freeCount);
    }
    const grown = readUpTo.flatMap((count, i) => (count > (readUpTo[i - 1] ?? 0) ? [i] : []));
    expect(grown).toEqual([0, 1, 4, 12, 28, 60]);
    expect(grown.map((i) => readUpTo[i])).toEqual([4, 12, 28, 60, 92, 124]);
    for (let i = 64; i < N; i++) vm.accessFile('/f', BigInt(i), 0);
    expect(vm.counts()).toMatchObject({ demandIns: 1, prefetchIns: N - 1 });
  });

  it('read() elsewhere reads its page only, and goes on from there when it is in order again', () => {
    const { vm } = readingAhead();
    for (const i of [5000, 300, 9000, 77]) vm.accessFile('/f', BigInt(i), 0);
    expect(vm.counts()).toMatchObject({ demandIns: 4, prefetchIns: 0 });
    for (let i = 78; i < 78 + 60; i++) vm.accessFile('/f', BigInt(i), 0);
    expect(vm.counts()).toMatchObject({ demandIns: 5, faults: { demand: 5 } });
    for (let i = 0; i < 50; i++) vm.accessFile('/f', BigInt(2000 + i), 1);
    expect(vm.counts().demandIns).toBe(55);
  });

  it('4,000 touches anywhere are few page-ins where 8 MiB are read around each, as was measured', () => {
    const { vm, memory } = readingAhead(2048);
    const random = new Random(5);
    const touched = Array.from({ length: 4000 }, () => random.below(N));
    vm.access(0, touched[0], 0);
    // Measured: at least 1,307; half of them lie behind the page, unless the file ends.
    expect(memory.frames.frameCount - memory.freeCount).toBeGreaterThanOrEqual(1024);
    for (const i of touched) vm.access(0, i, 0);
    // Measured: 12, and all 16,384 pages resident.
    expect(vm.counts().demandIns).toBeGreaterThanOrEqual(8);
    expect(vm.counts().demandIns).toBeLessThanOrEqual(16);
    expect(memory.frames.frameCount - memory.freeCount).toBe(N);
    // With MADV_RANDOM 3,503: one for each page that was touched.
    const alone = readingAhead(0).vm;
    for (const i of touched) alone.access(0, i, 0);
    expect(alone.counts().demandIns).toBe(new Set(touched).size);
  });

  it('a clean page leaves for nothing however often, and a private write never reaches the file', () => {
    const { vm } = directMachine({ frameCount: 1, policy: lru, preset: 'linux', positions: 4 });
    vm.spawn(0);
    vm.map(0, 0, 2, mappingOf(0, 2, 'private'));
    for (let round = 0; round < 10; round++) for (const i of [0, 1]) vm.access(0, i, 0);
    expect(vm.counts()).toMatchObject({ pageOutsFile: 0, pageOutsSwap: 0, ioWrites: 0 });
    expect(vm.counts().droppedClean).toBe(19);
    for (const i of [0, 1, 0, 1]) vm.access(0, i, 1);
    expect(vm.counts().pageOutsFile).toBe(0);
    expect(vm.counts().pageOutsSwap).toBe(3);
  });

  describe('dirty ones', () => {
    /** `pages` of a file written one after the other, and what was written back by then. */
    const written = (pages: number, io: Record<string, number>, order = (i: number) => i) => {
      const { vm, memory } = directMachine({
        frameCount: 100,
        policy: lru,
        preset: 'textbook',
        io: { requestPages: 256, ...io },
        positions: 200,
      });
      vm.spawn(0);
      vm.map(0, 0, 200, mappingOf(0, 200, 'shared'));
      for (let i = 0; i < pages; i++) vm.access(0, order(i), 1);
      vm.verify();
      return { vm, memory, counts: vm.counts() };
    };

    it('are written when they leave only, where nobody flushes', () => {
      const { counts } = written(150, {});
      expect(counts).toMatchObject({ pageOutsFile: 50, flushedPages: 0, ioWrites: 50 });
      expect(counts.evictionsByKind).toEqual({
        ...{ anonymousClean: 0, anonymousDirty: 0, fileClean: 0, fileDirty: 50 },
      });
    });

    it('are written together as soon as more than a tenth of memory is, in order of their places', () => {
      // Eleven at a time, whatever the order they were written in: one request each.
      const { counts } = written(44, { flushPercent: 10 }, (i) => 43 - i);
      expect(counts).toMatchObject({ flushedPages: 44, pageOutsFile: 44, ioWrites: 4 });
      expect(written(43, { flushPercent: 10 }).counts.flushedPages).toBe(33);
      const { evictionsByKind } = written(150, { flushPercent: 10 }).counts;
      expect(evictionsByKind).toMatchObject({ fileClean: 50, fileDirty: 0 });
    });

    it('are written when the first of them has been dirty for so many references', () => {
      expect(written(20, { flushAge: 20 }).counts.flushedPages).toBe(0);
      expect(written(21, { flushAge: 20 }).counts.flushedPages).toBe(21);
      // Written again and again, it is flushed once each time.
      const { vm } = written(0, { flushAge: 10 });
      for (let i = 0; i < 110; i++) vm.access(0, 3, 1);
      expect(vm.counts()).toMatchObject({ flushedPages: 10, pageOutsFile: 10, demandIns: 1 });
      // Where page tables count, the first write behind each flush is a fault.
      const { vm: linux } = written(0, { flushAge: 10, pageTables: 1 });
      for (let i = 0; i < 111; i++) linux.access(0, 3, 1);
      expect(linux.counts()).toMatchObject({ faults: { demand: 1, writeNotify: 10 } });
    });

    it('of another file stay, where that one is enough', () => {
      const { vm } = written(8, { flushPercent: 10 });
      for (let i = 0; i < 3; i++) vm.accessFile('/g', BigInt(i), 1);
      expect(vm.files()).toEqual([
        { path: '/f', resident: 8, dirty: 0, demandIns: 8, prefetchIns: 0, pageOuts: 8 },
        { path: '/g', resident: 3, dirty: 3, demandIns: 3, prefetchIns: 0, pageOuts: 0 },
      ]);
      vm.verify();
    });
  });

  it('are counted one by one: what is in memory, what was read and written', () => {
    const { vm } = readingAhead();
    vm.access(0, 100, 1);
    vm.accessFile('/e', 0n, 0);
    vm.sync('/f', 0n, 200n);
    vm.access(0, 100, 1);
    expect(vm.files()).toEqual([
      { path: '/e', resident: 1, dirty: 0, demandIns: 1, prefetchIns: 0, pageOuts: 0 },
      { path: '/f', resident: 32, dirty: 1, demandIns: 1, prefetchIns: 31, pageOuts: 1 },
    ]);
  });

  it('a page of a shared file is notified once each time it has been cleaned', () => {
    const { vm } = roomy(4);
    vm.spawn(0);
    vm.map(0, 0, 1, mappingOf(0, 1, 'shared'));
    for (let round = 0; round < 3; round++) {
      vm.access(0, 0, 0);
      for (let i = 0; i < 5; i++) vm.access(0, 0, 1);
      vm.sync('/f', 0n, 1n);
    }
    expect(vm.counts()).toMatchObject({ pageOutsFile: 3, faults: { demand: 1, writeNotify: 3 } });
  });

  it('what may not be written, or lies behind the end, is counted and dropped', () => {
    const { vm } = roomy(8);
    vm.spawn(0);
    vm.map(0, 0, 4, mappingOf(0, 4, 'shared'), MAY_READ);
    expect(vm.access(0, 0, 1)).toBe(false);
    expect(vm.access(0, 3, 0)).toBe(true);
    vm.truncate('/f', 2n);
    expect(vm.access(0, 3, 0)).toBe(false);
    expect(vm.access(0, 1, 0)).toBe(true);
    expect(vm.access(0, 7, 0)).toBe(false);
    expect(vm.counts().faults.protection).toBe(3);
  });
});

describe('swap', () => {
  const thrash = (io: Record<string, number>, rounds = 4, policy = fifo) => {
    const machine = directMachine({ frameCount: 2, policy, preset: 'textbook', io, positions: 4 });
    const { vm } = machine;
    vm.spawn(0);
    vm.map(0, 0, 4, mappingOf(0, 4));
    for (let i = 0; i < 4; i++) vm.access(0, i, 1);
    for (let round = 0; round < rounds; round++) for (let i = 0; i < 4; i++) vm.access(0, i, 0);
    vm.verify();
    return vm.counts();
  };

  it('keeps the copies of pages read back, so that each is written once', () => {
    expect(thrash({})).toMatchObject({ pageOutsSwap: 4, demandIns: 16, swapSlotsPeak: 4 });
  });

  it('gives them up when it is half full, and then every eviction is written', () => {
    const counts = thrash({ swapSlots: 4, keepSlotsPercent: 50 });
    expect(counts.demandIns).toBe(16);
    expect(counts.pageOutsSwap).toBeGreaterThan(8);
    expect(counts.swapSlotsPeak).toBeLessThan(4);
  });

  it('slot 0 is a slot, and a space of few slots is enough where the rest is in memory', () => {
    expect(thrash({ swapSlots: 3, keepSlotsPercent: 0 }).demandIns).toBe(16);
    expect(thrash({ swapSlots: 4 }).pageOutsSwap).toBe(4);
    expect(() => thrash({ swapSlots: 1 })).toThrow('out of swap: all 1 slots');
    expect(() => thrash({ swapSlots: 0 })).toThrow('out of swap');
  });

  it('puts what is written at once into requests of neighbours', () => {
    const { vm } = directMachine({
      frameCount: 512,
      policy: fifo,
      preset: 'linux',
      positions: 2048,
    });
    vm.spawn(0);
    vm.map(0, 0, 2048, mappingOf(0, 2048));
    for (let i = 0; i < 2048; i++) vm.access(0, i, 1);
    // Thirty-two at a time, side by side in swap.
    expect(vm.counts()).toMatchObject({ pageOutsSwap: 1536, ioWrites: 48 });
  });

  it('read back in order, Linux 2.4 reads each cluster of 8 slots once', () => {
    const { vm } = directMachine({
      frameCount: 64,
      policy: fifo,
      preset: 'linux',
      io: { reclaimBatch: 0, freeSlotOnWrite: 0 },
      positions: 512,
      prefetching: { prefetchers: [{ spec: swap24, options: {} }], evictionsMax: 32 },
    });
    vm.spawn(0);
    vm.map(0, 0, 512, mappingOf(0, 512));
    for (let i = 0; i < 512; i++) vm.access(0, i, 1);
    for (let i = 0; i < 512; i++) vm.access(0, i, 0);
    // Slots in order of eviction, which is that of the pages.
    expect(vm.counts()).toMatchObject({ demandIns: 64, prefetchIns: 448, ioReads: 64 });
  });

  it('reads neighbours ahead, which makes page-ins fewer and pages read no fewer', () => {
    const cyclic = (isAhead: boolean) => {
      const { vm } = directMachine({
        frameCount: 100,
        policy: lru,
        preset: 'linux',
        positions: 200,
        prefetching: {
          prefetchers: isAhead ? [{ spec: vmaSwap, options: vmaSwap.defaults }] : [],
          evictionsMax: 32,
        },
      });
      vm.spawn(0);
      vm.map(0, 0, 200, mappingOf(0, 200));
      for (let round = 0; round < 20; round++) for (let i = 0; i < 200; i++) vm.access(0, i, 1);
      vm.verify();
      return vm.counts();
    };
    const [none, ahead] = [cyclic(false), cyclic(true)];
    expect(none.demandIns).toBe(19 * 200);
    expect(ahead.demandIns).toBeLessThan(0.3 * none.demandIns);
    expect(ahead.demandIns + ahead.prefetchIns).toBeGreaterThanOrEqual(none.demandIns);
  });
});

describe("the seed simulator's faults", () => {
  it('a page brought back and dropped clean is read again: nothing is lost, nothing is free', () => {
    const { vm } = directMachine({ frameCount: 1, policy: lru, positions: 2 });
    vm.spawn(0);
    vm.map(0, 0, 2, mappingOf(0, 2));
    vm.access(0, 0, 1);
    for (let round = 0; round < 5; round++) {
      vm.access(0, 1, 0);
      vm.access(0, 0, 0);
    }
    expect(vm.counts()).toMatchObject({ demandIns: 5, pageOutsSwap: 1 });
  });

  /** One frame and three pages, written with the versions 1, 2 and 3, and what reads see. */
  const versioned = (swapSlots: number) => {
    const contents = new Versions(new Map());
    const io = { swapSlots };
    const { vm } = directMachine({ frameCount: 1, policy: lru, positions: 3, io, contents });
    vm.spawn(0);
    vm.map(0, 0, 3, mappingOf(0, 3));
    const read = (position: number): number => {
      vm.access(0, position, 0);
      return contents.seen;
    };
    const write = (position: number): void => {
      contents.writeId = position + 1;
      vm.access(0, position, 1);
    };
    return { vm, read, write };
  };

  it('the page in slot 0 is in swap like any other: it comes back, and as what it was', () => {
    const { vm, read, write } = versioned(3);
    for (const i of [0, 1, 2]) write(i);
    for (let round = 0; round < 3; round++) {
      expect([0, 1, 2].map(read)).toEqual([mix(0, 1), mix(0, 2), mix(0, 3)]);
    }
    expect(vm.counts()).toMatchObject({ demandIns: 9, pageOutsSwap: 3, swapSlotsPeak: 3 });
  });

  it('a swap that is full is an error, and nothing is dropped before', () => {
    const { read, write } = versioned(2);
    for (const i of [0, 1, 2]) write(i);
    expect(() => read(0)).toThrow('out of swap: all 2 slots hold pages');
    const enough = versioned(2);
    for (const i of [0, 1]) enough.write(i);
    expect([enough.read(0), enough.read(1)]).toEqual([mix(0, 1), mix(0, 2)]);
  });

  it('a write through a map that is for reading is a fault each time, its page there or not', () => {
    const { vm } = roomy(8);
    vm.spawn(0);
    vm.map(0, 0, 4, mappingOf(0, 4), MAY_READ);
    for (const write of [1, 0, 1, 1, 0]) vm.access(0, 2, write);
    expect(vm.counts().faults).toMatchObject({ protection: 3, zeroRead: 1 });
  });

  it.each([3, 1500])('FIFO is a queue, with %i frames too', (frameCount) => {
    const random = new Random(3);
    const pages = Array.from({ length: 6000 }, () => random.below(2 * frameCount));
    const queue: number[] = [];
    let pageIns = 0;
    for (const page of pages) {
      if (queue.includes(page)) continue;
      pageIns++;
      if (queue.length === frameCount) queue.shift();
      queue.push(page);
    }
    const builder = new FingerprintBuilder({ name: 'x', backing: 'file' });
    builder.declare('a');
    for (const page of pages) builder.referencePage(0, 0, page, 0);
    const layer = new FingerprintLayer(fifo, { options: IO_PRESETS.textbook });
    const run = { frameCount, policy: fifo, seed: 1, machine: DEFAULT_MACHINE, layer };
    expect(simulate(builder.finish(), run).counts.pageIns).toBe(pageIns);
  });

  it('20,000 accesses to pages 4 TiB apart meet what the same meet side by side', () => {
    const met = (stride: number) => {
      const random = new Random(4);
      const builder = new FingerprintBuilder({ name: 'x', backing: 'anonymous' });
      builder.declare('a');
      for (let i = 0; i < 20_000; i++) {
        const page = random.below(600) * stride;
        builder.referencePage(
          0,
          Math.floor(page / 2 ** 32),
          page % 2 ** 32,
          random.below(2) === 0 ? 0 : 1,
        );
      }
      const layer = new FingerprintLayer(clock, { options: IO_PRESETS.textbook });
      const run = { frameCount: 256, policy: clock, seed: 1, machine: DEFAULT_MACHINE, layer };
      simulate(builder.finish(), run);
      return layer.counts();
    };
    expect(met(2 ** 30)).toEqual(met(1));
    expect(met(2 ** 30).demandIns).toBeGreaterThan(5000);
  });

  it('LRU is LRU: 20,000 references round 512 pages in 256 frames all fault', () => {
    const builder = new FingerprintBuilder({ name: 'loop', backing: 'file' });
    builder.declare('a');
    for (let i = 0; i < 20_000; i++) builder.referencePage(0, 0, i % 512, 0);
    const fingerprint = builder.finish();
    const layer = new FingerprintLayer(lru, { options: IO_PRESETS.textbook });
    const machine = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };
    const run = { frameCount: 256, policy: lru, seed: 1, machine, layer };
    expect(simulate(fingerprint, run).counts.pageIns).toBe(20_000);
  });

  it('addresses far apart, of two levels and more, fault like any others', () => {
    const addresses = [0x1000n, 0x4000_0000n, 0x7fff_ffff_f000n, 0xffff_ffff_ffff_f000n];
    const touched = addresses.map((address) => `W(0x${address.toString(16)})`).join(' ');
    const maps = addresses.map((address) => `M(0x${address.toString(16)},1,anonymous)`).join(' ');
    for (const lines of [`a ${touched}`, `a ${maps} ${touched}`]) {
      const layer = new FingerprintLayer(clock, { options: IO_PRESETS.linux });
      const run = { frameCount: 2, policy: clock, seed: 1, machine: DEFAULT_MACHINE, layer };
      simulate(parseFingerprint(lines, 'x'), run);
      expect(layer.counts().faults.zeroFill).toBe(4);
    }
  });
});

describe('options', () => {
  it('lie over a preset, and are told apart from what is none', () => {
    const options = parseIoOptions('linux', ['faultAround=1', 'swapSlots=100']);
    expect(options).toEqual({ ...IO_PRESETS.linux, faultAround: 1, swapSlots: 100 });
    expect(parseIoOptions('linux', ['swapSlots=unlimited'])).toEqual(IO_PRESETS.linux);
    expect(() => parseIoOptions('unix', [])).toThrow('--io unix is not known');
    expect(() => parseIoOptions('linux', ['speed=1'])).toThrow('no option "speed"');
    expect(() => parseIoOptions('linux', ['zeroPage=2'])).toThrow('zeroPage=2');
    expect(() => parseIoOptions('linux', ['freeLow=9'])).toThrow('reclaim would end before');
  });
});
