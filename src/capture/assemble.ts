/*
 * Second pass over the logs: the fingerprint. Each thread is a sequence; its touches become
 * references, its maps M and N, the edges of its waits D and U, its instructions sleeps.
 *
 * Who backs what, so that a page is the same page for all who share it:
 *   files        one object a device and inode, named by its path; a private map of it is copied on
 *                the first write, as the notation has it
 *   anonymous    `anonymous`, copied on write after a fork; but memory of a process with threads,
 *                memory that mremap moves, and anonymous shared maps are shared memory with an id
 *                of their own, for an address of it is then not the only way to it
 *   copies       that the notation would not make of these are told: R, N and M of the page, W; so
 *                are those of private files, and of what it inherited, in a process with threads
 *   file cache   pages read and written by descriptor are referenced in a window high above all
 *                addresses, where the file is mapped shared, 2²⁶ pages a file
 *
 * All threads of a process have the same maps: each change is told to every one alive.
 */
import { FingerprintBuilder } from '../fingerprint/builder.ts';
import type { Fingerprint, MemoryUse, ReferenceFilter } from '../fingerprint/fingerprint.ts';
import {
  AddressSpace,
  type Backing,
  cut,
  mappingOf,
  type Region,
  rangeOf,
} from './addressSpace.ts';
import { type LogEvent, type MapEvent, MapFlag, TouchKind } from './logReader.ts';
import { type Rendezvous, rendezvousOf } from './precedence.ts';
import { type Capture, type Process, type Thread, ThreadFollower } from './processes.ts';
import { nameThreads } from './sequenceNames.ts';
import { type Birth, type FoundWaits, findWaits } from './waits.ts';

const PAGE_BYTES = 4096;
const FILE_PAGE = 2 ** 40;
const FILE_PAGES = 2 ** 26;

/** Work is told in sleeps of at least this, or before whatever others may depend on. */
const SLEEP_NS_MIN = 1000;

export interface AssembleOptions {
  readonly name: string;
  readonly filter: ReferenceFilter | undefined;
  readonly nsPerInstruction: number;
  readonly origin: Readonly<Record<string, string>>;
}

export interface Assembled {
  readonly fingerprint: Fingerprint;
  readonly instructions: number;
  /** References of pages that are in no map of the program. */
  readonly outsideCount: number;
}

export function assemble(capture: Capture, options: AssembleOptions): Assembled {
  return new Assembler(capture, options).run();
}

class Assembler {
  readonly capture: Capture;
  readonly options: AssembleOptions;
  readonly builder: FingerprintBuilder;
  readonly found: FoundWaits;
  readonly rendezvous: ReadonlyMap<Thread, readonly Rendezvous[]>;
  /** Forks and new threads, by the parent. */
  readonly births = new Map<Thread, Birth[]>();
  readonly files = new FileNames();
  /** Of each process when it was forked, until it is assembled. */
  readonly spaces = new Map<Process, AddressSpace>();
  instructions = 0;
  outsideCount = 0;

  constructor(capture: Capture, options: AssembleOptions) {
    this.capture = capture;
    this.options = options;
    this.found = findWaits(capture);
    const forks = this.found.births.map(({ parent, child }) => ({
      from: parent,
      to: { thread: child, at: -1 },
    }));
    const { rendezvous, droppedCount } = rendezvousOf(this.found.edges, forks);
    this.rendezvous = rendezvous;
    for (const birth of this.found.births) {
      const list = this.births.get(birth.parent.thread) ?? [];
      list.push(birth);
      this.births.set(birth.parent.thread, list);
    }
    for (const list of this.births.values()) list.sort((a, b) => a.parent.at - b.parent.at);
    const { ready, timedOut, interrupted } = this.found.polls;
    this.builder = new FingerprintBuilder({
      name: options.name,
      filter: options.filter,
      origin: {
        ...options.origin,
        polls: `${ready} ready, ${timedOut} timed out, ${interrupted} interrupted; fixed on replay`,
        ...(droppedCount === 0 ? {} : { contradictions: `${droppedCount} waits left out` }),
      },
    });
  }

