/*
 * Drops touches as the Valgrind tool does, in readable form: Safely-Allowed-Drop while they are
 * made.                              (Kaplan, Smaragdakis, Wilson, ACM TOMACS 13:1, 2003)
 *
 *   x … x … x        of three touches of a page with fewer than K other pages between the first
 *   t₁   t₂   t₃     and the third, the second goes; of the two left the second may be next
 *
 * A page of the K touched last has a record and, held back, its last touch. K others were touched
 * since the record from the moment a page not among the K comes, and the page that leaves them was
 * touched after that record; then the last touch is told and is the record. So at such a moment
 * all with records older than the last touch of the leaver are told, and at no other:
 *
 *   records, by age   a₂ d₅ b₆ | c₉ e₁₁      the leaver's last touch: 7; a, d, b are told
 *
 * Why nothing changes for LRU and MIN with K frames and more: fingerprint/reduce.ts. The middles of
 * a long stay may not all go: of x a x b x c x, with K = 2, x a b c x has a page-in more with two
 * frames, though x was always among the two pages touched last.
 *
 * Pages that are unmapped, and what a page was copied from, cannot be touched any more by the
 * old name, but are among the K as long as they would be.
 *
 * Writes: the first of a page while it is among the K is told, for it may make a copy. The page
 * stays in memory from then on, and dirty; so it does not matter when it is written again, and
 * what is told later is a write if one was since the last record.
 *
 * A filter of one page drops repeats, and nothing is held back. O(1) a record, O(K) a touch that
 * makes none; the tool does it in O(1).
 */
import { TouchKind } from './logReader.ts';
import type { TouchTime } from './touchOrder.ts';

interface Entry {
  /** When its last record was made. */
  recordAt: number;
  /** Of the last touch: what would be told. */
  lastAt: number;
  lastTime: TouchTime;
  lastKind: number;
  /** Its first write is told. */
  isWritten: boolean;
}

export class SafeDropFilter {
  readonly #pageCount: number;
  readonly #tell: (kind: number, page: number, time: TouchTime) => void;
  /** In the order of their last touches, the oldest first: a Map keeps the order of insertion. */
  #entries = new Map<number, Entry>();
  /** Written since a write may last have made a copy of them. */
  readonly #copied = new Set<number>();
  #touches = 0;
  /** Names for pages that cannot be touched any more: −1, −2, … */
  #lastGhost = 0;

  /** `tell` gets touches out of order, but those of before a `settle` before it ends. */
  constructor(pageCount: number, tell: (kind: number, page: number, time: TouchTime) => void) {
    this.#pageCount = pageCount;
    this.#tell = tell;
  }

  /** `instructions`: so many the program had executed. */
  touch(kind: number, page: number, instructions: number): void {
    const lastAt = this.#touches++;
    const lastTime = { instructions, number: lastAt };
    const isWrite = kind === TouchKind.Write;
    if (isWrite && !this.#copied.has(page)) this.#addOriginal(page, lastTime);
    let entry = this.#entries.get(page);
    if (entry === undefined || (isWrite && !entry.isWritten)) {
      if (entry === undefined && this.#entries.size === this.#pageCount) this.#makePlace();
      this.#tell(kind, page, lastTime);
      const isWritten = isWrite;
      entry = { recordAt: lastAt, lastAt, lastTime, lastKind: TouchKind.Read, isWritten };
    } else {
      entry.lastAt = lastAt;
      entry.lastTime = lastTime;
      if (entry.lastKind !== TouchKind.Write) entry.lastKind = kind;
    }
    this.#entries.delete(page);
    this.#entries.set(page, entry);
  }

  /** Tells all that is held back; after that, the filter goes on where it is. */
  settle(): void {
    for (const [page, entry] of this.#entries) this.#tellLast(page, entry);
  }

  /** Forgets all pages: others may run, and a write may make a copy. */
  flush(): void {
    this.settle();
    this.#entries.clear();
    this.#copied.clear();
  }

  /** Pages from `start` to before `end` are unmapped. */
  forget(start: number, end: number): void {
    const rest = new Map<number, Entry>();
    for (const [page, entry] of this.#entries) {
      const isGone = page >= start && page < end;
      if (isGone) this.#tellLast(page, entry);
      rest.set(isGone ? --this.#lastGhost : page, entry);
    }
    this.#entries = rest;
    for (const page of this.#copied) if (page >= start && page < end) this.#copied.delete(page);
  }

  /** A write that makes a copy touches two pages. */
  #addOriginal(page: number, lastTime: TouchTime): void {
    this.#copied.add(page);
    if (this.#pageCount === 1) return;
    if (this.#entries.size === this.#pageCount) this.#makePlace();
    const at = lastTime.number;
    const entry = { recordAt: at, lastAt: at, lastTime, lastKind: TouchKind.Read, isWritten: true };
    this.#entries.set(--this.#lastGhost, entry);
  }

  #makePlace(): void {
    const [[leaver, { lastAt }]] = this.#entries;
    for (const [page, entry] of this.#entries) {
      if (entry.recordAt < lastAt) this.#tellLast(page, entry);
    }
    this.#entries.delete(leaver);
  }

  #tellLast(page: number, entry: Entry): void {
    if (this.#pageCount === 1 || entry.lastAt === entry.recordAt) return;
    this.#tell(entry.lastKind, page, entry.lastTime);
    entry.recordAt = entry.lastAt;
    entry.lastKind = TouchKind.Read;
  }
}
