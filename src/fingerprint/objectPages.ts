/*
 * What stands behind addresses: the pages of files, of shared memory, and anonymous ones, numbered
 * densely as they come. A page of a file or of shared memory is found by its place there, whoever
 * maps it; an anonymous one is known only to the page tables that hold it, which are counted, so
 * that it is known when it may be written without a copy and when it is gone.
 *
 * 5 bytes a page; 16 and up more for those with a place.
 */
import { assert } from '../support/assert.ts';
import { GrowingColumn } from '../support/growingColumn.ts';
import { type Mapping, type Page, PageKind } from './fingerprint.ts';
import { PageNumbering } from './pageNumbering.ts';

/** Stands where the holders of a page do not matter: it is shared by whoever maps it. */
const UNCOUNTED = -1;

/** Page tables keep a bit beside the page. */
const OBJECT_PAGE_COUNT_MAX = 2 ** 30;

/** One file or one segment of shared memory: its pages by their index there. */
export interface Store {
  readonly kind: (typeof PageKind)[keyof typeof PageKind];
  readonly indices: PageNumbering;
  readonly pages: Page[];
}

export class ObjectPages {
  readonly #kinds = GrowingColumn.uint8();
  #holders = new Int32Array(1024);
  readonly #stores = new Map<string, Store>();

  get count(): number {
    return this.#kinds.length;
  }

  /** A new anonymous page, with one holder. */
  create(): Page {
    return this.#append(PageKind.Anonymous, 1);
  }

  /** The store behind a file or shared memory; the same for the same path, or the same id. */
  storeOf(backing: Exclude<Mapping['backing'], { readonly kind: 'anonymous' }>): Store {
    const isFile = backing.kind === 'file';
    const key = isFile ? `file ${backing.path}` : `shared-memory ${backing.id}`;
    let store = this.#stores.get(key);
    if (store === undefined) {
      const kind = isFile ? PageKind.File : PageKind.Anonymous;
      store = { kind, indices: new PageNumbering(), pages: [] };
      this.#stores.set(key, store);
    }
    return store;
  }

  /** The page of `store` at `index`, counted in pages from its start; below 2⁶⁴. */
  pageIn({ kind, indices, pages }: Store, index: bigint): Page {
    const known = indices.pageOf(Number(index >> 32n), Number(index & 0xffffffffn));
    if (known === pages.length) pages.push(this.#append(kind, UNCOUNTED));
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

  /** The `PageKind` of each page; nothing is added afterwards. */
  kinds(): Uint8Array {
    return this.#kinds.join();
  }

  #append(kind: number, holders: number): Page {
    const page = this.#kinds.length;
    assert(page < OBJECT_PAGE_COUNT_MAX, 'there are at most 2^30 object pages');
    if (page === this.#holders.length) {
      const grown = new Int32Array(2 * page);
      grown.set(this.#holders);
      this.#holders = grown;
    }
    this.#kinds.push(kind);
    this.#holders[page] = holders;
    return page;
  }
}