  run(): Assembled {
    for (const name of nameThreads(this.capture)) this.builder.declare(name);
    const [root] = this.capture.threads;
    if (root !== undefined) this.builder.wake(root.sequence, root.sequence);
    // A parent comes before its children, so their address spaces are there when they begin.
    for (const process of this.capture.processes) new ProcessAssembler(this, process).run();
    const fingerprint = this.builder.finish();
    const { instructions, outsideCount } = this;
    return { fingerprint, instructions, outsideCount };
  }
}

/** What a page is to the process that touches it. */
const Standing = { Outside: 0, Mapped: 1, Uncopied: 2 } as const;

type Backed = Pick<Region, 'backing' | 'isPrivate'>;

class ProcessAssembler {
  readonly #all: Assembler;
  readonly #process: Process;
  readonly #space: AddressSpace;
  readonly #follower: ThreadFollower;
  readonly #alive = new Set<Thread>();
  /** By thread: how many of its rendezvous and births are told. */
  readonly #told = new Map<Thread, { rendezvous: number; births: number }>();
  /** Instructions not yet told as sleep, by thread. */
  readonly #untold = new Map<Thread, number>();
  readonly #hasThreads: boolean;
  /** Path and inode of the files of the window. */
  #window = new Map<number, string>();
  #index = -1;
  #objectCount = 0;
  /** A `Standing` a page, as found since the last change. */
  readonly #standings = new Map<number, number>();
  readonly #signatures = new Map<number, number>();

  constructor(all: Assembler, process: Process) {
    this.#all = all;
    this.#process = process;
    this.#space = all.spaces.get(process) ?? new AddressSpace();
    this.#follower = new ThreadFollower(process);
    this.#hasThreads = process.threads.length > 1;
    all.spaces.delete(process);
  }

  run(): void {
    const leader = this.#process.threads[0];
    this.#begin(leader);
    const minInstructions = SLEEP_NS_MIN / this.#all.options.nsPerInstruction;
    this.#process.read({
      touch: (kind, page, instructions, code) => {
        const thread = this.#follower.running;
        const untold = (this.#untold.get(thread) ?? 0) + instructions;
        this.#untold.set(thread, untold);
        if (untold >= minInstructions) this.#sleep(thread);
        this.#touch(thread, kind, page, code);
      },
      event: (event, instructions) => {
        this.#index++;
        const before = this.#index === 0 ? leader : this.#follower.running;
        this.#untold.set(before, (this.#untold.get(before) ?? 0) + instructions);
        const thread = this.#follower.follow(event);
        this.#begin(thread);
        this.#handle(event);
        this.#tell(thread, this.#index * 4 + 3);
        if (event.type === 'thread-exit') this.#end(thread);
        const sleepNs = this.#all.found.sleeps.get(this.#process)?.get(this.#index);
        if (sleepNs !== undefined) {
          this.#sleep(thread);
          this.#all.builder.sleep(thread.sequence, sleepNs);
        }
      },
    });
    for (const thread of [...this.#alive]) this.#end(thread);
  }

  /** A thread acts for the first time: it waits for whoever made it. */
  #begin(thread: Thread): void {
    if (this.#told.has(thread)) return;
    this.#told.set(thread, { rendezvous: 0, births: 0 });
    this.#alive.add(thread);
    this.#tell(thread, -1);
  }

  #end(thread: Thread): void {
    if (!this.#alive.has(thread)) return;
    this.#tell(thread, Number.MAX_VALUE);
    this.#sleep(thread);
    this.#all.builder.exit(thread.sequence);
    this.#alive.delete(thread);
  }

  /** Wakes, waits and forks up to `at`. */
  #tell(thread: Thread, at: number): void {
    const told = this.#told.get(thread)!;
    const { builder } = this.#all;
    const rendezvous = this.#all.rendezvous.get(thread) ?? [];
    const births = this.#all.births.get(thread) ?? [];
    for (;;) {
      const next = rendezvous[told.rendezvous];
      const birth = births[told.births];
      const nextAt = Math.min(next?.at ?? AT_NEVER, birth?.parent.at ?? AT_NEVER);
      if (nextAt > at) return;
      this.#sleep(thread);
      if (birth !== undefined && birth.parent.at === nextAt) {
        told.births++;
        builder.fork(thread.sequence, birth.child.sequence);
        if (birth.isFork) {
          this.#all.spaces.set(birth.child.process, new AddressSpace(this.#space));
        } else {
          // Maps changed from here on are told to the child as well, even before it first runs.
          this.#told.set(birth.child, { rendezvous: 0, births: 0 });
          this.#alive.add(birth.child);
          this.#tell(birth.child, -1);
        }
      } else {
        told.rendezvous++;
        if (next.isWake) builder.wake(thread.sequence, next.other.sequence);
        else builder.wait(thread.sequence, next.other.sequence);
      }
    }
  }

