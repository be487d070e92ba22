/*
 * Drops touches of pages that were told lately, as the Valgrind tool does: a queue of K pages in
 * the order they were told last; the oldest leaves if it was not touched since, else it is told
 * again and goes to the front. First writes pass. (Why: valgrind/evictlab_capture.c.)
 */
import { TouchKind } from './logReader.ts';

interface Entry {
  touched: boolean;
  written: boolean;
  kind: number;
}

export class SecondChanceFilter {
  readonly #pageCount: number;
  readonly #tell: (kind: number, page: number) => void;
  /** In the order they were told, the oldest first: a Map keeps the order of insertion. */
  readonly #entries = new Map<number, Entry>();

  constructor(pageCount: number, tell: (kind: number, page: number) => void) {
    this.#pageCount = pageCount;
    this.#tell = tell;
  }

  touch(kind: number, page: number): void {
    const isWrite = kind === TouchKind.Write;
    let entry = this.#entries.get(page);
    if (entry === undefined) {
      if (this.#entries.size === this.#pageCount) this.#makePlace();
      this.#tell(kind, page);
      entry = { touched: false, written: isWrite, kind };
      this.#entries.set(page, entry);
    } else if (isWrite && !entry.written) {
      this.#tell(kind, page);
      entry.written = true;
      entry.touched = false;
      this.#entries.delete(page);
      this.#entries.set(page, entry);
    } else {
      entry.touched = true;
    }
    entry.kind = isWrite ? TouchKind.Read : kind;
  }

  /** Forgets all pages; those touched since they were told are told first. */
  flush(): void {
    for (let left = this.#entries.size; left > 1; left--) this.#takeOldest();
    this.#entries.clear();
  }

  forget(start: number, end: number): void {
    for (const page of this.#entries.keys()) {
      if (page >= start && page < end) this.#entries.delete(page);
    }
  }

  #makePlace(): void {
    for (let left = this.#entries.size; left > 1; left--) if (!this.#takeOldest()) return;
    const [[oldest]] = this.#entries;
    this.#entries.delete(oldest);
  }

  /** True when the oldest was told again. */
  #takeOldest(): boolean {
    const [[page, entry]] = this.#entries;
    this.#entries.delete(page);
    if (!entry.touched) return false;
    entry.touched = false;
    this.#tell(entry.kind, page);
    this.#entries.set(page, entry);
    return true;
  }
}
