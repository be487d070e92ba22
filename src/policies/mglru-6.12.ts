/*
 * MGLRU as of Linux 6.12: pages are kept by generation; aging opens a new one, eviction empties
 * the oldest.                                                    (Yu Zhao 2022; read in 6.12)
 *
 *   oldest ┌───────┐ ┌───────┐ ┌───────┐ ┌───────┐ youngest     each kind has its own oldest,
 *          │ min   │ │       │ │       │ │ max   │ ◄── load     both have the same youngest
 *          └───────┘ └───────┘ └───────┘ └───────┘
 *   evicted ◄┘ └── used ─────────────────────▲        2 … 4 generations
 *              └── back too soon ──▲
 *
 * Aging looks at the accessed bits of all pages, counts the used ones into the youngest generation,
 * and opens another. It is done when only two are left, or three of which the youngest is too full
 * or the oldest too empty. Eviction goes by up to 64 pages from the tail of the oldest generation.
 * A page that was counted elsewhere is moved there. One that came back while the same generation
 * was being emptied as when it left goes to the next one, once. One found used goes to the
 * youngest, and so do those of its 64 neighbours in the address space that were used too.
 *
 * Which kind is emptied: the one whose oldest generation is older; of equals, the one fewer of
 * whose evicted pages came back, weighed by swappiness.
 *
 * Per reference: a bit, set by hardware. Per eviction: a few pages looked at and a share of a walk
 * over all. Metadata: as below.
 * Differs from the source: the walk takes in all page tables, not only those that Bloom filters
 * name; tiers, which count read(), stay empty; writes end at once; flushers write the dirty pages
 * of files that eviction has met as soon as it ends, and not else. In a memory of less than 512
 * frames the batches are limited to a sixteenth of it. Memory is a control group, reclaimed when it
 * is full.
 */
import { FramesByPlace } from '../engine/framesByPlace.ts';
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { lineOf } from '../engine/pageLine.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import { type PageFacts, PageKind, type Tick } from '../fingerprint/fingerprint.ts';
import { LinkedLists, NO_LIST } from '../support/linkedLists.ts';

const DEFAULTS = {
  /** 1 … 200: how gladly anonymous pages are taken; 1 takes files first, 200 anonymous pages. */
  swappiness: 60,
  /** Frames reclaimed at a time. */
  batch: 32,
  /** Pages taken from a generation at a time. */
  isolate: 64,
  /** Neighbours looked at around a used page. */
  lookAround: 64,
  /** Priority of the slightest pressure. */
  priority: 12,
};

export const policy = definePolicy({
  id: 'mglru-6.12',
  title: 'Linux 6.12, multi-generational LRU',
  source: 'Linux 6.12 mm/vmscan.c; Zhao 2022',
  observes: 'reference-bits',
  usesPager: true,
  cost: {
    bytesPerFrame: 8.5,
    bytesPerGhost: 4,
    perReference: 'a bit, set by hardware; now and then a walk over all pages',
    perEviction: 'a few pages looked at and moved between lists',
  },
  defaults: DEFAULTS,
  create: (context, options) => new Mglru(context, options),
});

const ANONYMOUS = PageKind.Anonymous;
const FILE = PageKind.File;
type Kind = typeof ANONYMOUS | typeof FILE;

/** Generations there must be, and may be. */
const LEAST = 2;
const MOST = 4;

/** How a kind's evicted pages fared: those of the generation being emptied, and lately. */
interface Fate {
  refaulted: number;
  evicted: number;
  refaultedLately: number;
  evictedLately: number;
}

