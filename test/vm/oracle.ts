/*
 * What every read must see, two ways. `Versions` moves versions with the pages, between frames,
 * slots and files, as virtual memory says it moves them. `Shadow` has no frames at all: a process
 * is what its addresses hold, a fork copies that, and files and segments are maps of numbers.
 *
 * A write makes a new version of the old one and its own number, so that a copy that was forgotten
 * shows as much as a page that was lost.
 */
import type { Contents } from '../../src/vm/virtualMemory.ts';

const NONE = -1;

/** A page that was read from where nothing was saved. */
export const LOST = -1;

export const mix = (version: number, writeId: number): number =>
  (Math.imul(version ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(writeId, 0xc2b2ae35)) >>> 0;

export class Versions implements Contents {
  /** Of the write in progress. */
  writeId = 0;
  /** What the last read has seen. */
  seen = 0;
  readonly #frames: number[] = [];
  readonly #slots = new Map<number, number>();
  readonly #files = new Map<number, number>();
  #copied: number | undefined;
  /** Pages of files, and whether there is nothing to read. */
  readonly #isHole: ReadonlyMap<number, boolean>;

  constructor(isHole: ReadonlyMap<number, boolean>) {
    this.#isHole = isHole;
  }

  load(frame: number, page: number, slot: number, isRead: boolean): void {
    if (!isRead) this.#frames[frame] = this.#copied ?? 0;
    else if (this.#isHole.has(page)) {
      const unwritten = this.#isHole.get(page) === true ? LOST : 0;
      this.#frames[frame] = this.#files.get(page) ?? unwritten;
    } else this.#frames[frame] = this.#slots.get(slot) ?? LOST;
    if (!isRead) this.#copied = undefined;
  }

  save(frame: number, page: number, slot: number): void {
    if (this.#isHole.has(page)) this.#files.set(page, this.#frames[frame]);
    else this.#slots.set(slot, this.#frames[frame]);
  }

  write(frame: number): void {
    this.#frames[frame] = mix(this.#frames[frame], this.writeId);
  }

  read(frame: number): void {
    this.seen = frame === NONE ? 0 : this.#frames[frame];
  }

  copyFrom(frame: number): void {
    this.#copied = this.#frames[frame];
  }
}

export type Backing = 'anonymous' | 'private' | 'shared' | 'shm';

export interface ShadowPage {
  readonly backing: Backing;
  /** The segment that was there when it was mapped. */
  readonly segment: Map<number, number>;
  /** Page of the file or segment. */
  readonly index: number;
  protection: number;
  /** Of the process alone, once written. */
  own: number | undefined;
}

export class Shadow {
  readonly processes = new Map<number, Map<number, ShadowPage>>();
  readonly #file = new Map<number, number>();
  segment = new Map<number, number>();
  fileSize = Number.POSITIVE_INFINITY;

  fork(parent: number, child: number): void {
    const copy = [...this.processes.get(parent)!].map(
      ([position, page]) => [position, { ...page }] as const,
    );
    this.processes.set(child, new Map(copy));
  }

  /** What a read sees; undefined: it is not allowed. */
  read(process: number, position: number): number | undefined {
    const page = this.#allowed(process, position, 1);
    if (page === undefined) return undefined;
    if (page.own !== undefined) return page.own;
    return page.backing === 'anonymous' ? 0 : this.#stored(page);
  }

  /** Whether it is allowed. */
  write(process: number, position: number, writeId: number): boolean {
    const page = this.#allowed(process, position, 2);
    if (page === undefined) return false;
    if (page.backing === 'anonymous') page.own = mix(page.own ?? 0, writeId);
    else if (page.backing === 'private') page.own = mix(page.own ?? this.#stored(page), writeId);
    else this.#storeOf(page).set(page.index, mix(this.#stored(page), writeId));
    return true;
  }

  readFile(index: number): number | undefined {
    return index >= this.fileSize ? undefined : (this.#file.get(index) ?? 0);
  }

  writeFile(index: number, writeId: number): void {
    const before = this.readFile(index);
    if (before !== undefined) this.#file.set(index, mix(before, writeId));
  }

  truncate(size: number): void {
    this.fileSize = size;
    for (const index of [...this.#file.keys()]) if (index >= size) this.#file.delete(index);
    for (const pages of this.processes.values()) {
      for (const page of pages.values()) {
        if (page.backing === 'private' && page.index >= size) page.own = undefined;
      }
    }
  }

  /** Who has the segment keeps it; the next one to map it has another. */
  destroy(): void {
    this.segment = new Map();
  }

  #allowed(process: number, position: number, needed: number): ShadowPage | undefined {
    const page = this.processes.get(process)?.get(position);
    if (page === undefined || page.protection < needed) return undefined;
    const isOfFile = page.backing === 'private' || page.backing === 'shared';
    if (isOfFile && page.own === undefined && page.index >= this.fileSize) return undefined;
    return page;
  }

  #storeOf({ backing, segment }: ShadowPage): Map<number, number> {
    return backing === 'shm' ? segment : this.#file;
  }

  #stored(page: ShadowPage): number {
    return this.#storeOf(page).get(page.index) ?? 0;
  }
}
