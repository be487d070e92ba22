/*
 * UBM, unified buffer management: pages are told apart by how their file is read, once through, in
 * a loop, or otherwise; each sort leaves by its own rule, and the sort that loses least gives a
 * frame.                                                            (Kim et al., OSDI 2000)
 *
 *   uses of an object     sort          who leaves                  what a frame is worth
 *   7 8 9 10 …            sequential    the page used last          nothing
 *   7 8 9 … 40 7 8 …      looping       longest period, then MRU    1 / period
 *   anything else         other         LRU                         hits that one more would have
 *                                                                   had, a reference
 *
 * A run of consecutive pages is sequential once it is long enough, and looping when it comes back
 * to its first page: its period is the time since it was there. What another frame would be worth
 * to the other pages is seen from those of them that left last: how many come back, a reference and
 * a page remembered.
 *
 * Per reference: one move in a list, or in a heap for looping pages; a run is gone through when its
 * sort changes, once a lap. Per eviction: a comparison. Metadata: 26 bytes a frame, 12 a page ever
 * used for its place and 20 an object, and 9 for each ghost, one to eight frames.
 * Differs from the source: it knows reads of files, here a use is any reference to a page, all uses
 * of an object are one stream, and repeats are passed over; the length of a run (20), the number of
 * ghosts and the fading of counts, halved every reference a frame, are ours, for the paper's could
 * not be looked up. Where nobody knows how pages lie, it is LRU.
 */
import { FramesByPlace } from '../engine/framesByPlace.ts';
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { lineOf } from '../engine/pageLine.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import type { Page, PageLine, Tick } from '../fingerprint/fingerprint.ts';
import { Agenda } from '../support/agenda.ts';
import { LinkedLists, NO_LIST } from '../support/linkedLists.ts';

export const policy = definePolicy({
  id: 'ubm',
  title: 'UBM, sequential and looping apart',
  source: 'Kim et al., OSDI 2000',
  observes: 'every-reference',
  interval: (frameCount) => frameCount,
  cost: {
    bytesPerFrame: 26,
    bytesPerGhost: 9,
    ghostsPerFrame: 1 / 8,
    perReference: 'one move in a list or heap; runs gone through when their sort changes',
    perEviction: 'a comparison of two gains',
  },
  /** Consecutive pages that make a sequence. */
  defaults: { length: 20 },
  create: (context, { length }) => new Ubm(context, wholeOption('length', length, 2, 2 ** 30)),
});

/** Sorts of pages; the first two are lists as well, the third is the heap. */
const SEQUENTIAL = 0;
const OTHER = 1;
const LOOPING = 2;

/** Periods above this are alike, so that a key has room for a tick. */
const PERIOD_MAX = 2 ** 22 - 1;
const FRAMES_PER_GHOST = 8;

