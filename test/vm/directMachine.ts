/** Virtual memory driven call by call, without a fingerprint or time. */
import type { Memory } from '../../src/engine/memory.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import type { Prefetching } from '../../src/engine/readAhead.ts';
import { startRun } from '../../src/engine/replay.ts';
import type { PageHost } from '../../src/engine/simulate.ts';
import type { Mapping, Page } from '../../src/fingerprint/fingerprint.ts';
import { PageKind } from '../../src/fingerprint/fingerprint.ts';
import { IO_PRESETS, type IoOptions } from '../../src/vm/ioOptions.ts';
import { type Contents, VirtualMemory } from '../../src/vm/virtualMemory.ts';

export interface DirectOptions {
  readonly frameCount: number;
  readonly policy: PolicySpec;
  readonly preset?: 'textbook' | 'linux';
  readonly io?: Partial<IoOptions>;
  readonly positions: number;
  readonly pageCountMax?: number;
  readonly contents?: Contents;
  readonly onFilePage?: (page: Page, isHole: boolean) => void;
  readonly prefetching?: Prefetching;
}

export interface DirectMachine {
  readonly vm: VirtualMemory;
  readonly memory: Memory;
}

/** Pages have 4096 bytes; position i is page number i. */
export function directMachine(options: DirectOptions): DirectMachine {
  const { frameCount, policy, preset = 'textbook', io, positions, contents, prefetching } = options;
  const { pageCountMax = 4 * positions } = options;
  const run = {
    frameCount,
    policy,
    seed: 1,
    observe: () => (victim: number) => vm.onEvict(victim),
  };
  const noFuture = (): never => {
    throw new Error('there is no future');
  };
  const kinds = new Uint8Array(pageCountMax);
  const started = startRun({ kinds }, {}, run, noFuture);
  const { memory, interval } = started;
  const host: PageHost & { tick: number } = {
    tick: 0,
    pageCountMax,
    isUnderWay: () => false,
    addObject() {},
    hasPlace: () => vm.pageCount < pageCountMax,
    sequenceAt: () => 0,
    create(page, kind, _object, _index, _use, isHole) {
      kinds[page] = kind;
      if (kind !== PageKind.File) return;
      if (isHole !== true) memory.addFilePage(page);
      options.onFilePage?.(page, isHole === true);
    },
    refer(page: Page, write: number) {
      const tick = host.tick++;
      if (interval > 0 && tick % interval === 0) started.policy.onInterval(tick);
      memory.touch(page, write, tick);
    },
    release(pages) {
      for (const page of pages) memory.release(page, host.tick);
    },
  };
  const vm = new VirtualMemory({
    memory,
    policy: started.policy,
    spec: policy,
    host,
    options: { ...IO_PRESETS[preset], ...io },
    numbers: BigUint64Array.from({ length: positions }, (_, i) => BigInt(i)),
    pageCountMax,
    pageSizeBytes: 4096,
    contents,
    prefetching,
  });
  return { vm, memory };
}

/** A map of `length` pages from `start` on; of files and segments from the first page on. */
export function mappingOf(
  start: number,
  length: number,
  backing: 'anonymous' | 'private' | 'shared' | 'shm' = 'anonymous',
): Mapping {
  const range = { address: BigInt(start) * 4096n, pageCount: length };
  if (backing === 'anonymous') return { ...range, backing: { kind: 'anonymous' } };
  if (backing === 'shm')
    return { ...range, backing: { kind: 'shared-memory', id: 's', offset: 0n } };
  const shared = backing === 'shared';
  return { ...range, backing: { kind: 'file', path: '/f', offset: 0n, shared } };
}
