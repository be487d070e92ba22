/*
 * The mapped pages of each process in order of their addresses, and where in that order the kernel
 * last looked: what a walk along the page tables sees.
 *
 *   process 0   ─ ■ ─ ■ ───────── ■ ─ ■ ─►      ■ a mapped page
 *                         ↑ goes on here; the end is told once, and then it starts anew
 *
 * A page belongs to the process that brought it in. Order is that of objects and of places in them;
 * where nobody knows the places, of first use. A bit a place and process, no page table is needed.
 *
 * The walk looks up some places at a time: they are far apart in memory, and so it waits for all of
 * them together.
 */
import { FramesByPlace } from '../../engine/framesByPlace.ts';
import { type Frame, NONE } from '../../engine/frameTable.ts';
import { lineOf } from '../../engine/pageLine.ts';
import type { PolicyContext } from '../../engine/policy.ts';
import { PositionSet } from '../../support/positionSet.ts';

interface Process {
  readonly places: PositionSet;
  pageCount: number;
  /** The page last looked at, and its place; 0 and NONE: none yet. */
  place: number;
  page: number;
  /** Places that come next, from `nextAhead` to before `aheadCount`; there may be no more page. */
  readonly ahead: Int32Array;
  nextAhead: number;
  aheadCount: number;
}

const AHEAD = 16;

export class AddressOrder {
  readonly #pageOf: Int32Array;
  readonly #placeCount: number;
  readonly #frames: FramesByPlace;
  /** The process by which the page in each frame is mapped, or NONE. */
  readonly #processOf: Int32Array;
  readonly #processes: Process[] = [];
  #lookedAhead = 0;

  constructor({ frames, pageCount, pages }: PolicyContext) {
    const line = lineOf(pages) ?? { placeCount: pageCount + 1 };
    this.#pageOf = frames.pageOf;
    this.#placeCount = line.placeCount;
    this.#frames = new FramesByPlace(line, frames);
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
      this.#processes.push({
        places: new PositionSet(this.#placeCount),
        pageCount: 0,
        place: 0,
        page: NONE,
        ahead: new Int32Array(AHEAD),
        nextAhead: 0,
        aheadCount: 0,
      });
    }
    this.#frames.add(frame);
    this.#processOf[frame] = process;
    const walk = this.#processes[process];
    const place = this.#frames.placeOf(frame);
    walk.places.insert(place);
    walk.pageCount++;
    // A place among those looked up.
    if (place > walk.place && place < walk.ahead[walk.aheadCount - 1]) forgetAhead(walk);
  }

  /** Takes a page that is mapped out of the order. */
  unmap(frame: Frame): void {
    const process = this.#processOf[frame];
    const place = this.#frames.placeOf(frame);
    this.#frames.remove(frame);
    this.#processOf[frame] = NONE;
    this.#processes[process].pageCount--;
    // Another page of the process may lie there, a copy.
    let other = this.#frames.at(place);
    while (other !== NONE && this.#processOf[other] !== process) other = this.#frames.after(other);
    if (other === NONE) this.#processes[process].places.remove(place);
  }

  /** The next page of `process`; NONE at the end of its addresses, after which it starts anew. */
  next(process: number): Frame {
    const walk = this.#processes[process];
    const frames = this.#frames;
    for (let place = walk.place; place >= 0; place = this.#placeAfter(place, walk)) {
      for (let frame = frames.at(place); frame !== NONE; frame = frames.after(frame)) {
        if (this.#processOf[frame] !== process) continue;
        if (place === walk.place && this.#pageOf[frame] <= walk.page) continue;
        walk.place = place;
        walk.page = this.#pageOf[frame];
        return frame;
      }
    }
    walk.place = 0;
    walk.page = NONE;
    return NONE;
  }

  #placeAfter(place: number, walk: Process): number {
    if (walk.nextAhead === walk.aheadCount) this.#lookAhead(place, walk);
    return walk.aheadCount === 0 ? NONE : walk.ahead[walk.nextAhead++];
  }

  #lookAhead(place: number, walk: Process): void {
    const { ahead, places } = walk;
    forgetAhead(walk);
    let next = places.next(place + 1);
    for (; next >= 0 && walk.aheadCount < AHEAD; next = places.next(next + 1)) {
      ahead[walk.aheadCount++] = next;
    }
    // Nothing of interest; that it is stored keeps the compiler from leaving out the reading.
    for (let i = 0; i < walk.aheadCount; i++) this.#lookedAhead |= this.#frames.at(ahead[i]);
  }
}

function forgetAhead(walk: Process): void {
  walk.nextAhead = 0;
  walk.aheadCount = 0;
}
