/*
 * What the specification of forks, shared memory, files and pinned pages says, where no other test
 * does. Elsewhere: figures.test.ts (N copies and N reuses, 16,384 pages, one eviction unmaps all,
 * clean pages leave for nothing, notified writes, behind the end), integrity.test.ts (what each read
 * sees, any tree of forks), fingerprintLayer.test.ts (fork bombs), test/prefetch and
 * test/engine/elasticPrefetch.test.ts (prefetching), test/policies/variableSpace.test.ts (WSClock).
 */
import { describe, expect, it } from 'vitest';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { policy as freebsd } from '../../src/policies/freebsd.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { policy as mru } from '../../src/policies/mru.ts';
import { MAY_READ } from '../../src/vm/virtualMemory.ts';
import { type DirectOptions, directMachine, mappingOf } from './directMachine.ts';
import { mix, Versions } from './oracle.ts';

const small = (options: Partial<DirectOptions> = {}) =>
  directMachine({ frameCount: 8, policy: lru, preset: 'linux', positions: 16, ...options });

const catalog = [...(await loadPolicies()).values()];

/** All orders of three. */
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

describe('a fork', () => {
  it('copies entries, not frames, and leaves those of files to be found again', () => {
    const { vm, memory } = small();
    vm.spawn(0);
    vm.map(0, 0, 4, mappingOf(0, 4));
    vm.map(0, 4, 8, mappingOf(4, 4, 'shared'));
    for (let i = 0; i < 8; i++) vm.access(0, i, 1);
    vm.fork(0, 1);
    expect(vm.counts()).toMatchObject({ forks: 1, copiedEntries: 4 });
    expect(memory.freeCount).toBe(0);
    expect(vm.presentAt(1, 0)).toBe(vm.presentAt(0, 0));
    expect(vm.presentAt(1, 4)).toBe(-1);
  });

  it('of a page in swap shares its slot, which goes with the last of the two', () => {
    const { vm } = small({ frameCount: 1 });
    vm.spawn(0);
    vm.map(0, 0, 4, mappingOf(0, 4));
    vm.access(0, 0, 1);
    vm.access(0, 1, 1);
    vm.fork(0, 1);
    expect(vm.counts().swapSlotsUsed).toBe(1);
    vm.exit(0);
    expect(vm.counts().swapSlotsUsed).toBe(1);
    vm.access(1, 0, 0);
    expect(vm.counts().faults.demand).toBe(1);
    vm.exit(1);
    expect(vm.counts().swapSlotsUsed).toBe(0);
  });

  it('the page of zeros is shared by it too, and copied for nothing by either', () => {
    const { vm } = small();
    vm.spawn(0);
    vm.map(0, 0, 1, mappingOf(0, 1));
    vm.access(0, 0, 0);
    vm.fork(0, 1);
    vm.access(1, 0, 0);
    for (const process of [0, 1]) vm.access(process, 0, 1);
    expect(vm.counts().faults).toMatchObject({ zeroRead: 1, cowZeroPage: 2, cowCopy: 0 });
  });

  it('exec gives back all that was mapped, and the child then writes without a copy', () => {
    const { vm, memory } = small();
    vm.spawn(0);
    vm.map(0, 0, 3, mappingOf(0, 3));
    for (let i = 0; i < 3; i++) vm.access(0, i, 1);
    vm.fork(0, 1);
    vm.exec(1, 7);
    expect(vm.has(1)).toBe(false);
    expect(vm.access(7, 0, 0)).toBe(false);
    for (let i = 0; i < 3; i++) vm.access(0, i, 1);
    expect(vm.counts().faults).toMatchObject({ cowCopy: 0, cowReuse: 3, protection: 1 });
    vm.map(7, 0, 2, mappingOf(0, 2));
    vm.access(7, 0, 1);
    vm.exec(7);
    vm.exec(0);
    expect(memory.freeCount).toBe(8);
    vm.verify();
  });
});

