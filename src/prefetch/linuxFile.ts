/*
 * Linux's readahead of mapped files.        (Linux 6.12, mm/filemap.c and mm/readahead.c, described)
 *
 *   page-in at ▸      ○ ○ ○ ○ ○ ○ ○ ○ ▸ ○ ○ ○ m ○ ○ ○       around it; m marks the last quarter
 *   first use of m                                      m ○ ○ ○ ○ ○ ○ ○ ○ ○ ○ ○ ○ ○ ○ ○
 *                                                           the window behind; its first page is
 *                                                           marked, so that reading stays ahead
 *
 * Each page-in counts as a miss of its file, each first use as a hit that takes one back; at more
 * than 100 net misses only the wanted page is read. So 16,384 pages in order cost one page-in, and
 * as many in random order 16,384 soon. The mark of an old window starts a new one behind what is
 * resident there.
 *
 * Off the path of hits; state: four numbers a file and a bit a page. Differs from the source: a
 * file has one state, not one for each time it is opened; uses after the first are not seen, so
 * they take no miss back; nobody gives advice (MADV_RANDOM, MADV_SEQUENTIAL).
 */
import { NONE } from '../engine/frameTable.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import {
  DEGREE_MAX,
  definePrefetcher,
  type PrefetchContext,
  type Prefetcher,
} from '../engine/prefetcher.ts';
import { type Page, PageKind } from '../fingerprint/fingerprint.ts';

export const prefetcher = definePrefetcher({
  id: 'linux-file',
  title: "Linux's readahead of mapped files",
  source: 'Linux 6.12, mm/filemap.c, mm/readahead.c',
  // 128 KiB of 4 KiB pages, the kernel's default.
  defaults: { pages: 32 },
  create: (context, { pages }) =>
    new FileReadahead(context, wholeOption('pages', pages, 0, DEGREE_MAX)),
});

/** MMAP_LOTSAMISS: more, and reading around a page is held to be of no use. */
const MISSES_MAX = 100;
/** Misses are not counted further than this, so that a file can recover. */
const MISSES_KEPT = 10 * MISSES_MAX;

interface FileState {
  /** The window read last. */
  start: number;
  size: number;
  misses: number;
}

class FileReadahead implements Prefetcher {
  readonly #context: PrefetchContext;
  readonly #most: number;
  readonly #files = new Map<number, FileState>();
  /** 1: its first use reads the next window. */
  readonly #isMark: Uint8Array;

  constructor(context: PrefetchContext, most: number) {
    this.#context = context;
    this.#most = most;
    this.#isMark = new Uint8Array(context.pages.kinds.length);
  }

  onPageIn(page: Page): void {
    if (this.#context.pages.kinds[page] !== PageKind.File) return;
    const file = this.#fileOf(page);
    this.#isMark[page] = 0;
    if (file.misses < MISSES_KEPT) file.misses++;
    if (file.misses > MISSES_MAX) return;
    const index = this.#context.places.indexOf(page);
    file.start = Math.max(0, index - Math.floor(this.#most / 2));
    file.size = this.#most;
    this.#read(page, file, file.size - Math.floor(this.#most / 4));
  }

  onFirstUse(page: Page): void {
    if (this.#context.pages.kinds[page] !== PageKind.File) return;
    const file = this.#fileOf(page);
    if (file.misses > 0) file.misses--;
    if (this.#isMark[page] === 0) return;
    this.#isMark[page] = 0;
    const index = this.#context.places.indexOf(page);
    const isInWindow = index >= file.start && index < file.start + file.size;
    file.start = isInWindow ? file.start + file.size : index + this.#toNextMissing(page);
    file.size = this.#most;
    this.#read(page, file, 0);
  }

  /** How far behind `page` the first page is that is not resident, at most a window. */
  #toNextMissing(page: Page): number {
    const { places, isResident } = this.#context;
    let distance = 1;
    while (distance < this.#most) {
      const found = places.beside(page, distance);
      if (found === NONE || !isResident(found)) break;
      distance++;
    }
    return distance;
  }

  /** Reads the window of `file`, of which `page` is, and marks the page at `mark` in it. */
  #read(page: Page, { start, size }: FileState, mark: number): void {
    const { places, ask } = this.#context;
    const index = places.indexOf(page);
    for (let i = 0; i < size; i++) {
      if (start + i === index) continue;
      const found = places.beside(page, start + i - index);
      if (ask(found) && i === mark) this.#isMark[found] = 1;
    }
  }

  #fileOf(page: Page): FileState {
    const object = this.#context.places.objectOf(page);
    let file = this.#files.get(object);
    if (file === undefined) {
      file = { start: 0, size: 0, misses: 0 };
      this.#files.set(object, file);
    }
    return file;
  }
}
