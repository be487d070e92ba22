/*
 * Linux 6.12 without the multi-generational LRU: two lists of pages for each kind, anonymous and
 * of files; pages that come back too soon are recognised by their shadows.
 *                                        (van Riel 2008; Weiner 2014 and 2020; read in 6.12)
 *
 *                    used twice while inactive, or back within the working set
 *          ┌──────────────────────────────────────────────┐
 *          ▼                                              │
 *   head ACTIVE tail ──── inactive is too short ────► head INACTIVE tail ────► evicted, leaves
 *        used or not; it is marked a member of the working set        ▲        a shadow: the age
 *                                                              load ──┘
 *
 * A page is looked at when it reaches the tail of the inactive list. Not used since the last look:
 * it goes. Used: its first look sets a flag and lets it pass once more; with the flag it is
 * activated. Code of programs is activated at the first use, and stays active while it is used.
 *
 * Age counts evictions and activations. A page whose shadow is not older than the pages it would
 * have had to compete with (active ones, and the inactive ones of the other kind) is activated as
 * it returns. Between the kinds, the scan is shared by what each has cost: pages written, and
 * members of the working set that had to be read again.
 *
 * Reclaim goes by 32 frames, from a slight pressure (a 4096th of each list is scanned) to the
 * strongest (all of it). Memory is a control group of so many frames: it is reclaimed when it is
 * full. With machine=1 it is the whole machine, of which some frames are kept free.
 *
 * Per reference: a bit, set by hardware. Per eviction: a few moves in lists. Metadata: as below.
 * Differs from the source: writes end at once, so that no page waits under writeback; flushers
 * write the dirty pages of files that reclaim has met as soon as it ends, and not else. Who has
 * reclaimed enough stops, without evening out the two kinds. No large folios, no read(): every
 * reference is by a mapping, with one page table entry. In a memory of less than 512 frames the
 * batch is a sixteenth of it.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import { numberOption, wholeOption } from '../engine/policyOptions.ts';
import { MEMORY_USES, type PageFacts, PageKind, type Tick } from '../fingerprint/fingerprint.ts';
import { LinkedLists, NO_LIST } from '../support/linkedLists.ts';
import { type Watermarks, watermarksOf } from './kernels/watermarks.ts';

export const policy = definePolicy({
  id: 'linux-classic',
  title: 'Linux 6.12, active and inactive lists',
  source: 'Linux 6.12 mm/vmscan.c and mm/workingset.c; van Riel 2008, Weiner 2014',
  observes: 'reference-bits',
  usesPager: true,
  cost: {
    bytesPerFrame: 8.75,
    bytesPerGhost: 4,
    perReference: 'a bit, set by hardware',
    perEviction: 'a few pages looked at and moved between lists',
  },
  defaults: {
    /** 1 … 200: how gladly anonymous pages are taken instead of those of files. */
    swappiness: 60,
    /** Frames reclaimed at a time. */
    batch: 32,
    /** Priority of the slightest pressure: list >> priority pages are scanned. */
    priority: 12,
    /** 1: memory is the machine, and reclaimed ahead of need. */
    machine: 0,
    /** Of the machine: min_free_kbytes is the root of so many times its kilobytes. */
    minFree: 16,
    /** Ten-thousandths of the machine between its watermarks. */
    watermarkScale: 10,
  },
  create: (context, options) => new LinuxClassic(context, options),
});

const ANONYMOUS = PageKind.Anonymous;
const FILE = PageKind.File;
type Kind = typeof ANONYMOUS | typeof FILE;

/** The lists: the inactive one of a kind is its number, the active one two more. */
const ACTIVE = 2;

/** What `PageFacts.uses` holds for code of programs. */
const CODE = 1 + MEMORY_USES.indexOf('code');

interface Shares {
  readonly of: readonly [number, number];
  readonly whole: number;
}

const ANONYMOUS_ONLY: Shares = { of: [1, 0], whole: 1 };
const FILES_ONLY: Shares = { of: [0, 1], whole: 1 };