describe('shared memory', () => {
  it.each(ORDERS)(
    'destroyed, it goes with the last of three to detach it: %i %i %i',
    (...order) => {
      const { vm, memory } = small();
      for (const process of [0, 1, 2]) {
        vm.spawn(process);
        vm.map(process, 3 * process, 3 * process + 3, mappingOf(3 * process, 3, 'shm'));
        vm.access(process, 3 * process + process, 1);
      }
      vm.destroy('s');
      order.forEach((process, i) => {
        expect(memory.freeCount).toBe(5);
        if (i === 1) vm.exit(process);
        else vm.unmap(process, 3 * process, 3 * process + 3);
        vm.verify();
      });
      expect(memory.freeCount).toBe(8);
      expect(vm.counts().pageOutsSwap).toBe(0);
    },
  );

  it('stays where nobody has it, until it is destroyed', () => {
    const { vm, memory } = small();
    vm.spawn(0);
    vm.map(0, 0, 2, mappingOf(0, 2, 'shm'));
    vm.access(0, 0, 1);
    vm.unmap(0, 0, 2);
    expect(memory.freeCount).toBe(7);
    vm.map(0, 4, 6, mappingOf(4, 2, 'shm'));
    vm.access(0, 4, 0);
    expect(vm.counts().faults).toMatchObject({ zeroFill: 1, softMapped: 1 });
    vm.unmap(0, 4, 6);
    vm.destroy('s');
    expect(memory.freeCount).toBe(8);
    vm.destroy('s');
    vm.destroy('of nobody');
  });

  it('the next one of its name is another, all zeros', () => {
    const contents = new Versions(new Map());
    const { vm } = small({ contents });
    vm.spawn(0);
    vm.map(0, 0, 2, mappingOf(0, 2, 'shm'));
    contents.writeId = 5;
    vm.access(0, 0, 1);
    vm.destroy('s');
    vm.map(0, 4, 6, mappingOf(4, 2, 'shm'));
    vm.access(0, 4, 0);
    expect(contents.seen).toBe(0);
    vm.access(0, 0, 0);
    expect(contents.seen).toBe(mix(0, 5));
  });

  it('was used and written if it was so at any of its places', () => {
    const { vm, memory } = small({ frameCount: 1 });
    vm.spawn(0);
    vm.map(0, 0, 1, mappingOf(0, 1, 'shm'));
    vm.map(0, 1, 2, mappingOf(1, 1, 'shm'));
    vm.map(0, 4, 5, mappingOf(4, 1));
    vm.access(0, 0, 1);
    memory.frames.referenced[0] = 0;
    vm.access(0, 1, 0);
    expect([memory.frames.referenced[0], memory.frames.dirty[0]]).toEqual([1, 1]);
    vm.access(0, 4, 1);
    expect(vm.counts().pageOutsSwap).toBe(1);
    vm.access(0, 1, 0);
    expect(vm.counts().demandIns).toBe(1);
  });
});

describe('a file that was cut off and grows again', () => {
  it('is zeros there, which nobody reads from disk until they have been written', () => {
    const { vm } = small({ frameCount: 2 });
    vm.spawn(0);
    vm.map(0, 0, 4, mappingOf(0, 4, 'shared'));
    for (const i of [0, 1, 2, 3]) vm.access(0, i, 0);
    expect(vm.counts().demandIns).toBe(4);
    vm.truncate('/f', 2n);
    expect(vm.access(0, 3, 0)).toBe(false);
    vm.truncate('/f', 4n);
    // Two holes and what is left of the file, round and round in two frames.
    for (let round = 0; round < 3; round++) for (const i of [2, 3, 0]) vm.access(0, i, 0);
    expect(vm.counts()).toMatchObject({ demandIns: 7, pageOutsFile: 0 });
    vm.access(0, 3, 1);
    for (const i of [0, 1, 3]) vm.access(0, i, 0);
    expect(vm.counts()).toMatchObject({ demandIns: 9, pageOutsFile: 1 });
    vm.verify();
  });

  it('gives a private map a page of its own: the hole is copied like any page', () => {
    const { vm } = small();
    vm.truncate('/f', 0n);
    vm.truncate('/f', 4n);
    vm.spawn(0);
    vm.map(0, 0, 4, mappingOf(0, 4, 'private'));
    vm.access(0, 1, 1);
    expect(vm.counts().faults).toMatchObject({ zeroFill: 1, cowCopy: 1, demand: 0 });
    vm.truncate('/f', 1n);
    expect(vm.access(0, 1, 0)).toBe(false);
    vm.verify();
  });
});

