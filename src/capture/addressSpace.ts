/*
 * What is mapped where in one process, as the notation's M and N tell it: disjoint regions of
 * pages, ascending. A new map takes away what was there; a region cut in two is two regions with
 * offsets of their own.
 */
import type { Mapping, MemoryUse, PageRange } from '../fingerprint/fingerprint.ts';

const PAGE_BYTES = 4096n;

export type Backing = Mapping['backing'];

export interface Region {
  /** Page numbers: [start, end). */
  readonly start: number;
  readonly end: number;
  readonly backing: Backing;
  readonly use: MemoryUse;
  /** Pages that are ours, Valgrind's or unknown: mapped, but no part of the program. */
  readonly isHidden: boolean;
  /** Private memory that is told as shared: who inherits it writes copies. */
  readonly isPrivate: boolean;
  /** Index of the event that made it, −1 when it is inherited. */
  readonly born: number;
}

export class AddressSpace {
  readonly #regions: Region[];

  constructor(copied?: AddressSpace) {
    this.#regions =
      copied === undefined ? [] : copied.#regions.map((region) => ({ ...region, born: -1 }));
  }

  get regions(): readonly Region[] {
    return this.#regions;
  }

  /** The region `page` is in. */
  find(page: number): Region | undefined {
    const region = this.#regions[this.#after(page) - 1];
    return region !== undefined && page < region.end ? region : undefined;
  }

  /** The pieces of regions within [start, end). */
  within(start: number, end: number): Region[] {
    const pieces: Region[] = [];
    for (let i = Math.max(0, this.#after(start) - 1); i < this.#regions.length; i++) {
      const region = this.#regions[i];
      if (region.start >= end) break;
      if (region.end > start) {
        pieces.push(cut(region, Math.max(start, region.start), Math.min(end, region.end)));
      }
    }
    return pieces;
  }

  /** Takes [start, end) away; returns the pieces that were there. */
  unmap(start: number, end: number): Region[] {
    const pieces = this.within(start, end);
    for (const piece of pieces) {
      const i = this.#after(piece.start) - 1;
      const region = this.#regions[i];
      const left = region.start < piece.start ? [cut(region, region.start, piece.start)] : [];
      const right = region.end > piece.end ? [cut(region, piece.end, region.end)] : [];
      this.#regions.splice(i, 1, ...left, ...right);
    }
    return pieces;
  }

  /** Adds a region where nothing is mapped. */
  map(region: Region): void {
    this.#regions.splice(this.#after(region.start), 0, region);
  }

  clear(): Region[] {
    return this.#regions.splice(0);
  }

  /** Index of the first region that starts beyond `page`. */
  #after(page: number): number {
    let low = 0;
    let high = this.#regions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#regions[middle].start <= page) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The part [start, end) of `region`. */
export function cut(region: Region, start: number, end: number): Region {
  return { ...region, start, end, backing: moveOffset(region.backing, start - region.start) };
}

function moveOffset(backing: Backing, pages: number): Backing {
  if (backing.kind === 'anonymous' || pages === 0) return backing;
  return { ...backing, offset: backing.offset + BigInt(pages) * PAGE_BYTES };
}

export function rangeOf({ start, end }: { start: number; end: number }): PageRange {
  return { address: BigInt(start) * PAGE_BYTES, pageCount: end - start };
}

export function mappingOf(region: Region): Mapping {
  return { ...rangeOf(region), backing: region.backing, use: region.use };
}