  #sleep(thread: Thread): void {
    const instructions = this.#untold.get(thread) ?? 0;
    const ns = Math.floor(instructions * this.#all.options.nsPerInstruction);
    if (ns === 0 || !this.#alive.has(thread)) return;
    this.#all.instructions += instructions;
    this.#untold.set(thread, 0);
    this.#all.builder.sleep(thread.sequence, ns);
  }

  #touch(thread: Thread, kind: number, page: number, code: number): void {
    // A thread has ended when the kernel clears its number in memory: others do not see that.
    const standing = this.#standings.get(page) ?? this.#findStanding(page);
    if (standing === Standing.Outside || !this.#alive.has(thread)) {
      this.#all.outsideCount++;
      return;
    }
    const write = kind === TouchKind.Write ? 1 : 0;
    const { builder } = this.#all;
    const high = Math.floor(page / 2 ** 32);
    if (write === 1 && standing === Standing.Uncopied) {
      builder.referencePage(thread.sequence, high, page >>> 0, 0);
      this.#copy(page);
    }
    builder.referencePage(thread.sequence, high, page >>> 0, write);
    if (code !== 0 && kind !== TouchKind.Fetch) {
      const signature = this.#signatureOf(code);
      if (signature !== 0) builder.sign(thread.sequence, signature);
    }
  }

