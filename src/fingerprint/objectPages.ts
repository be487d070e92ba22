/*
 * What stands behind addresses: the pages of files, of shared memory, and anonymous ones, numbered
 * densely as they come. A page of a file or of shared memory is found by its place there, whoever
 * maps it; an anonymous one is known only to the page tables that hold it, which are counted, so
 * that it is known when it may be written without a copy and when it is gone.
 *
 * 18 bytes a page; 16 and up more for those that are found by their place.
 */
import { assert } from '../support/assert.ts';
import { GrowingColumn } from '../support/growingColumn.ts';
import {
  type Mapping,
  MEMORY_USES,
  type MemoryUse,
  type Page,
  type PageFacts,
  PageKind,
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

export class ObjectPages {
  readonly #kinds = GrowingColumn.uint8();
  readonly #uses = GrowingColumn.uint8();
  readonly #objects = GrowingColumn.uint32();
  readonly #indices = GrowingColumn.float64();
  #objectCount = 0;
  #holders = new Int32Array(1024);
  readonly #stores = new Map<string, Store>();

  get count(): number {
    return this.#kinds.length;
  }

  /** The number of a new object, for the anonymous pages of one map of one process. */
  addObject(): number {
    return this.#objectCount++;
  }

  /** A new anonymous page at `index` of `object`, with one holder. */
  create(object: number, index: bigint, use: MemoryUse | undefined): Page {
    return this.#append(PageKind.Anonymous, 1, object, index, use);
  }

  /** The store behind a file or shared memory; the same for the same path, or the same id. */
  storeOf(backing: Exclude<Mapping['backing'], { readonly kind: 'anonymous' }>): Store {
    const isFile = backing.kind === 'file';
    const key = isFile ? `file ${backing.path}` : `shared-memory ${backing.id}`;
    let store = this.#stores.get(key);
    if (store === undefined) {
      const kind = isFile ? PageKind.File : PageKind.Anonymous;
      store = { object: this.addObject(), kind, indices: new PageNumbering(), pages: [] };
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

  /** Of all pages; nothing is added afterwards. */
  facts(): PageFacts {
    const uses = this.#uses.join();
    return {
      kinds: this.#kinds.join(),
      uses: uses.some((use) => use !== 0) ? uses : undefined,
      places: { objects: this.#objects.join(), indices: this.#indices.join() },
    };
  }

  #append(
    kind: number,
    holders: number,
    object: number,
    index: bigint,
    use: MemoryUse | undefined,
  ): Page {
    const page = this.#kinds.length;
    assert(page < OBJECT_PAGE_COUNT_MAX, 'there are at most 2^30 object pages');
    if (page === this.#holders.length) {
      const grown = new Int32Array(2 * page);
      grown.set(this.#holders);
      this.#holders = grown;
    }
    this.#kinds.push(kind);
    this.#uses.push(use === undefined ? 0 : 1 + MEMORY_USES.indexOf(use));
    this.#objects.push(object);
    this.#indices.push(Number(index));
    this.#holders[page] = holders;
    return page;
  }
}
