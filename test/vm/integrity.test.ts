/** Every read sees what a model without frames predicts, whatever the policy and the memory. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { prefetcher as swap24 } from '../../src/prefetch/linux-2.4-swap.ts';
import { prefetcher as clusterSwap } from '../../src/prefetch/linuxClusterSwap.ts';
import { prefetcher as linuxFile } from '../../src/prefetch/linuxFile.ts';
import { prefetcher as vmaSwap } from '../../src/prefetch/linuxVmaSwap.ts';
import { InputError } from '../../src/support/assert.ts';
import type { IoOptions } from '../../src/vm/ioOptions.ts';
import { MAY_WRITE } from '../../src/vm/virtualMemory.ts';
import { SEED } from '../fingerprint/arbitraries.ts';
import { directMachine, mappingOf } from './directMachine.ts';
import { Shadow, type ShadowPage, Versions } from './oracle.ts';

const POSITIONS = 9;

const step = fc.record({
  kind: fc.constantFrom(
    ...(['map', 'map', 'fork', 'exit', 'unmap', 'protect', 'dontNeed'] as const),
    ...(['sync', 'truncate', 'readFile', 'writeFile'] as const),
    ...(['exec', 'destroy', 'lock', 'unlock'] as const),
    ...Array.from({ length: 14 }, () => 'read' as const),
    ...Array.from({ length: 14 }, () => 'write' as const),
  ),
  process: fc.nat(3),
  position: fc.nat(POSITIONS - 1),
  length: fc.integer({ min: 1, max: 6 }),
  backing: fc.constantFrom(...(['anonymous', 'private', 'shared', 'shm'] as const)),
  // Mostly to write.
  protection: fc.constantFrom(2, 2, 2, 1, 0),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const programs = fc.array(step, { maxLength: 100, size: 'max' });

const setups = fc.record({
  preset: fc.constantFrom(...(['textbook', 'linux'] as const)),
  frameCount: fc.integer({ min: 1, max: 9 }),
  io: fc.record(
    {
      swapSlots: fc.oneof(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 16, max: 24 })),
      zeroPage: fc.nat(1),
      pageTables: fc.nat(1),
      faultAround: fc.constantFrom(1, 4),
      forkCopiesFiles: fc.nat(1),
      keepSlotsPercent: fc.constantFrom(0, 20, 50, 100),
      freeSlotOnWrite: fc.nat(1),
      swapCluster: fc.constantFrom(1, 3, 4),
      flushPercent: fc.constantFrom(0, 1, 30),
      flushAge: fc.constantFrom(0, 1, 10),
      reclaimBatch: fc.nat(4),
      freeLow: fc.nat(2),
      freeHigh: fc.integer({ min: 2, max: 3 }),
    } satisfies Partial<Record<keyof IoOptions, fc.Arbitrary<number>>>,
    { requiredKeys: [] },
  ),
  readsAhead: fc.boolean(),
});
type Setup = typeof setups extends fc.Arbitrary<infer T> ? T : never;

/** Plays the program, and checks each read and all books after each step. */
function expectIntegrity(steps: readonly Step[], setup: Setup, policy: PolicySpec): void {
  const files = new Map<number, boolean>();
  const contents = new Versions(files);
  const { usesPager, demandOnly } = policy;
  const mayPin = usesPager !== true && demandOnly !== true;
  const readsAhead = setup.readsAhead && policy.demandOnly !== true;
  const { vm } = directMachine({
    ...setup,
    policy,
    positions: POSITIONS,
    pageCountMax: 2000,
    contents,
    onFilePage: (page, isHole) => files.set(page, isHole),
    prefetching: {
      prefetchers: readsAhead
        ? [linuxFile, vmaSwap, clusterSwap, swap24].map((spec) => ({
            spec,
            options: spec.defaults,
          }))
        : [],
      evictionsMax: 8,
    },
  });
  const shadow = new Shadow();
  const first = new Map<number, ShadowPage>();
  shadow.processes.set(0, first);
  vm.spawn(0);
  // Something to begin with.
  (['anonymous', 'private', 'shm'] as const).forEach((backing, i) => {
    vm.map(0, 3 * i, 3 * i + 3, mappingOf(3 * i, 3, backing));
    for (let index = 0; index < 3; index++) {
      const place = { backing, segment: shadow.segment, index };
      first.set(3 * i + index, { ...place, protection: MAY_WRITE, own: undefined });
    }
  });
  let processCount = 1;
  try {
    steps.forEach((action, i) => {
      contents.writeId = i + 1;
      const alive = [...shadow.processes.keys()];
      if (alive.length === 0) return;
      const process = alive[action.process % alive.length];
      const pages = shadow.processes.get(process)!;
      const { position, protection, backing } = action;
      const end = Math.min(POSITIONS, position + action.length);
      const positions = Array.from({ length: end - position }, (_, k) => position + k);
      switch (action.kind) {
        case 'map':
          if (positions.some((other) => pages.has(other))) return;
          vm.map(process, position, end, mappingOf(position, end - position, backing), protection);
          for (const other of positions) {
            const place = { backing, segment: shadow.segment, index: other - position };
            pages.set(other, { ...place, protection, own: undefined });
          }
          break;
        case 'fork':
          if (alive.length === 4) return;
          vm.fork(process, processCount);
          shadow.fork(process, processCount++);
          break;
        case 'exit':
          vm.exit(process);
          shadow.processes.delete(process);
          break;
        case 'exec':
          vm.exec(process, processCount);
          shadow.processes.delete(process);
          shadow.processes.set(processCount++, new Map());
          break;
        case 'destroy':
          vm.destroy('s');
          shadow.destroy();
          break;
        case 'lock':
          if (mayPin) vm.lock(process, position, end);
          break;
        case 'unlock':
          vm.unlock(process, position, end);
          break;
        case 'unmap':
          vm.unmap(process, position, end);
          for (const other of positions) pages.delete(other);
          break;
        case 'protect':
          vm.protect(process, position, end, protection);
          for (const other of positions) {
            const page = pages.get(other);
            if (page !== undefined) page.protection = protection;
          }
          break;
        case 'dontNeed':
          vm.dontNeed(process, position, end);
          for (const other of positions) {
            const page = pages.get(other);
            if (page !== undefined) page.own = undefined;
          }
          break;
        case 'sync':
          vm.sync('/f', 0n, BigInt(end));
          break;
        case 'truncate':
          vm.truncate('/f', BigInt(position));
          shadow.truncate(position);
          break;
        case 'readFile': {
          const expected = shadow.readFile(position);
          expect(vm.accessFile('/f', BigInt(position), 0)).toBe(expected !== undefined);
          if (expected !== undefined) expect(contents.seen).toBe(expected);
          break;
        }
        case 'writeFile':
          vm.accessFile('/f', BigInt(position), 1);
          shadow.writeFile(position, i + 1);
          break;
        case 'read': {
          const expected = shadow.read(process, position);
          expect(vm.access(process, position, 0)).toBe(expected !== undefined);
          if (expected !== undefined) expect(contents.seen).toBe(expected);
          break;
        }
        case 'write':
          expect(vm.access(process, position, 1)).toBe(shadow.write(process, position, i + 1));
          break;
      }
      vm.verify();
    });
    for (const process of shadow.processes.keys()) vm.exit(process);
    vm.verify();
  } catch (error) {
    // Out of swap ends a run, by this one error; and out of frames, when all are pinned.
    if (!(error instanceof InputError)) throw error;
    if (error.message.startsWith('out of frames')) {
      expect(vm.pinnedCount).toBe(setup.frameCount);
      return;
    }
    expect(error.message).toMatch(/^out of swap/);
    expect(setup.io.swapSlots).toBeDefined();
  }
}

const online = [...(await loadPolicies()).values()].filter(({ observes }) => observes !== 'future');

it('under LRU, in many programs', () => {
  fc.assert(
    fc.property(programs, setups, (steps, setup) => expectIntegrity(steps, setup, lru)),
    { seed: SEED, numRuns: 300 },
  );
});

it.each(online)('under $id', (policy) => {
  fc.assert(
    fc.property(programs, setups, (steps, setup) => expectIntegrity(steps, setup, policy)),
    { seed: SEED, numRuns: 15 },
  );
});
