/*
 * Linux's readahead of files, mapped and by read().
 *                                           (Linux 6.12, mm/filemap.c and mm/readahead.c, described)
 *
 *   through a map
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
 *   by read(), a page at a time
 *   ▸ m ○ ○ │ m ○ ○ ○ ○ ○ ○ ○ │ m ○ …         windows of 4, 8, 16, 32 pages (linux/readWindow.ts);
 *                                             the first use of a window's mark reads the next one
 *
 * A read() elsewhere than at the start, or behind the one before, reads its page only.
 *
 * Off the path of hits; state: six numbers a file and a bit a page. Differs from the source: a
 * file has one state for maps and one for read(), not one for each time it is opened; uses after
 * the first are not seen, so they take no miss back, and a read() of what is there is not one
 * before; nobody gives advice (MADV_RANDOM is pages=0); pages before a lone read() are not looked
 * for (context readahead).
 */
import { NONE } from '../engine/frameTable.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import {
  DEGREE_MAX,
  definePrefetcher,
  type PrefetchContext,
  type Prefetcher,
} from '../engine/prefetcher.ts';
import { type Page, PageKind, type Tick } from '../fingerprint/fingerprint.ts';
import { firstWindow, nextWindow } from './linux/readWindow.ts';

export const prefetcher = definePrefetcher({
  id: 'linux-file',
  title: "Linux's readahead of files",
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
  /** The same of read(), and the page it read last. */
  callStart: number;
  callSize: number;
  lastCall: number;
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

  onPageIn(page: Page, _tick: Tick, isCall: boolean): void {
    if (this.#context.pages.kinds[page] !== PageKind.File) return;
    const file = this.#fileOf(page);
    this.#isMark[page] = 0;
    if (isCall) {
      this.#onCall(page, file);
      return;
    }
    if (file.misses < MISSES_KEPT) file.misses++;
    if (file.misses > MISSES_MAX) return;
    const index = this.#context.places.indexOf(page);
    file.start = Math.max(0, index - Math.floor(this.#most / 2));
    file.size = this.#most;
    this.#read(page, file, file.size - Math.floor(this.#most / 4));
  }

  /** A read() found its page in no frame. */
  #onCall(page: Page, file: FileState): void {
    const index = this.#context.places.indexOf(page);
    const isBehind = index === file.callStart + file.callSize && file.callSize > 0;
    const isInOrder = index === 0 || index === file.lastCall || index === file.lastCall + 1;
    file.lastCall = index;
    if (isBehind) this.#readNext(page, file, index);
    else if (isInOrder) {
      file.callStart = index;
      file.callSize = firstWindow(this.#most);
      this.#read(page, { start: index, size: file.callSize }, 1);
    }
  }

  /** The window from `start` on, larger than the one before; its first page is its mark. */
  #readNext(page: Page, file: FileState, start: number): void {
    file.callStart = start;
    file.callSize = nextWindow(file.callSize, this.#most);
    this.#read(page, { start, size: file.callSize }, 0);
  }

  onFirstUse(page: Page, _tick: Tick, isCall: boolean): void {
    if (this.#context.pages.kinds[page] !== PageKind.File) return;
    const file = this.#fileOf(page);
    const isMark = this.#isMark[page] === 1;
    this.#isMark[page] = 0;
    if (isCall) {
      const at = this.#context.places.indexOf(page);
      file.lastCall = at;
      if (!isMark) return;
      const isInWindow = at >= file.callStart && at < file.callStart + file.callSize;
      const end = file.callStart + file.callSize;
      this.#readNext(page, file, isInWindow ? end : at + this.#toNextMissing(page));
      return;
    }
    if (file.misses > 0) file.misses--;
    if (!isMark) return;
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

  /** Reads a window of the file `page` is of, and marks the page at `mark` in it. */
  #read(page: Page, { start, size }: Pick<FileState, 'start' | 'size'>, mark: number): void {
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
      file = { start: 0, size: 0, misses: 0, callStart: 0, callSize: 0, lastCall: -2 };
      this.#files.set(object, file);
    }
    return file;
  }
}
