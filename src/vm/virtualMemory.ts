/*
 * Virtual memory: processes with maps and page tables over one `Memory`.
 *
 *   (process, position) ─entry─► object page ─frameOf─► frame
 *            │                       │
 *            └─ map: what backs it   └─ swap slot, or place in a file
 *
 * One object page is one frame, however many map it; an eviction ends all its entries. A private
 * page that several hold is copied by who writes it; the last one to hold it writes in place. What
 * each access met is counted by kind, and what was read and written by kind, too; see `VmCounts`.
 *
 * Positions are places in the ascending page numbers given at the start, so that what nobody ever
 * references costs nothing; a neighbour is who has the next number, not the next position.
 *
 * Departs from kernels: access is by page; a write to a page of a map that may not be written, or
 * behind the end of a file, is counted and dropped; the page tables themselves take no frames.
 */
import { NONE } from '../engine/frameTable.ts';
import type { Memory } from '../engine/memory.ts';
import { NO_OBJECT, type Places } from '../engine/neighbourhood.ts';
import type { PolicySpec, ReplacementPolicy } from '../engine/policy.ts';
import { type Prefetching, ReadAhead, type ReadAheadCounts } from '../engine/readAhead.ts';
import type { PageHost } from '../engine/simulate.ts';
import {
  type Mapping,
  MEMORY_USES,
  type MemoryUse,
  type Page,
  PageKind,
  type Tick,
} from '../fingerprint/fingerprint.ts';
import { type ObjectOrigin, type StoreBacking, storeKey } from '../fingerprint/objectPages.ts';
import { Regions, UNMAPPED } from '../fingerprint/regions.ts';
import { assert, InputError } from '../support/assert.ts';
import type { IoOptions } from './ioOptions.ts';
import { IoRequests, SWAP } from './ioRequests.ts';
import {
  ABSENT,
  LEAF_BITS,
  LEAF_LENGTH,
  Leaf,
  NOT_PRESENT,
  PageTable,
  WRITABLE,
  ZERO,
} from './pageTable.ts';
import { SwapSpace } from './swapSpace.ts';