describe('pinned pages', () => {
  const mayPin = catalog.filter(
    ({ usesPager, demandOnly, observes }) => !usesPager && !demandOnly && observes !== 'future',
  );

  it.each(mayPin)('stay under $id, whoever else comes', (policy) => {
    for (const preset of ['textbook', 'linux'] as const) {
      const { vm, memory } = small({ policy, preset, frameCount: 6 });
      vm.spawn(0);
      vm.map(0, 0, 16, mappingOf(0, 16));
      for (let i = 0; i < 4; i++) vm.access(0, i, 1);
      vm.lock(0, 0, 4);
      const frames = [0, 1, 2, 3].map((i) => memory.frameOf(vm.presentAt(0, i)));
      for (let round = 0; round < 20; round++) {
        for (let i = 4; i < 16; i++) vm.access(0, i, (round + i) & 1);
        vm.verify();
      }
      const after = [0, 1, 2, 3].map((i) => memory.frameOf(vm.presentAt(0, i)));
      expect(after).toEqual(frames);
      expect(vm.pinnedCount).toBe(4);
      vm.unlock(0, 0, 2);
      expect(vm.pinnedCount).toBe(2);
      vm.exit(0);
      expect([vm.pinnedCount, memory.freeCount]).toEqual([0, 6]);
    }
  });

  it.each(mayPin)('are all there is under $id: that is one error', (policy: PolicySpec) => {
    const { vm } = small({ policy, frameCount: 3 });
    vm.spawn(0);
    vm.map(0, 0, 16, mappingOf(0, 16, 'shared'));
    vm.lock(0, 0, 3);
    expect(() => vm.access(0, 3, 0)).toThrow('out of frames: all 3 hold pages that are pinned');
    vm.unlock(0, 1, 2);
    expect(vm.access(0, 3, 0)).toBe(true);
    vm.verify();
  });

  it('one frame can be pinned, and then nothing else comes in', () => {
    const { vm } = small({ frameCount: 1 });
    vm.spawn(0);
    vm.map(0, 0, 2, mappingOf(0, 2));
    vm.access(0, 0, 1);
    vm.lock(0, 0, 1);
    expect(() => vm.access(0, 1, 1)).toThrow('out of frames: all 1 hold');
  });

  it('are brought in when they are pinned, and what comes to be there later is pinned too', () => {
    const { vm } = small();
    vm.spawn(0);
    vm.map(0, 0, 3, mappingOf(0, 3, 'shared'));
    vm.map(0, 3, 5, mappingOf(3, 2));
    vm.lock(0, 0, 5);
    // The page of zeros is in no frame.
    expect([vm.pinnedCount, vm.counts().demandIns]).toEqual([3, 3]);
    vm.access(0, 4, 1);
    expect(vm.pinnedCount).toBe(4);
  });

  it('are the copies of who has pinned them, after a fork, and not those of the child', () => {
    const { vm } = small();
    vm.spawn(0);
    vm.map(0, 0, 2, mappingOf(0, 2));
    for (const i of [0, 1]) vm.access(0, i, 1);
    vm.lock(0, 0, 2);
    vm.fork(0, 1);
    const shared = vm.presentAt(0, 0);
    vm.access(0, 0, 1);
    expect(vm.presentAt(0, 0)).not.toBe(shared);
    expect(vm.pinnedCount).toBe(2);
    vm.access(1, 1, 1);
    expect(vm.pinnedCount).toBe(2);
    vm.exit(0);
    expect(vm.pinnedCount).toBe(0);
    vm.verify();
  });

  it('shared by two are free when both have let go, and protection changes nothing', () => {
    const { vm } = small();
    for (const process of [0, 1]) {
      vm.spawn(process);
      vm.map(process, 0, 1, mappingOf(0, 1, 'shm'));
      vm.access(process, 0, 1);
      vm.lock(process, 0, 1);
    }
    vm.protect(0, 0, 1, MAY_READ);
    expect(vm.pinnedCount).toBe(1);
    vm.unlock(0, 0, 1);
    expect(vm.pinnedCount).toBe(1);
    vm.unmap(1, 0, 1);
    expect(vm.pinnedCount).toBe(0);
  });

  it('a policy that names the same page for ever is not asked for ever', () => {
    const { vm } = small({ policy: mru, frameCount: 3 });
    vm.spawn(0);
    vm.map(0, 0, 9, mappingOf(0, 9, 'shared'));
    for (const i of [0, 1, 2]) vm.access(0, i, 0);
    vm.lock(0, 2, 3);
    vm.access(0, 3, 0);
    // MRU names the pinned one; the oldest of the others leaves.
    expect([0, 1, 2, 3].map((i) => vm.presentAt(0, i) >= 0)).toEqual([false, true, true, true]);
  });

  it('are none under policies that evict by themselves', () => {
    const { vm } = small({ policy: freebsd });
    vm.spawn(0);
    vm.map(0, 0, 1, mappingOf(0, 1));
    expect(() => vm.lock(0, 0, 1)).toThrow('freebsd evicts by itself: no page can be kept from it');
  });
});