class Ubm implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #runs: Runs | undefined;
  readonly #sort: Uint8Array;
  /** Sequential and other pages; front: used last. */
  readonly #lists: LinkedLists;
  /** Looping pages, longest period first, then the one used last. */
  readonly #loops: Agenda;
  readonly #period: Int32Array;
  /** Other pages that were evicted; front: last. */
  readonly #ghosts: LinkedLists;
  readonly #ghostLimit: number;
  /** Fading: ghosts that came back, in so many references. */
  #returns = 0;
  #references = 0;
  #isEvicting = false;

  constructor({ frames, pageCount, pages }: PolicyContext, length: number) {
    const { frameCount } = frames;
    this.#frames = frames;
    const line = lineOf(pages);
    this.#runs = line && new Runs(line, frames, length);
    this.#sort = new Uint8Array(frameCount);
    this.#lists = new LinkedLists(frameCount, 2);
    this.#loops = new Agenda(frameCount);
    this.#period = new Int32Array(frameCount);
    this.#ghosts = new LinkedLists(pageCount, 1);
    this.#ghostLimit = Math.ceil(frameCount / FRAMES_PER_GHOST);
  }

  onLoad(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    this.#runs?.byPlace.add(frame);
    if (this.#ghosts.listOf[page] !== NO_LIST) {
      this.#ghosts.remove(page);
      this.#returns++;
    }
    this.#sort[frame] = OTHER;
    this.#lists.pushFront(frame, OTHER);
    this.#use(page, frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#use(this.#frames.pageOf[frame], frame, tick);
  }

  chooseVictim(): Frame {
    this.#isEvicting = true;
    if (this.#lists.length(SEQUENTIAL) > 0) return this.#lists.front(SEQUENTIAL);
    const loop = this.#loops.first;
    if (loop === NONE) return this.#lists.back(OTHER);
    if (this.#lists.length(OTHER) === 0) return loop;
    const gain = this.#returns / (this.#ghostLimit * this.#references);
    return 1 / this.#period[loop] < gain ? loop : this.#lists.back(OTHER);
  }

  onFree(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    this.#leave(frame);
    this.#runs?.byPlace.remove(frame);
    if (this.#isEvicting && this.#sort[frame] === OTHER) {
      this.#ghosts.pushFront(page, 0);
      if (this.#ghosts.length(0) > this.#ghostLimit) this.#ghosts.remove(this.#ghosts.back(0));
    }
    this.#isEvicting = false;
  }

  onInterval(): void {
    this.#returns /= 2;
    this.#references /= 2;
  }

  #use(page: Page, frame: Frame, tick: Tick): void {
    this.#references++;
    if (this.#runs === undefined) {
      this.#assign(frame, OTHER, 0);
      return;
    }
    this.#runs.use(page, tick);
    const { byPlace, sort, period, from, to } = this.#runs;
    // A repeat is no new use of the object.
    this.#assign(frame, sort === NONE ? this.#sort[frame] : sort, period || this.#period[frame]);
    for (let place = from; place < to; place++) {
      for (let other = byPlace.at(place); other !== NONE; other = byPlace.after(other)) {
        if (other !== frame) this.#assign(other, sort, period);
      }
    }
  }

  /** Puts the page where its sort belongs. */
  #assign(frame: Frame, sort: number, period: number): void {
    this.#leave(frame);
    this.#sort[frame] = sort;
    if (sort !== LOOPING) {
      this.#lists.pushFront(frame, sort);
      return;
    }
    this.#period[frame] = period;
    const key = Math.min(period, PERIOD_MAX) * 2 ** 31 + this.#frames.lastUsedAt[frame];
    this.#loops.push(-key, frame);
  }

  #leave(frame: Frame): void {
    if (this.#sort[frame] === LOOPING) this.#loops.remove(frame);
    else this.#lists.remove(frame);
  }
}

/** The last run of consecutive pages of each object, and what a use makes of it. */
class Runs {
  /** What `use` found: the sort of the page used, NONE for a repeat, and its period. */
  sort: number = OTHER;
  period = 0;
  /** The pages of these places are of that sort from now on; none where `to` is `from`. */
  from = 0;
  to = 0;
  readonly byPlace: FramesByPlace;
  readonly #line: PageLine;
  readonly #length: number;
  /** Places, by object. */
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #startedAt: Int32Array;
  readonly #periodOf: Int32Array;
  /** How far the loop went in its last lap; 0: it is none. */
  readonly #loopEnd: Int32Array;

  constructor(line: PageLine, frames: FrameTable, length: number) {
    const { objectCount } = line;
    this.byPlace = new FramesByPlace(line, frames);
    this.#line = line;
    this.#length = length;
    this.#start = new Int32Array(objectCount);
    // No page is next to the place before the first but one.
    this.#end = new Int32Array(objectCount).fill(-1);
    this.#startedAt = new Int32Array(objectCount);
    this.#periodOf = new Int32Array(objectCount);
    this.#loopEnd = new Int32Array(objectCount);
  }

  use(page: Page, tick: Tick): void {
    const object = this.#line.objectOf[page];
    const place = this.#line.placeOf[page];
    const start = this.#start[object];
    const end = this.#end[object];
    this.period = 0;
    this.#reclassify(0, 0);
    if (place === end) {
      this.sort = NONE;
    } else if (place === end + 1) {
      this.#end[object] = place;
      this.#goOn(object, start, place);
    } else if (place === start && end - start + 1 >= this.#length) {
      this.sort = LOOPING;
      this.period = tick - this.#startedAt[object];
      this.#periodOf[object] = this.period;
      this.#loopEnd[object] = end;
      this.#startedAt[object] = tick;
      this.#end[object] = place;
      this.#reclassify(start, end + 1);
    } else {
      this.sort = OTHER;
      this.#start[object] = place;
      this.#end[object] = place;
      this.#startedAt[object] = tick;
      this.#loopEnd[object] = 0;
    }
  }

  #goOn(object: number, start: number, place: number): void {
    const length = place - start + 1;
    if (place <= this.#loopEnd[object]) {
      this.sort = LOOPING;
      this.period = this.#periodOf[object];
    } else if (length >= this.#length) {
      this.sort = SEQUENTIAL;
      if (length === this.#length) this.#reclassify(start, place);
    } else {
      this.sort = OTHER;
    }
  }

  /** The pages of the places `first` up to `last`, which is not included. */
  #reclassify(first: number, last: number): void {
    this.from = first;
    this.to = last;
  }
}