/** What an access may meet; each adds one to one of these, or is a hit. A copy is two accesses. */
export const FAULT_KINDS = [
  /** Anonymous memory, never written: a frame of zeros. */
  'zeroFill',
  /** The same, read first: the page of zeros in common, no frame. */
  'zeroRead',
  /** The content is in a frame: of the page cache, of swap, of shared memory, of a sharer. */
  'softMapped',
  /** A private page that others hold too, or a file, is written: it is copied. */
  'cowCopy',
  /** It is written by its last holder: no copy. */
  'cowReuse',
  /** The page of zeros is written: a frame of zeros. */
  'cowZeroPage',
  /** The first write to a clean page of a shared file. */
  'writeNotify',
  /** The page is read. */
  'demand',
  /** The page is being read ahead, and has not come yet. Only where I/O takes time. */
  'late',
  /** Not allowed: the access is dropped. */
  'protection',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What leaves: of which kind, and whether it must be written. */
const EVICTION_KINDS = ['anonymousClean', 'anonymousDirty', 'fileClean', 'fileDirty'] as const;

/** What one file met. */
export interface FileCounts {
  readonly path: string;
  /** Pages in memory now, and of these the dirty ones. */
  readonly resident: number;
  readonly dirty: number;
  readonly demandIns: number;
  readonly prefetchIns: number;
  readonly pageOuts: number;
}

export interface VmCounts {
  readonly accesses: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly demandIns: number;
  readonly prefetchIns: number;
  readonly pageOutsSwap: number;
  readonly pageOutsFile: number;
  /** Requests of the device, pages side by side put together. */
  readonly ioReads: number;
  readonly ioWrites: number;
  /** Of those to files, the ones that were written in the background. */
  readonly flushedPages: number;
  /** Evictions that cost nothing. */
  readonly droppedClean: number;
  readonly evictionsByKind: Readonly<Record<(typeof EVICTION_KINDS)[number], number>>;
  /** Entries of page tables that evictions ended. */
  readonly unmappedEntries: number;
  readonly forks: number;
  readonly copiedEntries: number;
  readonly swapSlotsUsed: number;
  readonly swapSlotsPeak: number;
  /** Absent where nothing is read ahead. */
  readonly prefetches?: ReadAheadCounts;
}

/** What the pages hold, for tests: told of everything that moves contents. */
export interface Contents {
  /** Frame `frame` now holds `page`: from `slot`, or its file, or zeros. */
  load(frame: number, page: Page, slot: number, isRead: boolean): void;
  /** `page` is written from `frame` to `slot`, or to its file. */
  save(frame: number, page: Page, slot: number): void;
  /** A write to `frame` by the access in progress. */
  write(frame: number): void;
  /** A read from `frame` by the access in progress; NONE: from the page of zeros. */
  read(frame: number): void;
  /** The next load is a copy of `frame` as it is now. */
  copyFrom(frame: number): void;
}

/** What accesses a map allows, least first: who may write may read, as with most hardware. */
export const NO_ACCESS = 0;
export const MAY_READ = 1;
export const MAY_WRITE = 2;

/** A map of one address space: what is behind its positions. */
interface Area {
  readonly mapping: Mapping;
  /** Undefined behind anonymous memory. */
  readonly store: Store | undefined;
  /** Its pages are pinned as they come. */
  readonly isLocked: boolean;
  readonly backing: Mapping['backing'];
  /** Page number of its first page, and the index in its object that this has. */
  readonly firstNumber: bigint;
  readonly firstIndex: bigint;
  readonly use: MemoryUse | undefined;
  readonly protection: number;
  /** The area it was cut from, whose anonymous pages are one object. */
  readonly origin: number;
}

/** A file, or a segment of shared memory. */
interface Store {
  readonly key: string;
  /** NO_OBJECT until one of its pages is used. */
  object: number;
  readonly kind: number;
  readonly pages: Map<bigint, Page>;
  /** Pages from here on can't be accessed. */
  size: bigint;
  /** From here on the file was cut off once: pages that come to be there are holes, all zeros. */
  holesFrom: bigint;
  /** Positions of all processes that show it. */
  attached: number;
  /** Shared memory whose pages go when nobody shows it any more. */
  isDestroyed: boolean;
  /** Behind the last page that a map has shown. */
  extent: bigint;
  /** Empty for shared memory. */
  readonly path: string;
  demandIns: number;
  prefetchIns: number;
  pageOuts: number;
}

interface AddressSpace {
  readonly process: number;
  regions: Regions;
  /** The object of its anonymous pages in each area. */
  readonly objectOf: Map<number, number>;
  readonly table: PageTable;
}

export interface VmSetup {
  readonly memory: Memory;
  readonly policy: ReplacementPolicy;
  readonly spec: PolicySpec;
  readonly host: PageHost;
  readonly options: IoOptions;
  /** All page numbers ever referenced, ascending. */
  readonly numbers: BigUint64Array;
  /** Object pages at most. */
  readonly pageCountMax: number;
  readonly pageSizeBytes: number;
  readonly prefetching?: Prefetching | undefined;
  readonly contents?: Contents | undefined;
}

/** What `#touch` found. */
const Found = { Resident: 0, Soft: 1, Late: 2, Blank: 3, Read: 4 } as const;
type Found = (typeof Found)[keyof typeof Found];

export class VirtualMemory {
  readonly #setup: VmSetup;
  readonly #memory: Memory;
  readonly #options: IoOptions;
  readonly #spaces = new Map<number, AddressSpace>();
  readonly #areas: Area[] = [];
  readonly #stores = new Map<string, Store>();
  readonly #storeOfObject = new Map<number, Store>();
  readonly #swap: SwapSpace;
  readonly #reads: IoRequests;
  readonly #writes: IoRequests;
  readonly #readAhead: ReadAhead | undefined;
  #pageCount = 0;
  #objectCount = 0;
  // A row an object page.
  readonly #kinds: Uint8Array;
  readonly #objects: Int32Array;
  readonly #indices: Float64Array;
  /** Page tables that hold it; of pages of files and shared memory nobody counts. */
  readonly #holders: Int32Array;
  readonly #generation: Int32Array;
  /** Entries that are present. */
  readonly #mapCount: Int32Array;
  /** 1: the policy has had the page written since it was loaded. */
  readonly #isCleaned: Uint8Array;
  /** Pages that may not be evicted, and by how many entries. */
  readonly #pins = new Map<Page, number>();
  /** Whether any area was ever locked. */
  #hasLocks = false;
  /** Anonymous pages by place, for those who read ahead. */
  readonly #byPlace = new Map<number, Map<number, Page>>();
  readonly #faults: Record<FaultKind, number>;
  #accesses = 0;
  #pageOutsSwap = 0;
  #pageOutsFile = 0;
  #flushedPages = 0;
  /** Dirty pages of files, the one dirty for the longest time first, since when; if flushed ever. */
  readonly #dirtySince = new Map<Page, Tick>();
  readonly #flushes: boolean;
  readonly #evictions = { anonymousClean: 0, anonymousDirty: 0, fileClean: 0, fileDirty: 0 };
  #droppedClean = 0;
  #unmappedEntries = 0;
  #forks = 0;
  #copiedEntries = 0;
  #slotsPeak = 0;
  /** The page being touched, until it is known to be resident; and whether it is written. */
  #settling: Page = NONE;
  #settlingWrite = 0;
  #settlingPageIns = 0;
  /** What prefetchers are told of at the end of the access. */
  readonly #paged: { readonly page: Page; readonly isRead: boolean; readonly tick: Tick }[] = [];

  constructor(setup: VmSetup) {
    const { memory, spec, options, pageCountMax, host, prefetching } = setup;
    this.#setup = setup;
    this.#memory = memory;
    this.#options = options;
    this.#swap = new SwapSpace(options.swapSlots, pageCountMax, options.swapCluster);
    this.#flushes = options.flushPercent > 0 || options.flushAge > 0;
    this.#reads = new IoRequests(options.requestPages);
    this.#writes = new IoRequests(options.requestPages);
    this.#kinds = new Uint8Array(pageCountMax);
    this.#objects = new Int32Array(pageCountMax);
    this.#indices = new Float64Array(pageCountMax);
    this.#holders = new Int32Array(pageCountMax);
    this.#generation = new Int32Array(pageCountMax);
    this.#mapCount = new Int32Array(pageCountMax);
    this.#isCleaned = new Uint8Array(pageCountMax);
    this.#faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<
      FaultKind,
      number
    >;
    const { onClean, onPrefetch } = memory;
    memory.onClean = (frame) => {
      this.#settle();
      onClean(frame);
      this.#save(frame, true);
      this.#isCleaned[memory.frames.pageOf[frame]] = 1;
    };
    memory.onPrefetch = (frame) => {
      onPrefetch(frame);
      this.#readInto(frame, true);
    };
    if (prefetching !== undefined && prefetching.prefetchers.length > 0) {
      const facts = {
        pages: { kinds: this.#kinds },
        sequenceAt: (tick: Tick) => host.sequenceAt(tick),
        places: this.#places(),
        slots: this.#swap,
        isForeseen: true,
        mayEvict: () => this.#pins.size === 0,
      };
      this.#readAhead = new ReadAhead(memory, spec, facts, prefetching);
      this.#readAhead.start();
    }
  }

  // ── Processes and maps ──────────────────────────────────────────────────────────────────────

  /** A process with nothing mapped. */
  spawn(process: number): void {
    assert(!this.#spaces.has(process), 'a process starts once');
    const table = new PageTable(this.#setup.numbers.length);
    this.#spaces.set(process, { process, regions: new Regions(), objectOf: new Map(), table });
  }

  has(process: number): boolean {
    return this.#spaces.has(process);
  }

  fork(parent: number, child: number): void {
    assert(!this.#spaces.has(child), 'a child starts at its fork');
    const { regions, table } = this.#spaceOf(parent);
    const copied = new PageTable(this.#setup.numbers.length);
    for (let slot = 0; slot < table.leaves.length; slot++) {
      const leaf = table.leaves[slot];
      if (leaf !== undefined) copied.leaves[slot] = this.#copyLeaf(leaf);
    }
    const space = {
      process: child,
      regions: new Regions(regions),
      objectOf: new Map(),
      table: copied,
    };
    this.#spaces.set(child, space);
    for (const { start, end, row } of regions.within(0, this.#setup.numbers.length)) {
      const { store, isLocked } = this.#areas[row];
      if (store !== undefined) store.attached += end - start;
      if (isLocked) this.#changeArea(space, start, end, { isLocked: false });
    }
    this.#forks++;
  }

  /** Everything is unmapped, and what nobody else holds is gone. */
  exit(process: number): void {
    this.#spaceOf(process);
    this.unmap(process, 0, this.#setup.numbers.length);
    this.#spaces.delete(process);
  }

  /** exec: nothing is mapped any more, and the process goes on, under another number if given. */
  exec(process: number, successor: number = process): void {
    this.exit(process);
    this.spawn(successor);
  }

  /** Positions [start, end), of which nothing is mapped, show `mapping` from its start on. */
  map(process: number, start: number, end: number, mapping: Mapping, protection = MAY_WRITE): void {
    const { backing, address, pageCount, use } = mapping;
    const pageSize = BigInt(this.#setup.pageSizeBytes);
    const firstIndex = backing.kind === 'anonymous' ? 0n : backing.offset / pageSize;
    const firstNumber = address / pageSize;
    const store = backing.kind === 'anonymous' ? undefined : this.#storeOf(backing);
    if (store !== undefined) {
      const behind = firstIndex + BigInt(pageCount);
      if (behind > store.extent) store.extent = behind;
      store.attached += end - start;
    }
    const origin = this.#areas.length;
    const place = { mapping, store, backing, firstNumber, firstIndex };
    this.#areas.push({ ...place, use, protection, origin, isLocked: false });
    if (start < end) this.#spaceOf(process).regions.add(start, end, origin);
  }

  unmap(process: number, start: number, end: number): void {
    const space = this.#spaceOf(process);
    const runs = space.regions.within(start, end);
    space.regions.remove(start, end);
    this.#forget(space, start, end);
    for (const run of runs) {
      const { store } = this.#areas[run.row];
      if (store === undefined) continue;
      store.attached -= run.end - run.start;
      if (store.isDestroyed && store.attached === 0) this.#dissolve(store);
    }
  }

  /**
   * shmctl(IPC_RMID): who has the segment attached keeps it; its pages go with the last of them.
   * From now on `id` names another one.
   */
  destroy(id: string): void {
    const key = storeKey({ kind: 'shared-memory', id, offset: 0n });
    const store = this.#stores.get(key);
    if (store === undefined) return;
    this.#stores.delete(key);
    store.isDestroyed = true;
    if (store.attached === 0) this.#dissolve(store);
  }

  /**
   * mlock: what is mapped of [start, end) is brought in, and stays in memory while it is mapped;
   * what comes to be there later, too. Victims are chosen among the others. Throws an InputError
   * where none are left, and under policies that can't be told to leave a page where it is.
   */
  lock(process: number, start: number, end: number): void {
    const { id, usesPager, demandOnly, observes } = this.#setup.spec;
    if (usesPager === true || demandOnly === true || observes === 'future') {
      const why = usesPager === true ? 'evicts by itself' : 'takes each load for a reference';
      throw new InputError(
        `${id} ${why}: no page can be kept from it`,
        'pin pages under a policy that only names victims, such as lru or clock',
      );
    }
    const space = this.#spaceOf(process);
    this.#hasLocks = true;
    for (const run of space.regions.within(start, end)) {
      this.#changeArea(space, run.start, run.end, { isLocked: true });
      if (this.#areas[run.row].protection === NO_ACCESS) continue;
      for (let position = run.start; position < run.end; position++) {
        this.access(process, position, 0);
      }
    }
  }

  /** munlock. */
  unlock(process: number, start: number, end: number): void {
    const space = this.#spaceOf(process);
    for (const run of space.regions.within(start, end)) {
      this.#changeArea(space, run.start, run.end, { isLocked: false });
    }
    space.table.forEach(start, end, (leaf, at) => this.#unpin(leaf, at));
  }

  /** From now on what is mapped of [start, end) may be accessed so. */
  protect(process: number, start: number, end: number, protection: number): void {
    const space = this.#spaceOf(process);
    for (const run of space.regions.within(start, end)) {
      this.#changeArea(space, run.start, run.end, { protection });
    }
    // Whatever is accessed next is looked up again.
    space.table.forEach(start, end, (leaf, at) => {
      leaf.flags[at] = 0;
      this.#unmapEntry(leaf, at);
      if (leaf.pages[at] === ZERO) leaf.pages[at] = ABSENT;
    });
  }

  /** madvise(DONTNEED): private pages are given up, shared ones only unmapped. */
  dontNeed(process: number, start: number, end: number): void {
    this.#forget(this.#spaceOf(process), start, end);
  }

  /** msync: the dirty pages of [from, to) of a file are written, and stay. */
  sync(path: string, from: bigint, to: bigint): void {
    for (const [index, page] of this.#file(path).pages) {
      if (index < from || index >= to) continue;
      const frame = this.#memory.frameOf(page);
      if (frame === NONE) continue;
      if (this.#memory.frames.dirty[frame] === 1) this.#memory.clean(frame);
    }
    this.#endStep();
  }

  /** The file has `size` pages. Those behind are gone, private copies of them too. */
  truncate(path: string, size: bigint): void {
    const store = this.#file(path);
    const isShorter = size < store.size;
    store.size = size;
    if (!isShorter) return;
    if (size < store.holesFrom) store.holesFrom = size;
    for (const space of this.#spaces.values()) this.#forgetBehind(space, path, size);
    const gone = [...store.pages].filter(([index]) => index >= size);
    for (const [index] of gone) store.pages.delete(index);
    this.#dissolvePages(gone.map(([, page]) => page));
  }

  #dissolve(store: Store): void {
    this.#dissolvePages([...store.pages.values()]);
    store.pages.clear();
  }

  /** Pages of a store that are gone for all. */
  #dissolvePages(pages: readonly Page[]): void {
    for (const page of pages) {
      this.#generation[page]++;
      this.#mapCount[page] = 0;
    }
    this.#giveBack(pages);
  }

  /** What is mapped of [start, end), one area, is another one from now on, but for its origin. */
  #changeArea(
    { regions }: AddressSpace,
    start: number,
    end: number,
    change: Partial<Pick<Area, 'protection' | 'isLocked'>>,
  ): void {
    const area = { ...this.#areas[regions.rowAt(start)], ...change };
    regions.remove(start, end);
    regions.add(start, end, this.#areas.length);
    this.#areas.push(area);
  }

  // ── Accesses ────────────────────────────────────────────────────────────────────────────────

  /** An access through the page table; returns whether it was allowed. `row` is for the host. */
  access(process: number, position: number, write: number, row = 0): boolean {
    this.#accesses++;
    const space = this.#spaceOf(process);
    const leaf = space.table.leaves[position >>> LEAF_BITS];
    const at = position & (LEAF_LENGTH - 1);
    if (leaf !== undefined && this.#isHit(leaf, at, write)) {
      const page = leaf.pages[at];
      if (page === ZERO) this.#setup.contents?.read(NONE);
      else this.#countFound(this.#touch(page, write, row), undefined);
      if (this.#hasLocks) this.#pinIfLocked(space, position);
      this.#endStep();
      return true;
    }
    const isAllowed = this.#fault(space, position, write, row);
    if (this.#hasLocks && isAllowed) this.#pinIfLocked(space, position);
    this.#endStep();
    return isAllowed;
  }

  /** The page just accessed stays, where that is wanted. */
  #pinIfLocked(space: AddressSpace, position: number): void {
    if (!this.#areas[space.regions.rowAt(position)].isLocked) return;
    const leaf = space.table.leafAt(position);
    const at = position & (LEAF_LENGTH - 1);
    const page = leaf.pages[at];
    leaf.pinned ??= new Uint8Array(LEAF_LENGTH);
    if (page < 0 || leaf.pinned[at] === 1) return;
    leaf.pinned[at] = 1;
    this.#pins.set(page, (this.#pins.get(page) ?? 0) + 1);
  }

  #unpin(leaf: Leaf, at: number): void {
    if (leaf.pinned?.[at] !== 1) return;
    leaf.pinned[at] = 0;
    const page = leaf.pages[at];
    const others = this.#pins.get(page)! - 1;
    if (others === 0) this.#pins.delete(page);
    else this.#pins.set(page, others);
  }

  /**
   * read() or write() of a page of a file: no page table has a part in it. What is read in order is
   * read ahead in windows of its own (linux-file); a write() reads nothing ahead.
   */
  accessFile(path: string, index: bigint, write: number, row = 0): boolean {
    this.#accesses++;
    const store = this.#file(path);
    if (index >= store.size) {
      this.#faults.protection++;
      return false;
    }
    this.#countFound(this.#touch(this.#pageIn(store, index, undefined), write, row), undefined);
    if (write !== 0) this.#paged.length = 0;
    this.#endStep(true);
    return true;
  }

  /**
   * Before anything is accessed: the pages behind `positions` of a process, in this order, so that
   * they have the numbers 0, 1, 2 …
   */
  announce(process: number, positions: Iterable<number>): void {
    const space = this.#spaceOf(process);
    for (const position of positions) {
      const area = this.#areas[space.regions.rowAt(position)];
      if (area.backing.kind !== 'anonymous') {
        this.#pageIn(area.store!, this.#indexAt(area, position), area.use);
        continue;
      }
      const leaf = space.table.leafAt(position);
      const at = position & (LEAF_LENGTH - 1);
      leaf.pages[at] = this.#createAt(space, area, position);
      leaf.flags[at] = WRITABLE;
    }
  }

  /** What nobody else holds of `positions` is given back at once; the map stays. */
  drop(process: number, positions: Iterable<number>): void {
    const { table } = this.#spaceOf(process);
    const gone: Page[] = [];
    for (const position of positions) {
      table.forEach(position, position + 1, (leaf, at) => this.#clear(leaf, at, gone));
    }
    this.#giveBack(gone);
  }

  #addObject(origin: ObjectOrigin): number {
    const object = this.#objectCount++;
    this.#setup.host.addObject(object, origin);
    return object;
  }

  /** As an `EvictionObserver`. */
  onEvict(frame: number): void {
    this.#settle();
    const page = this.#memory.frames.pageOf[frame];
    this.#generation[page]++;
    this.#unmappedEntries += this.#mapCount[page];
    this.#mapCount[page] = 0;
    const isFile = this.#kinds[page] === PageKind.File;
    if (this.#memory.frames.dirty[frame] === 1) {
      this.#evictions[isFile ? 'fileDirty' : 'anonymousDirty']++;
      this.#save(frame, false);
    } else {
      this.#evictions[isFile ? 'fileClean' : 'anonymousClean']++;
      this.#droppedClean++;
    }
    this.#isCleaned[page] = 0;
  }

  /** Pages that may not be evicted. */
  get pinnedCount(): number {
    return this.#pins.size;
  }

  /** Object pages that have come to be. */
  get pageCount(): number {
    return this.#pageCount;
  }

  /** By kind, so far. */
  get faults(): Readonly<Record<FaultKind, number>> {
    return this.#faults;
  }

  get ioReads(): number {
    return this.#reads.count;
  }

  get ioWrites(): number {
    return this.#writes.count;
  }

  counts(): VmCounts {
    return {
      accesses: this.#accesses,
      faults: { ...this.#faults },
      demandIns: this.#memory.pageIns,
      prefetchIns: this.#memory.prefetchIns,
      pageOutsSwap: this.#pageOutsSwap,
      pageOutsFile: this.#pageOutsFile,
      ioReads: this.ioReads,
      ioWrites: this.ioWrites,
      flushedPages: this.#flushedPages,
      droppedClean: this.#droppedClean,
      evictionsByKind: { ...this.#evictions },
      unmappedEntries: this.#unmappedEntries,
      forks: this.#forks,
      copiedEntries: this.#copiedEntries,
      swapSlotsUsed: this.#swap.used,
      swapSlotsPeak: this.#slotsPeak,
      ...(this.#readAhead !== undefined && { prefetches: this.#readAhead.counts() }),
    };
  }

  /** Of each file that has come to be used, in order of path. */
  files(): FileCounts[] {
    const { frames } = this.#memory;
    const resident = new Map<number, { pages: number; dirty: number }>();
    for (let frame = 0; frame < frames.frameCount; frame++) {
      const page = frames.pageOf[frame];
      if (page === NONE || this.#kinds[page] !== PageKind.File) continue;
      const known = resident.get(this.#objects[page]) ?? { pages: 0, dirty: 0 };
      known.pages++;
      known.dirty += frames.dirty[frame];
      resident.set(this.#objects[page], known);
    }
    return [...this.#stores.values()]
      .filter(({ kind, object }) => kind === PageKind.File && object !== NO_OBJECT)
      .map(({ path, object, demandIns, prefetchIns, pageOuts }) => {
        const { pages = 0, dirty = 0 } = resident.get(object) ?? {};
        return { path, resident: pages, dirty, demandIns, prefetchIns, pageOuts };
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The page an entry shows if it is present, ZERO or ABSENT; for tests. */
  presentAt(process: number, position: number): Page {
    const leaf = this.#spaceOf(process).table.leaves[position >>> LEAF_BITS];
    const at = position & (LEAF_LENGTH - 1);
    const page = leaf?.pages[at] ?? ABSENT;
    return page >= 0 && leaf!.stamps[at] !== this.#generation[page] ? ABSENT : page;
  }

  /** Recounts everything from scratch. Costly: for tests. */
  verify(): void {
    this.#memory.verify();
    this.#swap.verify();
    const holders = new Int32Array(this.#pageCount);
    const mapped = new Int32Array(this.#pageCount);
    const pinned = new Map<Page, number>();
    for (const { table, regions } of this.#spaces.values()) {
      table.forEach(0, this.#setup.numbers.length, (leaf, at, position) => {
        const area = this.#areas[regions.rowAt(position)];
        const page = leaf.pages[at];
        if (page === ZERO) {
          assert(area.backing.kind === 'anonymous', 'zeros in common are anonymous');
          return;
        }
        holders[page]++;
        if (leaf.pinned?.[at] === 1) pinned.set(page, (pinned.get(page) ?? 0) + 1);
        if (leaf.flags[at] === WRITABLE) {
          assert(area.protection === MAY_WRITE, 'who may write is allowed to');
          assert(this.#holders[page] <= 1, 'a page that several hold is not writable');
        }
        if (leaf.stamps[at] !== this.#generation[page]) return;
        mapped[page]++;
        assert(this.#memory.frameOf(page) !== NONE, 'a present entry shows a page in a frame');
      });
    }
    for (let page = 0; page < this.#pageCount; page++) {
      const isCounted = this.#holders[page] !== NONE;
      if (isCounted) assert(holders[page] === this.#holders[page], 'holders are counted');
      if (isCounted && holders[page] === 0) {
        assert(this.#memory.frameOf(page) === NONE, 'a page nobody holds has no frame');
        assert(this.#swap.slotOf(page) === NONE, 'a page nobody holds has no slot');
      }
      assert(mapped[page] === this.#mapCount[page], 'present entries are counted');
      assert(pinned.get(page) === this.#pins.get(page), 'pins are counted');
      const isKept = !this.#pins.has(page) || this.#memory.frameOf(page) !== NONE;
      assert(isKept, 'a page that is pinned is in a frame');
    }
    this.#verifyStores();
    const { faults, prefetchIns } = this.counts();
    assert(faults.demand === this.#memory.pageIns, 'a page read on demand is one fault');
    assert(prefetchIns === this.#memory.prefetchIns, 'pages read ahead are counted apart');
    assert(faults.late === this.#memory.latePrefetches, 'who waits for a read ahead is late');
    assert(
      this.#pageOutsSwap + this.#pageOutsFile === this.#memory.pageOuts,
      'a page-out goes to swap or to a file',
    );
    if (this.#flushes) this.#verifyDirty();
    const blank = faults.zeroFill + faults.cowCopy + faults.cowZeroPage;
    assert(blank === this.#memory.minorFaults, 'a frame of zeros, or a copy, is one fault');
  }

  #verifyStores(): void {
    const attached = new Map<Store, number>();
    for (const { regions } of this.#spaces.values()) {
      for (const { start, end, row } of regions.within(0, this.#setup.numbers.length)) {
        const { store } = this.#areas[row];
        if (store !== undefined) attached.set(store, (attached.get(store) ?? 0) + end - start);
      }
    }
    for (const store of this.#storeOfObject.values()) {
      assert(store.attached === (attached.get(store) ?? 0), 'who shows a store is counted');
      const isGone = store.isDestroyed && store.attached === 0;
      assert(!isGone || store.pages.size === 0, 'destroyed shared memory goes with the last one');
    }
  }

  #verifyDirty(): void {
    const memory = this.#memory;
    let dirty = 0;
    for (let page = 0; page < this.#pageCount; page++) {
      if (this.#kinds[page] !== PageKind.File || memory.frameOf(page) === NONE) continue;
      dirty += memory.frames.dirty[memory.frameOf(page)];
      const isKnown = this.#dirtySince.has(page);
      assert(isKnown === this.#isDirty(page), 'who is dirty is to be flushed');
    }
    assert(dirty === this.#dirtySince.size, 'who has left is not');
  }

  /** Whether the entry lets the access through. */
  #isHit(leaf: Leaf, at: number, write: number): boolean {
    const page = leaf.pages[at];
    if (page < 0) return page === ZERO && write === 0;
    if (write !== 0 && leaf.flags[at] !== WRITABLE) return false;
    if (this.#options.pageTables === 0) return leaf.stamps[at] !== NOT_PRESENT;
    if (leaf.stamps[at] !== this.#generation[page]) return false;
    const frame = this.#memory.frameOf(page);
    const { ahead, dirty } = this.#memory.frames;
    // The policy has unmapped it; what was read ahead and mapped around is there.
    if (!this.#memory.isPresent(page) && ahead[frame] === 0) return false;
    return write === 0 || this.#kinds[page] !== PageKind.File || dirty[frame] === 1;
  }

  #fault(space: AddressSpace, position: number, write: number, row: number): boolean {
    const areaRow = space.regions.find(position);
    const area = areaRow === UNMAPPED ? undefined : this.#areas[areaRow];
    if (area === undefined || area.protection < (write === 0 ? MAY_READ : MAY_WRITE)) {
      this.#faults.protection++;
      return false;
    }
    const leaf = space.table.leafAt(position);
    const at = position & (LEAF_LENGTH - 1);
    const { backing } = area;
    const mayWrite = area.protection === MAY_WRITE;
    if (backing.kind === 'anonymous') {
      if (leaf.pages[at] < 0) {
        this.#firstTouch(space, area, leaf, at, position, write, row);
        return true;
      }
    } else if (leaf.pages[at] === ABSENT || this.#holders[leaf.pages[at]] === NONE) {
      const store = area.store!;
      const index = this.#indexAt(area, position);
      if (index >= store.size) {
        this.#faults.protection++;
        return false;
      }
      leaf.pages[at] = this.#pageIn(store, index, area.use);
    }
    const page = leaf.pages[at];
    const isPrivate = backing.kind === 'anonymous' || (backing.kind === 'file' && !backing.shared);
    if (isPrivate && write !== 0 && leaf.flags[at] !== WRITABLE) {
      if (this.#holders[page] === 1) this.#reuse(leaf, at, row);
      else this.#copy(space, area, leaf, at, position, row);
      return true;
    }
    if (!isPrivate && mayWrite) leaf.flags[at] = WRITABLE;
    const isNotified = write !== 0 && this.#kinds[page] === PageKind.File && !this.#isDirty(page);
    const isAround = write === 0 && this.#holders[page] === NONE;
    const found = this.#touch(page, write, row);
    this.#countFound(found, isNotified ? 'writeNotify' : 'softMapped');
    this.#mapEntry(leaf, at);
    if (isAround) this.#mapAround(space, position);
    return true;
  }

  /** Anonymous memory where nothing is, or the page of zeros. */
  #firstTouch(
    space: AddressSpace,
    area: Area,
    leaf: Leaf,
    at: number,
    position: number,
    write: number,
    row: number,
  ): void {
    const hadZeros = leaf.pages[at] === ZERO;
    if (write === 0 && this.#options.zeroPage === 1) {
      leaf.pages[at] = ZERO;
      if (!hadZeros) this.#faults.zeroRead++;
      this.#setup.contents?.read(NONE);
      return;
    }
    leaf.pages[at] = this.#createAt(space, area, position);
    leaf.flags[at] = area.protection !== MAY_WRITE ? 0 : WRITABLE;
    this.#touch(leaf.pages[at], write, row);
    if (hadZeros) this.#faults.cowZeroPage++;
    else this.#faults.zeroFill++;
    this.#mapEntry(leaf, at);
  }

  /** The only holder of a private page writes it. */
  #reuse(leaf: Leaf, at: number, row: number): void {
    const page = leaf.pages[at];
    const wasPresent = leaf.stamps[at] === this.#generation[page];
    leaf.flags[at] = WRITABLE;
    const found = this.#touch(page, 1, row);
    this.#countFound(found, wasPresent ? 'cowReuse' : 'softMapped');
    this.#mapEntry(leaf, at);
  }

  /** A private page is written that others hold, or that is a file's. */
  #copy(
    space: AddressSpace,
    area: Area,
    leaf: Leaf,
    at: number,
    position: number,
    row: number,
  ): void {
    const page = leaf.pages[at];
    this.#unpin(leaf, at);
    this.#unmapEntry(leaf, at);
    if (this.#holders[page] !== NONE) this.#holders[page]--;
    this.#countFound(this.#touch(page, 0, row), undefined);
    this.#setup.contents?.copyFrom(this.#memory.frameOf(page));
    leaf.pages[at] = this.#createAt(space, area, position);
    leaf.flags[at] = WRITABLE;
    this.#touch(leaf.pages[at], 1, row);
    this.#faults.cowCopy++;
    this.#mapEntry(leaf, at);
  }

  /** `ifResident`: what it is to find the page in a frame, where page tables count. */
  #countFound(found: Found, ifResident: FaultKind | undefined): void {
    const faults = this.#faults;
    if (found === Found.Read) faults.demand++;
    else if (found === Found.Blank) faults.zeroFill++;
    else if (found === Found.Late) faults.late++;
    else if (found === Found.Soft) faults.softMapped++;
    else if (ifResident !== undefined && this.#options.pageTables === 1) faults[ifResident]++;
  }

  /** Uses a page, after freeing frames for it if that is due. */
  #touch(page: Page, write: number, row: number): Found {
    const memory = this.#memory;
    const { host, contents } = this.#setup;
    const frame = memory.frameOf(page);
    if (frame === NONE) this.#reclaim(page);
    const isAhead = frame !== NONE && memory.frames.ahead[frame] === 1;
    const isLate = isAhead && host.isUnderWay(page);
    const { pageIns, softFaults } = memory;
    this.#settling = frame === NONE ? page : NONE;
    this.#settlingWrite = write;
    this.#settlingPageIns = pageIns;
    if (write !== 0 && frame !== NONE) contents?.write(frame);
    host.refer(page, write, row);
    const isBlank = frame === NONE && memory.pageIns === pageIns;
    const isRead = memory.pageIns > pageIns;
    this.#settle();
    if (write === 0) contents?.read(memory.frameOf(page));
    else if (this.#options.freeSlotOnWrite === 1) this.#swap.free(page);
    if (write !== 0 && this.#flushes && this.#kinds[page] === PageKind.File) {
      if (!this.#dirtySince.has(page)) this.#dirtySince.set(page, host.tick - 1);
    }
    if (isRead || isAhead) this.#paged.push({ page, isRead, tick: host.tick - 1 });
    if (isRead) return Found.Read;
    if (isBlank) return Found.Blank;
    if (isLate) return Found.Late;
    return memory.softFaults > softFaults ? Found.Soft : Found.Resident;
  }

  /** What the page being touched holds, as soon as it is in a frame: others may be told of it. */
  #settle(): void {
    const page = this.#settling;
    if (page === NONE || this.#memory.frameOf(page) === NONE) return;
    this.#settling = NONE;
    const frame = this.#memory.frameOf(page);
    if (this.#memory.pageIns > this.#settlingPageIns) this.#readInto(frame, false);
    else this.#setup.contents?.load(frame, page, NONE, false);
    if (this.#settlingWrite !== 0) this.#setup.contents?.write(frame);
  }

  /** The page in `frame` has been read. */
  #readInto(frame: number, isAhead: boolean): void {
    const { frames } = this.#memory;
    const page = frames.pageOf[frame];
    const slot = this.#swap.slotOf(page);
    this.#setup.contents?.load(frame, page, slot, true);
    if (this.#kinds[page] === PageKind.File) {
      this.#storeOfObject.get(this.#objects[page])![isAhead ? 'prefetchIns' : 'demandIns']++;
      this.#reads.add(this.#objects[page], this.#indices[page]);
      return;
    }
    this.#reads.add(SWAP, slot);
    // Swap is too full to keep copies of what is in memory.
    if (isAhead || this.#swap.usedPercent <= this.#options.keepSlotsPercent) return;
    this.#swap.free(page);
    frames.dirty[frame] = 1;
  }

  /** The page in `frame` is written to where it belongs, as it leaves or while it stays. */
  #save(frame: number, stays: boolean): void {
    const page = this.#memory.frames.pageOf[frame];
    if (this.#kinds[page] === PageKind.File) {
      this.#pageOutsFile++;
      this.#storeOfObject.get(this.#objects[page])!.pageOuts++;
      this.#dirtySince.delete(page);
      this.#writes.add(this.#objects[page], this.#indices[page]);
      this.#setup.contents?.save(frame, page, NONE);
      return;
    }
    const slot = this.#takeSlot(page, stays);
    this.#pageOutsSwap++;
    this.#writes.add(SWAP, slot);
    this.#setup.contents?.save(frame, page, slot);
  }

  #takeSlot(page: Page, stays: boolean): number {
    let slot = this.#swap.take(page);
    if (slot === NONE) {
      this.#freeSlotsInMemory(stays);
      slot = this.#swap.take(page);
    }
    if (slot === NONE) {
      throw new InputError(
        `out of swap: all ${this.#options.swapSlots} slots hold pages that are not in memory, ` +
          `and a dirty page must leave at reference ${this.#setup.host.tick}`,
        'give more swapSlots, or more frames',
      );
    }
    this.#slotsPeak = Math.max(this.#slotsPeak, this.#swap.used);
    return slot;
  }

  /**
   * Copies in swap of pages that are in memory make room: these pages are dirty from now on. What
   * the policy has had written is not undone for the next page it has written: that has no end.
   */
  #freeSlotsInMemory(keepsCleaned: boolean): void {
    const { frames } = this.#memory;
    for (const page of this.#swap.pages()) {
      const frame = this.#memory.frameOf(page);
      if (frame === NONE || frames.ahead[frame] === 1) continue;
      if (keepsCleaned && this.#isCleaned[page] === 1) continue;
      this.#swap.free(page);
      frames.dirty[frame] = 1;
    }
  }

  /** Frames are freed before one is needed, if that is due. */
  #reclaim(wanted: Page): void {
    const { reclaimBatch, freeLow, freeHigh } = this.#options;
    const memory = this.#memory;
    const { frameCount } = memory.frames;
    // The memory would evict what its policy chooses.
    if (this.#pins.size > 0 && memory.freeCount === 0) this.#evictOne(wanted);
    // Others are asked in a full memory only. Kernels' models reclaim when they think fit. Small
    // memories are not emptied.
    const most = this.#setup.spec.choosesWhenever === true ? frameCount >> 3 : 0;
    const target = Math.min(most, Math.max(reclaimBatch, freeHigh));
    if (target === 0 || memory.freeCount > Math.min(freeLow, target)) return;
    while (memory.freeCount < Math.min(target, frameCount - this.#pins.size)) {
      this.#evictOne(wanted);
    }
  }

  /**
   * The policy's victim leaves. A page that is pinned is in use as long as it is, and the policy is
   * told so and asked again; where it insists, the page loaded first of the others leaves.
   */
  #evictOne(wanted: Page): void {
    const memory = this.#memory;
    const { frameCount, pageOf, loadedAt, referenced, lastUsedAt, useCount } = memory.frames;
    const { policy, spec, host } = this.#setup;
    const { tick } = host;
    if (this.#pins.size === frameCount) {
      throw new InputError(
        `out of frames: all ${frameCount} hold pages that are pinned, and another page is needed ` +
          `at reference ${tick}`,
        'pin fewer pages, or give more frames',
      );
    }
    for (let passes = 0, before = NONE; passes < 2 * frameCount; passes++) {
      const victim = policy.chooseVictim(wanted, tick);
      assert(pageOf[victim] >= 0, 'a victim holds a page');
      if (!this.#pins.has(pageOf[victim])) {
        memory.evict(victim, tick);
        return;
      }
      if (victim === before) break;
      before = victim;
      referenced[victim] = 1;
      lastUsedAt[victim] = tick;
      useCount[victim]++;
      if (spec.observes === 'every-reference') policy.onReference(victim, tick);
    }
    let oldest = NONE;
    for (let frame = 0; frame < frameCount; frame++) {
      if (pageOf[frame] === NONE || this.#pins.has(pageOf[frame])) continue;
      if (oldest === NONE || loadedAt[frame] < loadedAt[oldest]) oldest = frame;
    }
    memory.evict(oldest, tick);
  }

  /** The entry shows its page from now on. */
  #mapEntry(leaf: Leaf, at: number): void {
    const page = leaf.pages[at];
    if (leaf.stamps[at] === this.#generation[page]) return;
    leaf.stamps[at] = this.#generation[page];
    this.#mapCount[page]++;
  }

  #unmapEntry(leaf: Leaf, at: number): void {
    const page = leaf.pages[at];
    if (page >= 0 && leaf.stamps[at] === this.#generation[page]) this.#mapCount[page]--;
    leaf.stamps[at] = NOT_PRESENT;
  }

  /** The neighbours of a page of a file or of shared memory, where they are in memory. */
  #mapAround(space: AddressSpace, position: number): void {
    const width = BigInt(this.#options.faultAround);
    if (width === 1n) return;
    const { numbers } = this.#setup;
    const row = space.regions.find(position);
    const area = this.#areas[row];
    if (area.backing.kind === 'anonymous') return;
    const store = area.store!;
    const first = numbers[position] - (numbers[position] % width);
    const isShared = area.backing.kind !== 'file' || area.backing.shared;
    let near = position;
    while (near > 0 && numbers[near - 1] >= first) near--;
    for (; near < numbers.length && numbers[near] < first + width; near++) {
      if (near === position || space.regions.find(near) !== row) continue;
      const page = store.pages.get(this.#indexAt(area, near));
      if (page === undefined || this.#memory.frameOf(page) === NONE) continue;
      if (this.#indices[page] >= store.size) continue;
      const leaf = space.table.leafAt(near);
      const at = near & (LEAF_LENGTH - 1);
      if (leaf.pages[at] !== ABSENT && leaf.pages[at] !== page) continue;
      leaf.pages[at] = page;
      leaf.flags[at] = isShared && area.protection === MAY_WRITE ? WRITABLE : 0;
      this.#mapEntry(leaf, at);
    }
  }

  #copyLeaf(leaf: Leaf): Leaf {
    const copy = new Leaf(leaf);
    for (let at = 0; at < LEAF_LENGTH; at++) {
      const page = leaf.pages[at];
      if (page < 0) continue;
      if (this.#holders[page] === NONE) {
        if (this.#options.forkCopiesFiles === 0) {
          copy.clear(at);
          continue;
        }
      } else {
        this.#holders[page]++;
        leaf.flags[at] = 0;
        copy.flags[at] = 0;
      }
      this.#copiedEntries++;
      if (leaf.stamps[at] === this.#generation[page]) this.#mapCount[page]++;
    }
    return copy;
  }

  /** The entries of [start, end) are gone, and what nobody else holds with them. */
  #forget({ table }: AddressSpace, start: number, end: number): void {
    const gone: Page[] = [];
    table.forEach(start, end, (leaf, at) => this.#clear(leaf, at, gone));
    this.#giveBack(gone);
  }

  /** The same of maps of a file, behind its end. */
  #forgetBehind(space: AddressSpace, path: string, size: bigint): void {
    const gone: Page[] = [];
    for (const { start, end, row } of space.regions.within(0, this.#setup.numbers.length)) {
      const area = this.#areas[row];
      if (area.backing.kind !== 'file' || area.backing.path !== path) continue;
      space.table.forEach(start, end, (leaf, at, position) => {
        if (this.#indexAt(area, position) >= size) this.#clear(leaf, at, gone);
      });
    }
    this.#giveBack(gone);
  }

  #clear(leaf: Leaf, at: number, gone: Page[]): void {
    const page = leaf.pages[at];
    this.#unpin(leaf, at);
    this.#unmapEntry(leaf, at);
    leaf.clear(at);
    if (page < 0 || this.#holders[page] === NONE) return;
    this.#holders[page]--;
    if (this.#holders[page] === 0) gone.push(page);
  }

  #giveBack(pages: readonly Page[]): void {
    if (pages.length === 0) return;
    for (const page of pages) {
      this.#swap.free(page);
      this.#dirtySince.delete(page);
    }
    this.#setup.host.release([...pages].sort((a, b) => a - b));
  }

  /** What was read and written in one step is put together; prefetchers have their turn. */
  #endStep(isCall = false): void {
    if (this.#readAhead !== undefined) {
      for (const { page, isRead, tick } of this.#paged) {
        if (isRead) this.#readAhead.onPageIn(page, tick, isCall);
        else this.#readAhead.onFirstUse(page, tick, isCall);
      }
    }
    this.#paged.length = 0;
    if (this.#dirtySince.size > 0) this.#flush();
    this.#reads.endStep();
    this.#writes.endStep();
  }

  /** Files whose dirty pages are too many, or dirty for too long, are written, in their order. */
  #flush(): void {
    const { flushPercent, flushAge } = this.#options;
    const { frames } = this.#memory;
    const dirty = this.#dirtySince;
    const most = flushPercent === 0 ? Infinity : (flushPercent * frames.frameCount) / 100;
    const oldestKept = flushAge === 0 ? -1 : this.#setup.host.tick - flushAge;
    for (const [oldest, since] of dirty) {
      if (dirty.size <= most && since >= oldestKept) return;
      const object = this.#objects[oldest];
      const own = [...dirty.keys()].filter((page) => this.#objects[page] === object);
      own.sort((a, b) => this.#indices[a] - this.#indices[b]);
      for (const page of own) this.#memory.clean(this.#memory.frameOf(page));
      this.#flushedPages += own.length;
    }
  }

  #isDirty(page: Page): boolean {
    const frame = this.#memory.frameOf(page);
    return frame !== NONE && this.#memory.frames.dirty[frame] === 1;
  }

  #createAt(space: AddressSpace, area: Area, position: number): Page {
    let object = space.objectOf.get(area.origin);
    if (object === undefined) {
      object = this.#addObject({ sequence: space.process, mapping: area.mapping });
      space.objectOf.set(area.origin, object);
    }
    const use = area.use === undefined ? 0 : 1 + MEMORY_USES.indexOf(area.use);
    const index = Number(this.#setup.numbers[position]);
    const page = this.#create(PageKind.Anonymous, 1, object, index, use, false);
    if (this.#readAhead === undefined) return page;
    const places = this.#byPlace.get(object);
    if (places === undefined) this.#byPlace.set(object, new Map([[index, page]]));
    else places.set(index, page);
    return page;
  }

  #create(
    kind: number,
    holders: number,
    object: number,
    index: number,
    use: number,
    isHole: boolean,
  ): Page {
    const page = this.#pageCount++;
    assert(page < this.#setup.pageCountMax, 'there are no more pages than were announced');
    this.#kinds[page] = kind;
    this.#objects[page] = object;
    this.#indices[page] = index;
    this.#holders[page] = holders;
    this.#setup.host.create(page, kind, object, index, use, isHole);
    return page;
  }

  #indexAt(area: Area, position: number): bigint {
    return area.firstIndex + this.#setup.numbers[position] - area.firstNumber;
  }

  #file(path: string): Store {
    return this.#storeOf({ kind: 'file', path, offset: 0n, shared: true });
  }

  #storeOf(backing: StoreBacking): Store {
    const key = storeKey(backing);
    let store = this.#stores.get(key);
    if (store === undefined) {
      const kind = backing.kind === 'file' ? PageKind.File : PageKind.Anonymous;
      const path = backing.kind === 'file' ? backing.path : '';
      store = {
        ...{ key, path, object: NO_OBJECT, kind, pages: new Map(), size: 2n ** 64n, extent: 0n },
        ...{ holesFrom: 2n ** 64n, attached: 0, isDestroyed: false },
        ...{ demandIns: 0, prefetchIns: 0, pageOuts: 0 },
      };
      this.#stores.set(key, store);
    }
    return store;
  }

  #pageIn(store: Store, index: bigint, use: MemoryUse | undefined): Page {
    const known = store.pages.get(index);
    if (known !== undefined) return known;
    if (store.object === NO_OBJECT) {
      store.object = this.#addObject({ store: store.key });
      this.#storeOfObject.set(store.object, store);
    }
    const code = use === undefined ? 0 : 1 + MEMORY_USES.indexOf(use);
    const isHole = index >= store.holesFrom;
    const page = this.#create(store.kind, NONE, store.object, Number(index), code, isHole);
    store.pages.set(index, page);
    return page;
  }

  /** Where pages lie, as far as it is known now. */
  #places(): Places {
    const find = (object: number, index: number): Page => {
      const store = this.#storeOfObject.get(object);
      if (store === undefined) return this.#byPlace.get(object)?.get(index) ?? NONE;
      if (index < 0 || index >= store.extent || index >= store.size) return NONE;
      const known = store.pages.get(BigInt(index));
      if (known !== undefined) return known;
      // A kernel reads what nobody has asked for yet.
      const mayBe = store.kind === PageKind.File && this.#setup.host.hasPlace(object, index);
      return mayBe ? this.#pageIn(store, BigInt(index), undefined) : NONE;
    };
    return {
      find,
      objectOf: (page) => this.#objects[page],
      indexOf: (page) => this.#indices[page],
      beside: (page, distance) => find(this.#objects[page], this.#indices[page] + distance),
    };
  }

  #spaceOf(process: number): AddressSpace {
    const space = this.#spaces.get(process);
    assert(space !== undefined, 'a process that runs has an address space');
    return space;
  }
}