class LinuxClassic implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #pages: PageFacts;
  readonly #lists: LinkedLists;
  readonly #swappiness: number;
  readonly #batch: number;
  readonly #priorityMax: number;
  readonly #watermarks: Watermarks | undefined;
  /** 1: found used once while inactive. */
  readonly #wasUsed: Uint8Array;
  /** 1: has been active. */
  readonly #isWorkingSet: Uint8Array;
  /** Evictions and activations so far. */
  #age = 0;
  /** The age at which each page was evicted; NONE: it was not. */
  readonly #shadowAge: Int32Array;
  readonly #shadowIsWorkingSet: Uint8Array;
  /** By kind: what it has cost, lately. */
  readonly #costs = [0, 0];
  /** By kind: pages activated as they returned, and how many when the last reclaim ended. */
  readonly #activations = [0, 0];
  readonly #activationsSeen = [0, 0];
  /** Frames off the lists, to be evicted; the first to be given to the page wanted. */
  readonly #reclaimed: Int32Array;
  #reclaimedCount = 0;
  #nextReclaimed = 0;
  /** Dirty pages of files that reclaim has met, in that order. */
  readonly #met: Int32Array;
  #metCount = 0;
  readonly #isMet: Uint8Array;
  /** Reclaim has left an active list alone. */
  #hasSpared = false;

  constructor(
    { frames, pager, pages, pageCount }: PolicyContext,
    options: {
      readonly swappiness: number;
      readonly batch: number;
      readonly priority: number;
      readonly machine: number;
      readonly minFree: number;
      readonly watermarkScale: number;
    },
  ) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#pager = pager;
    this.#pages = pages;
    this.#lists = new LinkedLists(frameCount, 4);
    this.#swappiness = wholeOption('swappiness', options.swappiness, 1, 200);
    const batch = wholeOption('batch', options.batch, 1, 2 ** 20);
    this.#batch = Math.max(1, Math.min(batch, frameCount >> 4));
    this.#priorityMax = wholeOption('priority', options.priority, 0, 30);
    this.#watermarks =
      wholeOption('machine', options.machine, 0, 1) === 1
        ? machineWatermarks(
            frameCount,
            numberOption('minFree', options.minFree, 0, 2 ** 20),
            numberOption('watermarkScale', options.watermarkScale, 0, 3000),
          )
        : undefined;
    this.#wasUsed = new Uint8Array(frameCount);
    this.#isWorkingSet = new Uint8Array(frameCount);
    this.#shadowAge = new Int32Array(pageCount).fill(NONE);
    this.#shadowIsWorkingSet = new Uint8Array(pageCount);
    this.#reclaimed = new Int32Array(frameCount);
    this.#met = new Int32Array(frameCount);
    this.#isMet = new Uint8Array(frameCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#evictReclaimed(tick);
    const watermarks = this.#watermarks;
    if (watermarks !== undefined && this.#pager.freeCount < watermarks.low) {
      while (this.#pager.freeCount < watermarks.high) {
        this.#reclaim();
        this.#evictReclaimed(tick);
      }
    }
    this.#wasUsed[frame] = 0;
    this.#isWorkingSet[frame] = 0;
    this.#insert(frame);
  }

  onReference(): void {}

  chooseVictim(): Frame {
    this.#reclaim();
    return this.#reclaimed[this.#nextReclaimed++];
  }

  onFree(frame: Frame): void {
    if (this.#lists.listOf[frame] !== NO_LIST) this.#lists.remove(frame);
  }

  onInterval(): void {}

  #kindOf(frame: Frame): Kind {
    return this.#pages.kinds[this.#frames.pageOf[frame]] === FILE ? FILE : ANONYMOUS;
  }

  #isCode(frame: Frame): boolean {
    return this.#pages.uses?.[this.#frames.pageOf[frame]] === CODE;
  }

  /** Puts a page that came in on its list: the active one, if it was gone too short a time. */
  #insert(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    const kind = this.#kindOf(frame);
    const shadow = this.#shadowAge[page];
    this.#shadowAge[page] = NONE;
    if (shadow === NONE || this.#age - shadow > this.#competitors(kind)) {
      this.#lists.pushFront(frame, kind);
      return;
    }
    this.#age++;
    this.#activations[kind]++;
    this.#lists.pushFront(frame, kind + ACTIVE);
    if (this.#shadowIsWorkingSet[page] === 1) {
      this.#isWorkingSet[frame] = 1;
      this.#charge(kind, 1);
    }
  }

  /** How many pages a page of `kind` would have had to outlive in order to stay. */
  #competitors(kind: Kind): number {
    const lists = this.#lists;
    const active = lists.length(ANONYMOUS + ACTIVE) + lists.length(FILE + ACTIVE);
    return active + lists.length(kind === FILE ? ANONYMOUS : FILE);
  }

  #charge(kind: Kind, cost: number): void {
    const costs = this.#costs;
    costs[kind] += cost;
    if (costs[ANONYMOUS] + costs[FILE] > this.#listed() >> 2) {
      costs[ANONYMOUS] >>= 1;
      costs[FILE] >>= 1;
    }
  }

  #listed(): number {
    const lists = this.#lists;
    return lists.length(0) + lists.length(1) + lists.length(2) + lists.length(3);
  }

  /** Those that reclaim took and the page wanted did not need leave; flushers write what it met. */
  #evictReclaimed(tick: Tick): void {
    const { dirty } = this.#frames;
    while (this.#nextReclaimed < this.#reclaimedCount) {
      this.#pager.evict(this.#reclaimed[this.#nextReclaimed++], tick);
    }
    for (let i = 0; i < this.#metCount; i++) {
      const frame = this.#met[i];
      this.#isMet[frame] = 0;
      // The page wanted may have got it.
      if (this.#lists.listOf[frame] === NO_LIST) continue;
      if (dirty[frame] === 1) this.#pager.clean(frame);
      this.#lists.remove(frame);
      this.#lists.pushBack(frame, FILE);
    }
    this.#metCount = 0;
  }

  /** Takes a batch of frames off the lists, at least one. */
  #reclaim(): void {
    this.#reclaimedCount = 0;
    this.#nextReclaimed = 0;
    while (this.#reclaimedCount === 0) {
      this.#hasSpared = false;
      this.#raisePressure(false);
      if (this.#reclaimedCount === 0 && this.#hasSpared) this.#raisePressure(true);
      // Nothing but dirty pages of files is left: it waits until the first of them is written.
      if (this.#reclaimedCount === 0 && this.#metCount > 0) this.#take(this.#met[0]);
    }
    this.#activationsSeen[ANONYMOUS] = this.#activations[ANONYMOUS];
    this.#activationsSeen[FILE] = this.#activations[FILE];
  }

  #raisePressure(deactivatesAll: boolean): void {
    for (let priority = this.#priorityMax; priority >= 0; priority--) {
      this.#scan(priority, deactivatesAll);
      if (this.#reclaimedCount >= this.#batch) return;
    }
  }

  /** Scans every list >> priority, or the share of it that the costs of the kinds leave. */
  #scan(priority: number, deactivatesAll: boolean): void {
    const lists = this.#lists;
    const deactivates = [ANONYMOUS, FILE].map(
      (kind) =>
        deactivatesAll ||
        this.#activations[kind] !== this.#activationsSeen[kind] ||
        this.#isInactiveLow(kind),
    );
    const shares = this.#shares(priority, deactivates[FILE]);
    const left = [0, 1, 2, 3].map((list) =>
      Math.floor(((lists.length(list) >> priority) * shares.of[list % ACTIVE]) / shares.whole),
    );
    while (left[ANONYMOUS] + left[FILE] + left[FILE + ACTIVE] > 0) {
      for (const kind of [ANONYMOUS, FILE]) {
        const inactiveCount = Math.min(left[kind], this.#batch);
        left[kind] -= inactiveCount;
        this.#scanInactive(kind, inactiveCount);
        const activeCount = Math.min(left[kind + ACTIVE], this.#batch);
        left[kind + ACTIVE] -= activeCount;
        if (deactivates[kind]) this.#scanActive(kind, activeCount);
        else if (activeCount > 0) this.#hasSpared = true;
      }
      if (this.#reclaimedCount >= this.#batch) break;
    }
    if (this.#isInactiveLow(ANONYMOUS)) this.#scanActive(ANONYMOUS, this.#batch);
  }

  /** Of each kind, `of[kind]` out of `whole` of what the pressure asks for is scanned. */
  #shares(priority: number, deactivatesFiles: boolean): Shares {
    const lists = this.#lists;
    if (priority === 0) return { of: [1, 1], whole: 1 };
    if (this.#watermarks !== undefined) {
      const files = lists.length(FILE) + lists.length(FILE + ACTIVE);
      if (files + this.#pager.freeCount <= this.#watermarks.high) return ANONYMOUS_ONLY;
    }
    if (lists.length(FILE) >> priority > 0 && !deactivatesFiles) return FILES_ONLY;
    const total = this.#costs[ANONYMOUS] + this.#costs[FILE];
    const anonymousCost = total + this.#costs[ANONYMOUS];
    const fileCost = total + this.#costs[FILE];
    const all = anonymousCost + fileCost + 1;
    const anonymous = Math.floor((this.#swappiness * all) / (anonymousCost + 1));
    const file = Math.floor(((200 - this.#swappiness) * all) / (fileCost + 1));
    return { of: [anonymous, file], whole: anonymous + file };
  }

  /** Below a gigabyte as many pages are to be inactive as active; above it fewer. */
  #isInactiveLow(kind: number): boolean {
    const inactive = this.#lists.length(kind);
    const active = this.#lists.length(kind + ACTIVE);
    const gigabytes = (inactive + active) >> 18;
    const ratio = gigabytes === 0 ? 1 : Math.floor(Math.sqrt(10 * gigabytes));
    return inactive * ratio < active;
  }

  #scanInactive(kind: Kind, count: number): void {
    const { referenced, dirty } = this.#frames;
    const lists = this.#lists;
    let writtenCount = 0;
    for (let left = Math.min(count, lists.length(kind)); left > 0; left--) {
      const frame = lists.back(kind);
      const isUsed = referenced[frame] === 1;
      const wasUsed = this.#wasUsed[frame] === 1;
      referenced[frame] = 0;
      this.#wasUsed[frame] = isUsed ? 1 : 0;
      if (isUsed) {
        if (wasUsed || (kind === FILE && this.#isCode(frame))) this.#activate(frame, kind);
        else lists.moveToFront(frame, kind);
      } else if (kind === FILE && dirty[frame] === 1) {
        if (wasUsed) lists.moveToFront(frame, kind);
        else this.#meet(frame);
      } else {
        writtenCount += dirty[frame];
        this.#take(frame);
      }
    }
    if (writtenCount > 0) this.#charge(kind, writtenCount);
  }

  #scanActive(kind: Kind, count: number): void {
    const { referenced } = this.#frames;
    const lists = this.#lists;
    for (let left = Math.min(count, lists.length(kind + ACTIVE)); left > 0; left--) {
      const frame = lists.back(kind + ACTIVE);
      const isUsed = referenced[frame] === 1;
      referenced[frame] = 0;
      if (isUsed && kind === FILE && this.#isCode(frame)) {
        lists.moveToFront(frame, kind + ACTIVE);
      } else {
        this.#isWorkingSet[frame] = 1;
        lists.moveToFront(frame, kind);
      }
    }
  }

  #activate(frame: Frame, kind: Kind): void {
    this.#age++;
    this.#lists.moveToFront(frame, kind + ACTIVE);
  }

  /** A dirty page of a file is out of the way until it is written. */
  #meet(frame: Frame): void {
    this.#activate(frame, FILE);
    if (this.#isMet[frame] === 1) return;
    this.#isMet[frame] = 1;
    this.#met[this.#metCount++] = frame;
  }

  #take(frame: Frame): void {
    this.#lists.remove(frame);
    this.#reclaimed[this.#reclaimedCount++] = frame;
    // What was never written is zero-filled again, by which nobody recognises it.
    if (this.#frames.blank[frame] === 1) return;
    const page = this.#frames.pageOf[frame];
    this.#shadowAge[page] = this.#age++;
    this.#shadowIsWorkingSet[page] = this.#isWorkingSet[frame];
  }
}

/** Kilobytes of the machine: min is √(minFree · them), 128 to 262144; high ≤ an eighth of it. */
function machineWatermarks(frameCount: number, minFree: number, scale: number): Watermarks {
  const kilobytes = Math.floor(Math.sqrt(minFree * frameCount * 4));
  const min = Math.min(Math.max(kilobytes, 128), 262144) >> 2;
  const gap = Math.max(min >> 2, Math.floor((frameCount * scale) / 10_000));
  const most = frameCount >> 3;
  return watermarksOf(frameCount, Math.min(min + gap, most), Math.min(min + 2 * gap, most));
}