  #findStanding(page: number): number {
    if (page >= FILE_PAGE) this.#mapWindow(page);
    const region = this.#space.find(page);
    let standing: number = Standing.Outside;
    if (region !== undefined && !region.isHidden) {
      standing = this.#isUncopied(region) ? Standing.Uncopied : Standing.Mapped;
    }
    this.#standings.set(page, standing);
    return standing;
  }

  /** Whether a write makes a copy that the notation would not make, or not for all threads. */
  #isUncopied({ backing, isPrivate, born }: Region): boolean {
    if (backing.kind === 'shared-memory') return isPrivate && born < 0;
    return this.#hasThreads && (backing.kind === 'anonymous' || !backing.shared);
  }

  /** A page of its own for this process, in place of one it has in common with others. */
  #copy(page: number): void {
    const [piece] = this.#unmapPages(page, page + 1);
    const { use, isHidden } = piece;
    const own = this.#anonymous(this.#hasThreads);
    this.#map({ ...own, start: page, end: page + 1, use, isHidden, born: this.#index });
  }

  /** Maps the file of a window page, as much of it as is touched, in steps that double. */
  #mapWindow(page: number): void {
    const index = Math.floor((page - FILE_PAGE) / FILE_PAGES);
    const path = this.#window.get(index);
    if (path === undefined || this.#space.find(page) !== undefined) return;
    const first = FILE_PAGE + index * FILE_PAGES;
    const mapped = this.#space.within(first, first + FILE_PAGES);
    const end = mapped.length === 0 ? first : mapped[mapped.length - 1].end;
    let length = 16;
    while (first + length <= page) length *= 2;
    const offset = BigInt(end - first) * BigInt(PAGE_BYTES);
    this.#map({
      start: end,
      end: first + length,
      backing: { kind: 'file', path, offset, shared: true },
      use: 'data',
      isPrivate: false,
      isHidden: false,
      born: this.#index,
    });
  }

  #handle(event: LogEvent): void {
    switch (event.type) {
      case 'image':
        this.#unmapAll();
        this.#window = new Map();
        for (const thread of [...this.#alive]) {
          if (!thread.isLeader) this.#end(thread);
        }
        break;
      case 'born':
        this.#window = new Map();
        this.#closeWindow();
        break;
      case 'file':
        this.#window.set(event.index, this.#all.files.nameOf(event.identity, event.path));
        break;
      case 'map':
        this.#handleMap(event);
        break;
      case 'unmap':
        this.#unmap(event.start, event.length === 0 ? this.#attached(event.start) : event.length);
        break;
      case 'discard':
        for (const piece of this.#unmap(event.start, event.length)) this.#map(this.#fresh(piece));
        break;
      case 'remap':
        this.#handleRemap(event);
        break;
    }
  }

  #handleMap(event: MapEvent): void {
    const start = Math.floor(event.start / PAGE_BYTES);
    const end = Math.ceil((event.start + event.length) / PAGE_BYTES);
    if ((event.flags & MapFlag.Heap) !== 0) {
      this.#growHeap(start, end);
      return;
    }
    this.#unmapPages(start, end);
    const isHidden = /\/vgpreload_[^/]*$/.test(event.path);
    const backed = this.#backingOf(event, this.#index);
    this.#map({ ...backed, start, end, use: useOf(event), isHidden, born: this.#index });
  }

  /** The heap grows by bytes: its last page may be there already. */
  #growHeap(start: number, end: number): void {
    let from = start;
    const free: [number, number][] = [];
    for (const piece of this.#space.within(start, end)) {
      if (piece.start > from) free.push([from, piece.start]);
      from = piece.end;
    }
    if (from < end) free.push([from, end]);
    for (const [first, last] of free) {
      const backed = this.#anonymous(this.#hasThreads);
      const born = this.#index;
      this.#map({ ...backed, start: first, end: last, use: 'heap', isHidden: false, born });
    }
  }

  #backingOf(event: MapEvent, index: number): Backed {
    const { flags, path, identity } = event;
    const shared = (flags & MapFlag.Shared) !== 0;
    const offset = BigInt(event.offset);
    if ((flags & MapFlag.SystemV) !== 0) {
      const id = `sysv:${identity.split(':')[1]}`;
      return { backing: { kind: 'shared-memory', id, offset: 0n }, isPrivate: false };
    }
    if ((flags & MapFlag.File) === 0 || path === '/dev/zero') {
      if (shared) return { backing: this.#object(), isPrivate: false };
      return this.#anonymous(this.#hasThreads || this.#process.moved.has(index));
    }
    const name = this.#all.files.nameOf(identity, path);
    if (/^\/(dev\/shm\/|memfd:|dev\/zero|SYSV)/.test(path) && shared) {
      return { backing: { kind: 'shared-memory', id: name, offset }, isPrivate: false };
    }
    return { backing: { kind: 'file', path: name, offset, shared }, isPrivate: false };
  }

  /** Private memory; told as shared where an address is not the only way to it. */
  #anonymous(isToldShared: boolean): Backed {
    const backing: Backing = isToldShared ? this.#object() : { kind: 'anonymous' };
    return { backing, isPrivate: isToldShared };
  }

  #object(): Backing {
    const { sequence } = this.#process.threads[0];
    return {
      kind: 'shared-memory',
      id: `anonymous:${sequence}.${this.#objectCount++}`,
      offset: 0n,
    };
  }

  /** What a piece holds after its pages were thrown away. */
  #fresh(piece: Region): Region {
    const { backing } = piece;
    const isOwn = backing.kind === 'shared-memory' && backing.id.startsWith('anonymous:');
    return isOwn ? { ...piece, backing: this.#object(), born: this.#index } : piece;
  }

  #handleRemap(event: Extract<LogEvent, { type: 'remap' }>): void {
    const start = event.start / PAGE_BYTES;
    const end = Math.ceil((event.start + event.length) / PAGE_BYTES);
    const newStart = event.newStart / PAGE_BYTES;
    const newEnd = Math.ceil((event.newStart + event.newLength) / PAGE_BYTES);
    const old = this.#space.within(start, end);
    const last = old.at(-1);
    if (last === undefined) return;
    if (newStart === start) {
      if (newEnd < end) this.#unmapPages(newEnd, end);
    } else {
      this.#unmapPages(newStart, newEnd);
      // The new maps come first, so that what is shared is never without one.
      const move = newStart - start;
      for (const piece of old) {
        if (piece.start + move >= newEnd) break;
        const kept = cut(piece, piece.start, Math.min(piece.end, newEnd - move));
        this.#map({ ...kept, start: kept.start + move, end: kept.end + move });
      }
      this.#unmapPages(start, end);
    }
    const grownFrom = newStart + (end - start);
    if (newEnd <= grownFrom) return;
    this.#unmapPages(grownFrom, newEnd);
    const { backing } = last;
    const grown: Region =
      backing.kind === 'file'
        ? { ...cut({ ...last, end: last.end + (newEnd - grownFrom) }, last.end, last.end + 1) }
        : { ...last, backing: backing.kind === 'anonymous' ? backing : this.#object() };
    this.#map({ ...grown, start: grownFrom, end: newEnd, born: this.#index });
  }

  #attached(start: number): number {
    const region = this.#space.find(start / PAGE_BYTES);
    return region === undefined ? 0 : (region.end - region.start) * PAGE_BYTES;
  }

  #unmap(start: number, length: number): Region[] {
    return this.#unmapPages(
      Math.floor(start / PAGE_BYTES),
      Math.ceil((start + length) / PAGE_BYTES),
    );
  }

  #unmapPages(start: number, end: number): Region[] {
    const pieces = this.#space.unmap(start, end);
    for (const piece of pieces) this.#tellUnmap(piece);
    if (pieces.length > 0) this.#forget();
    return pieces;
  }

  #unmapAll(): void {
    for (const region of this.#space.clear()) this.#tellUnmap(region);
    this.#forget();
  }

  /** A forked child gives its files numbers of its own. */
  #closeWindow(): void {
    this.#unmapPages(FILE_PAGE, Number.MAX_SAFE_INTEGER);
  }

  #tellUnmap(region: Region): void {
    if (region.isHidden) return;
    for (const thread of this.#alive) {
      this.#sleep(thread);
      this.#all.builder.unmap(thread.sequence, rangeOf(region));
    }
  }

  #map(region: Region): void {
    this.#space.map(region);
    this.#forget();
    if (region.isHidden) return;
    for (const thread of this.#alive) {
      this.#sleep(thread);
      this.#all.builder.map(thread.sequence, mappingOf(region));
    }
  }

  #forget(): void {
    this.#standings.clear();
    this.#signatures.clear();
  }

  /** Of the instruction by where it is in its file, so that it is the same in every run. */
  #signatureOf(code: number): number {
    let signature = this.#signatures.get(code);
    if (signature === undefined) {
      const region = this.#space.find(Math.floor(code / PAGE_BYTES));
      const backing = region?.backing;
      signature = 0;
      if (region !== undefined && backing?.kind === 'file') {
        const offset = Number(backing.offset) + code - region.start * PAGE_BYTES;
        signature = hash(`${backing.path}+${offset}`);
      }
      this.#signatures.set(code, signature);
    }
    return signature;
  }
}

const AT_NEVER = Number.POSITIVE_INFINITY;

/** A file is an object by device and inode; its first path is its name. */
class FileNames {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  nameOf(identity: string, path: string): string {
    let name = this.#names.get(identity);
    if (name === undefined) {
      const base = path === '' ? 'unnamed' : path;
      name = base;
      for (let copy = 2; this.#taken.has(name); copy++) name = `${base}#${copy}`;
      this.#names.set(identity, name);
      this.#taken.add(name);
    }
    return name;
  }
}

function useOf({ flags }: MapEvent): MemoryUse {
  if ((flags & MapFlag.Stack) !== 0) return 'stack';
  if ((flags & MapFlag.Code) !== 0) return 'code';
  return 'data';
}

/** FNV-1a of 32 bits over UTF-16 units (Fowler, Noll, Vo; public domain). */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
