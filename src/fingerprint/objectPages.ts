/*
 * What stands behind addresses: the pages of files, of shared memory, and anonymous ones, numbered
 * densely as they come. A page of a file or of shared memory is found by its place there, whoever
 * maps it; an anonymous one is known only to the page tables that hold it, which are counted, so
 * that it is known when it may be written without a copy and when it is gone.
 *
 * 4 bytes a page; 16 and up more for those that are found by their place.
 */
import { assert } from '../support/assert.ts';
import {
  type Mapping,
  MEMORY_USES,
  type MemoryUse,
  type Page,
  PageKind,
  type Sequence,
} from './fingerprint.ts';
import { PageNumbering } from './pageNumbering.ts';

/** Stands where the holders of a page do not matter: it is shared by whoever maps it. */
const UNCOUNTED = -1;

/** Page tables keep a bit beside the page. */
const OBJECT_PAGE_COUNT_MAX = 2 ** 30;

/** One file or one segment of shared memory: its pages by their index there. */
export interface Store {
  /** Its number among all objects. */
  readonly object: number;
  readonly kind: (typeof PageKind)[keyof typeof PageKind];
  readonly indices: PageNumbering;
  readonly pages: Page[];
}

/** What is behind a file or shared memory. */
export type StoreBacking = Exclude<Mapping['backing'], { readonly kind: 'anonymous' }>;

/** What is known of a page from its beginning on; numbered one after the last. */
export type PageCreated = (
  page: Page,
  /** A `PageKind`. */
  kind: number,
  object: number,
  /** Its index in the object; rounded above 2⁵³. */
  index: number,
  /** 1 + a row of `MEMORY_USES`; 0: unknown. */
  use: number,
  /** A page of a file that is a hole: all zeros, there is nothing to read. Absent: it is none. */
  isHole?: boolean,
) => void;

/** What an object is made for: the anonymous pages of one map of one process, or a store. */
export type ObjectOrigin =
  | { readonly sequence: Sequence; readonly mapping: Mapping }
  | { readonly store: string };

/** A file or a segment of shared memory by name. */
export function storeKey(backing: StoreBacking): string {
  return backing.kind === 'file' ? `file ${backing.path}` : `shared-memory ${backing.id}`;
}

export class ObjectPages {
  readonly #created: PageCreated;
  readonly #objectAdded: (object: number, origin: ObjectOrigin) => void;
  #count = 0;
  #objectCount = 0;
  #holders = new Int32Array(1024);
  readonly #stores = new Map<string, Store>();

  constructor(
    created: PageCreated,
    objectAdded: (object: number, origin: ObjectOrigin) => void = () => {},
  ) {
    this.#created = created;
    this.#objectAdded = objectAdded;
  }

  /** The number of a new object. */
  addObject(origin: ObjectOrigin): number {
    const object = this.#objectCount++;
    this.#objectAdded(object, origin);
    return object;
  }

  /** A new anonymous page at `index` of `object`, with one holder. */
  create(object: number, index: bigint, use: MemoryUse | undefined): Page {
    return this.#append(PageKind.Anonymous, 1, object, index, use);
  }

  /** The store behind a file or shared memory; the same for the same path, or the same id. */
  storeOf(backing: StoreBacking): Store {
    const key = storeKey(backing);
    let store = this.#stores.get(key);
    if (store === undefined) {
      const kind = backing.kind === 'file' ? PageKind.File : PageKind.Anonymous;
      const object = this.addObject({ store: key });
      store = { object, kind, indices: new PageNumbering(), pages: [] };
      this.#stores.set(key, store);
    }
    return store;
  }

  /**
   * The page of `store` at `index`, counted in pages from its start; below 2⁶⁴. `use` is of the map
   * through which it is first seen.
   */
  pageIn({ object, kind, indices, pages }: Store, index: bigint, use?: MemoryUse): Page {
    const known = indices.pageOf(Number(index >> 32n), Number(index & 0xffffffffn));
    if (known === pages.length) pages.push(this.#append(kind, UNCOUNTED, object, index, use));
    return pages[known];
  }

  isCounted(page: Page): boolean {
    return this.#holders[page] !== UNCOUNTED;
  }

  /** Whether no one but one page table holds this counted page. */
  hasOneHolder(page: Page): boolean {
    return this.#holders[page] === 1;
  }

  hold(page: Page): void {
    this.#holders[page]++;
  }

  /** One holder less; true when that was the last one. */
  drop(page: Page): boolean {
    this.#holders[page]--;
    assert(this.#holders[page] >= 0, 'who drops a page held it');
    return this.#holders[page] === 0;
  }

  #append(
    kind: number,
    holders: number,
    object: number,
    index: bigint,
    use: MemoryUse | undefined,
  ): Page {
    const page = this.#count++;
    assert(page < OBJECT_PAGE_COUNT_MAX, 'there are at most 2^30 object pages');
    if (page === this.#holders.length) {
      const grown = new Int32Array(2 * page);
      grown.set(this.#holders);
      this.#holders = grown;
    }
    this.#holders[page] = holders;
    const useCode = use === undefined ? 0 : 1 + MEMORY_USES.indexOf(use);
    this.#created(page, kind, object, Number(index), useCode);
    return page;
  }
}