class Mglru implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #pages: PageFacts;
  readonly #swappiness: number;
  readonly #batch: number;
  readonly #isolate: number;
  readonly #lookAround: number;
  readonly #priorityMax: number;
  /** List kind + 2 · (generation mod 4). A used page is moved when eviction meets it. */
  readonly #lists: LinkedLists;
  /** The generation each page is counted in, and their sizes, by kind and generation mod 4. */
  readonly #generationOf: Int32Array;
  readonly #sizes = new Int32Array(2 * MOST);
  #max = MOST - 1;
  readonly #min: [number, number] = [0, 0];
  readonly #fates: readonly [Fate, Fate] = [newFate(), newFate()];
  /** 1: came back too soon. */
  readonly #isProtected: Uint8Array;
  /** The oldest generation of its kind when each page was evicted; NONE: it was not. */
  readonly #shadow: Int32Array;
  /** Undefined where nobody knows how pages lie. */
  readonly #byPlace: FramesByPlace | undefined;
  /** Frames off the lists, to be evicted; the first to be given to the page wanted. */
  readonly #reclaimed: Int32Array;
  #reclaimedCount = 0;
  #nextReclaimed = 0;
  /** Dirty pages of files that eviction has met, in that order. */
  readonly #met: Int32Array;
  #metCount = 0;
  readonly #isMet: Uint8Array;

  constructor(
    { frames, pager, pages, pageCount }: PolicyContext,
    options: Readonly<typeof DEFAULTS>,
  ) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#pager = pager;
    this.#pages = pages;
    const share = Math.max(1, frameCount >> 4);
    this.#swappiness = wholeOption('swappiness', options.swappiness, 1, 200);
    this.#batch = Math.min(share, wholeOption('batch', options.batch, 1, 2 ** 20));
    this.#isolate = Math.min(2 * share, wholeOption('isolate', options.isolate, 1, 2 ** 20));
    this.#lookAround = wholeOption('lookAround', options.lookAround, 0, 4096);
    this.#priorityMax = wholeOption('priority', options.priority, 1, 30);
    this.#lists = new LinkedLists(frameCount, 2 * MOST);
    this.#generationOf = new Int32Array(frameCount);
    this.#isProtected = new Uint8Array(frameCount);
    this.#shadow = new Int32Array(pageCount).fill(NONE);
    const line = lineOf(pages);
    this.#byPlace = line && new FramesByPlace(line, frames);
    this.#reclaimed = new Int32Array(frameCount);
    this.#met = new Int32Array(frameCount);
    this.#isMet = new Uint8Array(frameCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#evictReclaimed(tick);
    const page = this.#frames.pageOf[frame];
    const kind = this.#kindOf(frame);
    const isBackSoon = this.#shadow[page] === this.#min[kind];
    this.#shadow[page] = NONE;
    this.#isProtected[frame] = isBackSoon ? 1 : 0;
    if (isBackSoon) this.#fates[kind].refaulted++;
    this.#byPlace?.add(frame);
    this.#insert(frame, kind, this.#max);
  }

  onReference(): void {}

  chooseVictim(): Frame {
    this.#reclaim();
    return this.#reclaimed[this.#nextReclaimed++];
  }

  onFree(frame: Frame): void {
    this.#byPlace?.remove(frame);
    if (this.#lists.listOf[frame] !== NO_LIST) this.#leave(frame);
  }

  onInterval(): void {}

  #kindOf(frame: Frame): Kind {
    return this.#pages.kinds[this.#frames.pageOf[frame]] === FILE ? FILE : ANONYMOUS;
  }

  #insert(frame: Frame, kind: Kind, generation: number): void {
    this.#lists.pushFront(frame, listOf(kind, generation));
    this.#generationOf[frame] = generation;
    this.#sizes[listOf(kind, generation)]++;
  }

  #leave(frame: Frame): void {
    this.#sizes[listOf(this.#kindOf(frame), this.#generationOf[frame])]--;
    this.#lists.remove(frame);
  }

  /** Counts a page elsewhere; its list is put right when eviction meets it. */
  #count(frame: Frame, kind: Kind, generation: number): void {
    this.#isProtected[frame] = 0;
    this.#sizes[listOf(kind, this.#generationOf[frame])]--;
    this.#generationOf[frame] = generation;
    this.#sizes[listOf(kind, generation)]++;
  }

  /** Those taken that the page wanted did not need leave; flushers write what was met. */
  #evictReclaimed(tick: Tick): void {
    while (this.#nextReclaimed < this.#reclaimedCount) {
      this.#pager.evict(this.#reclaimed[this.#nextReclaimed++], tick);
    }
    for (let i = 0; i < this.#metCount; i++) {
      const frame = this.#met[i];
      this.#isMet[frame] = 0;
      // The page wanted may have got it.
      if (this.#lists.listOf[frame] === NO_LIST) continue;
      if (this.#frames.dirty[frame] === 1) this.#pager.clean(frame);
      this.#leave(frame);
      this.#generationOf[frame] = this.#min[FILE];
      this.#sizes[listOf(FILE, this.#min[FILE])]++;
      this.#lists.pushBack(frame, listOf(FILE, this.#min[FILE]));
    }
    this.#metCount = 0;
  }

  /** Takes a batch of frames off the lists, at least one. */
  #reclaim(): void {
    this.#reclaimedCount = 0;
    this.#nextReclaimed = 0;
    while (this.#reclaimedCount === 0) {
      for (let priority = this.#priorityMax; priority >= 0; priority--) {
        this.#shrink(priority);
        if (this.#reclaimedCount >= this.#batch) return;
      }
      // Nothing but dirty pages of files is left: it waits until the first of them is written.
      if (this.#reclaimedCount === 0 && this.#metCount > 0) this.#take(this.#met[0], FILE);
    }
  }

  #shrink(priority: number): void {
    let scanned = 0;
    for (;;) {
      const isAgingDue = this.#isAgingDue();
      if (isAgingDue && priority < this.#priorityMax) {
        this.#age();
        return;
      }
      const isOutOfOld = this.#oldest() + LEAST > this.#max;
      const scanCount = isOutOfOld ? 0 : this.#total() >> priority;
      if (scanned >= scanCount) return;
      const found = this.#evict();
      scanned += found;
      if (found === 0 || this.#reclaimedCount >= this.#batch) return;
    }
  }

  #total(): number {
    return this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  /** The oldest generation of the kind that is farther behind. */
  #oldest(): number {
    return Math.min(this.#min[ANONYMOUS], this.#min[FILE]);
  }

  #sizeOf(generation: number): number {
    let size = 0;
    for (const kind of [ANONYMOUS, FILE]) {
      if (generation >= this.#min[kind]) size += this.#sizes[listOf(kind, generation)];
    }
    return size;
  }

  #isAgingDue(): boolean {
    const min = this.#oldest();
    if (min + LEAST !== this.#max) return min + LEAST > this.#max;
    const total = this.#total();
    const young = this.#sizeOf(this.#max);
    const old = this.#sizeOf(this.#max - LEAST);
    return young * LEAST > total || old * (LEAST + 2) < total;
  }

  /** Counts used pages into the youngest generation and opens a new one. */
  #age(): void {
    const { referenced, frameCount } = this.#frames;
    for (let frame = 0; frame < frameCount; frame++) {
      if (referenced[frame] === 1 && this.#lists.listOf[frame] !== NO_LIST) {
        referenced[frame] = 0;
        this.#count(frame, this.#kindOf(frame), this.#max);
      }
    }
    for (const kind of [ANONYMOUS, FILE] as const) {
      if (this.#max - this.#min[kind] + 1 === MOST) this.#foldOldest(kind);
    }
    this.#max++;
  }

  /** The oldest generation joins the next one, at its tail; used pages go where they count. */
  #foldOldest(kind: Kind): void {
    const oldest = this.#min[kind];
    const list = listOf(kind, oldest);
    for (let frame = this.#lists.back(list); frame >= 0; frame = this.#lists.back(list)) {
      if (this.#generationOf[frame] === oldest) this.#count(frame, kind, oldest + 1);
      this.#lists.remove(frame);
      this.#lists.pushBack(frame, listOf(kind, this.#generationOf[frame]));
    }
    this.#closeOldest(kind);
  }

  /** Leaves empty generations behind; anonymous pages are never ahead of those of files. */
  #advanceMin(): void {
    const min: [number, number] = [this.#min[ANONYMOUS], this.#min[FILE]];
    for (const kind of [ANONYMOUS, FILE] as const) {
      while (min[kind] + LEAST <= this.#max && this.#lists.length(listOf(kind, min[kind])) === 0) {
        min[kind]++;
      }
    }
    min[ANONYMOUS] = Math.min(min[ANONYMOUS], min[FILE]);
    min[FILE] = Math.max(min[ANONYMOUS], this.#min[FILE], min[FILE]);
    for (const kind of [ANONYMOUS, FILE] as const) {
      while (this.#min[kind] < min[kind]) this.#closeOldest(kind);
    }
  }

  #closeOldest(kind: Kind): void {
    this.#min[kind]++;
    const fate = this.#fates[kind];
    fate.refaultedLately = (fate.refaultedLately + fate.refaulted) >> 1;
    fate.evictedLately = (fate.evictedLately + fate.evicted) >> 1;
    fate.refaulted = 0;
    fate.evicted = 0;
  }

  /** Takes up to a batch of pages from an oldest generation; returns how many it looked at. */
  #evict(): number {
    this.#advanceMin();
    const first = this.#kindToEvict();
    const scanned = this.#evictKind(first);
    const found = scanned > 0 ? scanned : this.#evictKind(first === FILE ? ANONYMOUS : FILE);
    this.#advanceMin();
    return found;
  }

  #kindToEvict(): Kind {
    if (this.#min[ANONYMOUS] < this.#min[FILE]) return ANONYMOUS;
    if (this.#swappiness === 1) return FILE;
    if (this.#swappiness === 200) return ANONYMOUS;
    const [anonymous, file] = this.#fates;
    const refaulted = file.refaulted + file.refaultedLately;
    if (refaulted < 64) return FILE;
    const total = file.evicted + file.evictedLately;
    const setRefaulted = anonymous.refaulted + anonymous.refaultedLately;
    const setTotal = anonymous.evicted + anonymous.evictedLately;
    const isFileBetter =
      refaulted * (setTotal + 64) * this.#swappiness <=
      (setRefaulted + 1) * total * (200 - this.#swappiness);
    return isFileBetter ? FILE : ANONYMOUS;
  }

  #evictKind(kind: Kind): number {
    const oldest = this.#min[kind];
    if (oldest + LEAST > this.#max) return 0;
    const lists = this.#lists;
    const list = listOf(kind, oldest);
    let scanned = 0;
    let isolatedCount = 0;
    while (isolatedCount < this.#isolate && lists.length(list) > 0) {
      const frame = lists.back(list);
      scanned++;
      if (this.#generationOf[frame] !== oldest) {
        lists.moveToFront(frame, listOf(kind, this.#generationOf[frame]));
      } else if (this.#isProtected[frame] === 1) {
        this.#count(frame, kind, oldest + 1);
        lists.remove(frame);
        lists.pushBack(frame, listOf(kind, oldest + 1));
      } else {
        isolatedCount++;
        this.#tryToTake(frame, kind);
      }
    }
    return isolatedCount > 0 ? scanned : 0;
  }

  #tryToTake(frame: Frame, kind: Kind): void {
    if (this.#frames.referenced[frame] === 1) {
      this.#lookAroundOf(frame);
      this.#leave(frame);
      this.#insert(frame, kind, this.#max);
    } else if (kind === FILE && this.#frames.dirty[frame] === 1) {
      this.#leave(frame);
      this.#insert(frame, kind, this.#max);
      if (this.#isMet[frame] === 0) {
        this.#isMet[frame] = 1;
        this.#met[this.#metCount++] = frame;
      }
    } else this.#take(frame, kind);
  }

  /** Counts used pages near a used page, itself included, into the youngest generation. */
  #lookAroundOf(frame: Frame): void {
    this.#frames.referenced[frame] = 0;
    const { places } = this.#pages;
    const byPlace = this.#byPlace;
    const reach = this.#lookAround >> 1;
    if (places === undefined || byPlace === undefined || reach === 0) return;
    const { objects, indices } = places;
    const { pageOf } = this.#frames;
    const page = pageOf[frame];
    const place = byPlace.placeOf(frame);
    // On the line places are as far from each other as in the object, or nearer.
    const end = Math.min(place + reach, byPlace.placeCount);
    for (let at = Math.max(0, place - reach); at < end; at++) {
      for (let other = byPlace.at(at); other !== NONE; other = byPlace.after(other)) {
        const near = pageOf[other];
        const isNear =
          objects[near] === objects[page] &&
          indices[near] >= indices[page] - reach &&
          indices[near] < indices[page] + reach;
        if (isNear && other !== frame) this.#rejuvenate(other);
      }
    }
  }

  #rejuvenate(frame: Frame): void {
    if (this.#frames.referenced[frame] === 0 || this.#lists.listOf[frame] === NO_LIST) return;
    this.#frames.referenced[frame] = 0;
    this.#count(frame, this.#kindOf(frame), this.#max);
  }

  #take(frame: Frame, kind: Kind): void {
    this.#leave(frame);
    this.#reclaimed[this.#reclaimedCount++] = frame;
    this.#fates[kind].evicted++;
    // What was never written is zero-filled again, by which nobody recognises it.
    if (this.#frames.blank[frame] === 0) this.#shadow[this.#frames.pageOf[frame]] = this.#min[kind];
  }
}

function newFate(): Fate {
  return { refaulted: 0, evicted: 0, refaultedLately: 0, evictedLately: 0 };
}

function listOf(kind: Kind, generation: number): number {
  return kind + 2 * (generation % MOST);
}
