/*
 * The VM fingerprint as a value: parallel sequences of actions, one a process.
 *
 *   sequence "ls"   actions   D  W  D  R         Uint8, one code an action
 *                   operands  0  3  2  5         Uint32, what the code says it is
 *
 * A reference names its page by a dense number: 0 … pageCount − 1 in order of first appearance, so
 * that a page table is one typed array. `pageNumbers` leads back to the 64-bit world. D(a,b) is two
 * Wait actions in a row. A sleep too long for 32 bits is several in a row; the notation joins them.
 */

/** Dense: 0 … pageCount − 1 within one fingerprint. */
export type Page = number;
/** A row of `Fingerprint.sequences`. */
export type Sequence = number;
/** Position in a reference string; below 2³¹. */
export type Tick = number;

/** One process. All columns have the same length. */
export interface ActionSequence {
  readonly name: string;
  /** Codes of `Action`. */
  readonly actions: Uint8Array;
  /**
   * By action: Read, Write a dense page; Sleep ns; Wait, Wake, Fork a sequence;
   * Map a row of `mappings`; Unmap a row of `ranges`; Exit 0.
   */
  readonly operands: Uint32Array;
  /** Byte within the page of each Read and Write; absent when all are 0. */
  readonly offsets: Uint32Array | undefined;
  /** A hash of the instruction that made each Read and Write; 0: unknown. Absent when all are. */
  readonly signatures?: Uint32Array;
}

/** What a page holds when it is not in memory; the default for fingerprints without maps. */
export type Backing = 'anonymous' | 'file';

/** A run of pages in the address space of the sequence that names it. */
export interface PageRange {
  /** Bytes, page-aligned, below 2⁶⁴. */
  readonly address: bigint;
  readonly pageCount: number;
}

/** What the pages of a map are for. */
export const MEMORY_USES = ['code', 'data', 'heap', 'stack'] as const;
export type MemoryUse = (typeof MEMORY_USES)[number];

/** The operand of a Map action. Offsets are bytes, page-aligned. */
export interface Mapping extends PageRange {
  /** Absent when nobody knows. */
  readonly use?: MemoryUse;
  readonly backing:
    | { readonly kind: 'anonymous' }
    | {
        readonly kind: 'file';
        readonly path: string;
        readonly offset: bigint;
        readonly shared: boolean;
      }
    | { readonly kind: 'shared-memory'; readonly id: string; readonly offset: bigint };
}

/** How a capture left references out; files of before have the second. */
export const FILTER_KINDS = ['safe-drop', 'second-chance'] as const;
export type FilterKind = (typeof FILTER_KINDS)[number];

/**
 * Which references a capture left out: of pages in steady use, those that a memory of enough frames
 * does not miss. So a small memory would seem far too good.
 */
export interface ReferenceFilter {
  /**
   * safe-drop: those that LRU and MIN with `pageCount` frames or more do not miss; second-chance:
   * of a queue of pages kept as the policy of this name keeps its own, nearly all, which errs.
   */
  readonly kind: FilterKind;
  /** Of each sequence; 1 leaves out immediate repeats only. */
  readonly pageCount: number;
  /** The filter is emptied this often; 0: only where the sequence waits. */
  readonly epochInstructions: number;
  /** Replays are right for memories of at least this many frames. */
  readonly framesMin: number;
  /**
   * Left out besides: references that LRU and MIN with so many frames or more do not miss
   * (reduce.ts). Absent: none.
   */
  readonly reducedFor?: number;
}

export interface Fingerprint {
  readonly name: string;
  /** A power of two. */
  readonly pageSizeBytes: number;
  /** What backs every page of a fingerprint without maps. */
  readonly backing: Backing;
  /** Dense page → page number (address ÷ page size), all different. */
  readonly pageNumbers: BigUint64Array;
  readonly sequences: readonly ActionSequence[];
  /** Operands of Map. Empty: an address is the same page for every sequence. */
  readonly mappings: readonly Mapping[];
  /** Operands of Unmap. */
  readonly ranges: readonly PageRange[];
  /** Where it is from, in words: source, command, tool. Keys in the order given. */
  readonly origin: Readonly<Record<string, string>>;
  /** Absent: every reference is there. */
  readonly filter?: ReferenceFilter;
}

/** What kind of I/O a page costs; the values of `ReferenceString.kinds`. */
export const PageKind = { Anonymous: 0, File: 1 } as const;

/** Pages given back by an exit or an unmap: those of row r leave before the reference at `ticks[r]`. */
export interface Releases {
  /** Ascending, 0 … referenceCount. */
  readonly ticks: Int32Array;
  /** Row r owns `pages[firstPage[r]] … pages[firstPage[r + 1] − 1]`. */
  readonly firstPage: Int32Array;
  readonly pages: Uint32Array;
}

/** What is known of each page beforehand: columns, a row a dense page. */
export interface PageFacts {
  /** A `PageKind` a page. */
  readonly kinds: Uint8Array;
  /** Absent when nobody knows: the page is its own neighbourhood. */
  readonly places?: PagePlaces | undefined;
  /** 1 + a row of `MEMORY_USES`, 0 where unknown, a page each; absent: all are. */
  readonly uses?: Uint8Array | undefined;
  /** Where places come to be known with the pages; else it is made of `places` (pageLine.ts). */
  readonly line?: PageLine | undefined;
}

/** All places on one line: neighbours in an object are one apart, and no others are. */
export interface PageLine {
  /** Of each page, from 1 on; of one that is not known yet, 0. */
  readonly placeOf: Int32Array;
  /** More than any place. */
  readonly placeCount: number;
  /** The object each page belongs to, numbered from 0 on. */
  readonly objectOf: ArrayLike<number>;
  readonly objectCount: number;
}

/**
 * Where each page lies: its object (a file, shared memory, an anonymous map of one process, or an
 * address space as a whole), and its index there. Two pages share a place when one is the other's
 * copy after a fork.
 */
export interface PagePlaces {
  readonly objects: Uint32Array;
  /** In pages; rounded above 2⁵³. */
  readonly indices: Float64Array;
}

/** One interleaving of a fingerprint's references, in the order they are to be replayed. */
export interface ReferenceString extends PageFacts {
  /** A dense page a reference. */
  readonly pages: Uint32Array;
  /** 1 for a write, 0 for a read, a reference each. */
  readonly writes: Uint8Array;
  readonly pageCount: number;
  /** Who made each reference; absent: all are of sequence 0. */
  readonly sequences?: Uint32Array | undefined;
  /** A hash of the instruction that made each; 0: unknown. Absent when all are. */
  readonly signatures?: Uint32Array | undefined;
  /** Exits and unmaps; undefined when no page is ever given back. */
  readonly releases: Releases | undefined;
}
