/*
 * The mapped pages of each process in order of their addresses, and where in that order the kernel
 * last looked: what a walk along the page tables sees.
 *
 *   process 0   ─ ■ ─ ■ ───────── ■ ─ ■ ─►      ■ a mapped page
 *                         ↑ goes on here; the end is told once, and then it starts anew
 *
 * A page belongs to the process that brought it in. Order is that of objects and of places in them;
 * where nobody knows the places, of first use. A bit a page and process, no page table is needed.
 */
import { type Frame, NONE } from '../../engine/frameTable.ts';
import type { PolicyContext } from '../../engine/policy.ts';
import type { PagePlaces } from '../../fingerprint/fingerprint.ts';
import { PositionSet } from '../../support/positionSet.ts';

/** The rank of each page in address order; of copies of a page the first used is the first. */
export function rankPages(pageCount: number, places: PagePlaces | undefined): Int32Array {
  const order = Int32Array.from({ length: pageCount }, (_, page) => page);
  if (places !== undefined) {
    const { objects, indices } = places;
    order.sort((a, b) => objects[a] - objects[b] || indices[a] - indices[b] || a - b);
  }
  const rankOf = new Int32Array(pageCount);
  for (let rank = 0; rank < pageCount; rank++) rankOf[order[rank]] = rank;
  return rankOf;
}

interface Process {
  readonly ranks: PositionSet;
  pageCount: number;
  /** The rank to look at next. */
  next: number;
}

export class AddressOrder {
  readonly #pageOf: Int32Array;
  readonly #rankOf: Int32Array;
  readonly #frameAt: Int32Array;
  /** The process by which the page in each frame is mapped, or NONE. */
  readonly #processOf: Int32Array;
  readonly #processes: Process[] = [];

  constructor({ frames, pageCount, pages }: PolicyContext) {
    this.#pageOf = frames.pageOf;
    this.#rankOf = rankPages(pageCount, pages.places);
    this.#frameAt = new Int32Array(pageCount);
    this.#processOf = new Int32Array(frames.frameCount).fill(NONE);
  }

  /** Processes are 0 … processCount − 1; some may have no pages. */
  get processCount(): number {
    return this.#processes.length;
  }

  pageCount(process: number): number {
    return this.#processes[process].pageCount;
  }

  isMapped(frame: Frame): boolean {
    return this.#processOf[frame] !== NONE;
  }

  map(frame: Frame, process: number): void {
    while (this.#processes.length <= process) {
      const ranks = new PositionSet(this.#rankOf.length);
      this.#processes.push({ ranks, pageCount: 0, next: 0 });
    }
    const rank = this.#rankOf[this.#pageOf[frame]];
    this.#frameAt[rank] = frame;
    this.#processOf[frame] = process;
    this.#processes[process].ranks.insert(rank);
    this.#processes[process].pageCount++;
  }

  /** Takes a page that is mapped out of the order. */
  unmap(frame: Frame): void {
    const owner = this.#processes[this.#processOf[frame]];
    this.#processOf[frame] = NONE;
    owner.ranks.remove(this.#rankOf[this.#pageOf[frame]]);
    owner.pageCount--;
  }

  /** The next page of `process`; NONE at the end of its addresses, after which it starts anew. */
  next(process: number): Frame {
    const walk = this.#processes[process];
    const rank = walk.ranks.next(walk.next);
    walk.next = rank + 1;
    return rank < 0 ? NONE : this.#frameAt[rank];
  }
}
