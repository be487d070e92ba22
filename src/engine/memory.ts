/*
 * Demand paging: a page table, the frame table, and `touch`, the one step every driver shares.
 *
 *   page  ──entry──►  frame, or what a load finds on disk      frame  ──pageOf──►  page, or −1
 *
 * What a fault costs (design §2). A page of a file is read at each load. An anonymous page is
 * zero-filled for nothing until it has been written; from then on its content lives in memory or
 * in swap, and a load reads it back. A page leaves for nothing unless it is dirty, that is, unless
 * it differs from its copy on disk. The page wanted always becomes resident.
 *
 * The page table is all that is kept of a page: one number, as in hardware, where the entry of a
 * page in swap says where it lies. A fault at random touches no second column.
 *
 * A page read ahead is resident, but neither referenced nor mapped: like a page that the policy
 * has unmapped it is found by its first use on the way of the faults, so that hits cost nothing.
 */
import { type Page, type PageFacts, PageKind, type Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { createFrameTable, type Frame, type FrameTable, NONE } from './frameTable.ts';
import type { Pager, PolicySpec, ReplacementPolicy, Tallies } from './policy.ts';

export interface FaultCounts {
  readonly references: number;
  /** Loads without I/O: zero-filled anonymous pages. */
  readonly minorFaults: number;
  /** Uses of resident pages that the policy had unmapped; no I/O. */
  readonly softFaults: number;
  /** Pages read from swap or file. */
  readonly pageIns: number;
  /** Dirty pages written when they left memory, or before. */
  readonly pageOuts: number;
  /** Pages that made room for others, clean or dirty. */
  readonly evictions: number;
  /** Frames free on average, from the first eviction on. */
  readonly meanFreeFrames: number;
  /** Dirty pages still resident when the string ended. */
  readonly dirtyAtEnd: number;
}

/**
 * What became of the pages read ahead. At every instant
 * issued = useful + useless + in flight + unused.
 */
export interface PrefetchCounts {
  /** Pages read ahead; not among `pageIns`. */
  readonly issued: number;
  /** Of these, used before they left. */
  readonly useful: number;
  /** Of the useful, those whose first use had to wait for the read. None where I/O takes no time. */
  readonly late: number;
  /** Of those issued, left unused. */
  readonly useless: number;
  /** Resident, not used yet, and still being read. */
  readonly inFlight: number;
  /** Resident, read, and not used yet. */
  readonly unused: number;
  /** Asked for while they were resident: nothing was read. */
  readonly redundant: number;
  /** Page-ins of pages whose last eviction made room for a page read ahead. */
  readonly pollution: number;
}

/**
 * Watches evictions: called when the victim is chosen, before anything changes. `wanted` is NONE
 * where the policy evicts early, for nobody.
 */
export type EvictionObserver = (victim: Frame, wanted: Page, tick: Tick) => void;

/**
 * The entry of a page that is mapped is its frame; of one that is resident and not mapped, because
 * the policy has unmapped it or it was read ahead and not used yet, UNMAPPED − frame. The others
 * have one of these, by what a load finds on disk.
 */
const Absent = {
  /** Nothing: it is zero-filled. Anonymous pages until they are written. */
  Blank: -1,
  /** What must be read; pages of files always. */
  Readable: -2,
  /** An exit has given the page back. Should it come back, it is read; nobody reads it ahead. */
  GivenBack: -3,
} as const;
const UNMAPPED = -4;

/** In references: with 8 or 32 as fast, with none up to 4 ns a reference slower (README.md). */
const LOOK_AHEAD = 16;

export class Memory implements Pager {
  readonly frames: FrameTable;
  minorFaults = 0;
  softFaults = 0;
  pageIns = 0;
  pageOuts = 0;
  evictions = 0;
  prefetchIns = 0;
  usefulPrefetches = 0;
  latePrefetches = 0;
  uselessPrefetches = 0;
  redundantPrefetches = 0;
  /** Page-ins of pages that made room for a page read ahead. */
  pollution = 0;
  /** By page: see `Absent`. */
  readonly #entries: Int32Array;
  /** 1 where the page last left for one read ahead; empty until there is such a page. */
  #displaced = new Uint8Array(0);
  readonly #freeFrames: Int32Array;
  #freeCount: number;
  #policy: ReplacementPolicy | undefined;
  #keepsHistory = false;
  /** Nothing of interest; that it is stored keeps the compiler from leaving out the reading. */
  #lookedAhead = 0;
  #callsPolicy = false;
  #observer: EvictionObserver | undefined;
  // The columns `touch` needs, one field away.
  readonly #referenced: Uint8Array;
  readonly #dirty: Uint8Array;
  readonly #blank: Uint8Array;
  readonly #lastUsedAt: Int32Array;
  readonly #useCount: Int32Array;

  /** The tick of the first eviction, and frames × ticks free from then until `#freeSince`. */
  #firstEviction = NONE;
  #freeSum = 0;
  #freeSince: Tick = 0;

  constructor({ kinds }: Pick<PageFacts, 'kinds'>, frameCount: number) {
    this.frames = createFrameTable(frameCount);
    // Not `from`, which takes 70 ns a page: 3 ns a reference, of 20 million to a million pages.
    this.#entries = new Int32Array(kinds.length);
    for (let page = 0; page < kinds.length; page++) {
      this.#entries[page] = kinds[page] === PageKind.File ? Absent.Readable : Absent.Blank;
    }
    // A stack with frame 0 on top: memory fills from the first frame up.
    this.#freeFrames = Int32Array.from({ length: frameCount }, (_, i) => frameCount - 1 - i);
    this.#freeCount = frameCount;
    this.#referenced = this.frames.referenced;
    this.#dirty = this.frames.dirty;
    this.#blank = this.frames.blank;
    this.#lastUsedAt = this.frames.lastUsedAt;
    this.#useCount = this.frames.useCount;
  }

  /** Installs the policy; it must have been created over this memory's frames. */
  attach(
    policy: ReplacementPolicy,
    { observes, readsHistory }: Pick<PolicySpec, 'observes' | 'readsHistory'>,
    observer?: EvictionObserver,
  ): void {
    this.#policy = policy;
    this.#callsPolicy = observes === 'every-reference' || observes === 'future';
    this.#keepsHistory = (this.#callsPolicy && readsHistory !== false) || observer !== undefined;
    this.#observer = observer;
  }

  /**
   * The references at the ticks from `from` to before `to`, as `touch` does them one after the
   * other. Hits are done here; the table is read some references ahead, for that is not worth
   * waiting for and whatever it finds is in the processor's cache when its turn comes.
   */
  touchAll(pages: Uint32Array, writes: Uint8Array, from: Tick, to: Tick): void {
    const end = Math.max(from, Math.min(to, pages.length - LOOK_AHEAD));
    this.#lookedAhead |= this.#keepsHistory
      ? this.#touchWithHistory(pages, writes, from, end)
      : this.#callsPolicy
        ? this.#touchAndCall(pages, writes, from, end)
        : this.#touchOnly(pages, writes, from, end);
    for (let tick = end; tick < to; tick++) this.touch(pages[tick], writes[tick], tick);
  }

  #touchOnly(pages: Uint32Array, writes: Uint8Array, from: Tick, to: Tick): number {
    const entries = this.#entries;
    const referenced = this.#referenced;
    let seen = 0;
    for (let tick = from; tick < to; tick++) {
      seen |= entries[pages[tick + LOOK_AHEAD]];
      const page = pages[tick];
      const frame = entries[page];
      if (frame < 0) this.#miss(frame, page, writes[tick], tick);
      else {
        referenced[frame] = 1;
        if (writes[tick] !== 0) this.#write(frame);
      }
    }
    return seen;
  }

  #touchAndCall(pages: Uint32Array, writes: Uint8Array, from: Tick, to: Tick): number {
    const entries = this.#entries;
    const referenced = this.#referenced;
    const policy = this.#policy!;
    let seen = 0;
    for (let tick = from; tick < to; tick++) {
      seen |= entries[pages[tick + LOOK_AHEAD]];
      const page = pages[tick];
      const frame = entries[page];
      if (frame < 0) this.#miss(frame, page, writes[tick], tick);
      else {
        referenced[frame] = 1;
        if (writes[tick] !== 0) this.#write(frame);
        policy.onReference(frame, tick);
      }
    }
    return seen;
  }

  #touchWithHistory(pages: Uint32Array, writes: Uint8Array, from: Tick, to: Tick): number {
    const entries = this.#entries;
    let seen = 0;
    for (let tick = from; tick < to; tick++) {
      seen |= entries[pages[tick + LOOK_AHEAD]];
      this.touch(pages[tick], writes[tick], tick);
    }
    return seen;
  }

  #miss(entry: number, page: Page, write: number, tick: Tick): void {
    if (entry > UNMAPPED) this.#fault(entry, page, write, tick);
    else this.#softFault(UNMAPPED - entry, page, write, tick);
  }

  /** One reference: `page` is used, and written if `write` is 1. */
  touch(page: Page, write: number, tick: Tick): void {
    const frame = this.#entries[page];
    if (frame < 0) {
      this.#miss(frame, page, write, tick);
      return;
    }
    this.#referenced[frame] = 1;
    if (write !== 0) this.#write(frame);
    if (this.#keepsHistory) {
      this.#lastUsedAt[frame] = tick;
      this.#useCount[frame]++;
    }
    if (this.#callsPolicy) this.#policy!.onReference(frame, tick);
  }

  /**
   * Reads a page ahead of its first use, where there is something to read and room for it: a free
   * frame or, with `mayEvict`, the policy's victim. Returns whether it was read.
   */
  prefetch(page: Page, tick: Tick, mayEvict: boolean): boolean {
    if (this.frameOf(page) !== NONE) {
      this.redundantPrefetches++;
      return false;
    }
    if (this.#entries[page] !== Absent.Readable) return false;
    if (this.#freeCount === 0 && !mayEvict) return false;
    if (this.#displaced.length === 0) this.#displaced = new Uint8Array(this.#entries.length);
    this.#displaced[page] = 0;
    const { frames } = this;
    let frame: Frame;
    if (this.#freeCount > 0) frame = this.#takeFree(tick);
    else {
      frame = this.#chooseVictim(page, tick);
      this.#displaced[frames.pageOf[frame]] = 1;
      this.#leave(frame, page, tick);
    }
    this.prefetchIns++;
    frames.pageOf[frame] = page;
    this.#entries[page] = UNMAPPED - frame;
    frames.dirty[frame] = 0;
    frames.blank[frame] = 0;
    frames.referenced[frame] = 0;
    frames.ahead[frame] = 1;
    frames.loadedAt[frame] = tick;
    frames.lastUsedAt[frame] = tick;
    frames.useCount[frame] = 0;
    this.onPrefetch(frame);
    this.#policy!.onLoad(frame, tick);
    return true;
  }

  /** A page has come to be known since the start, of a file: a load reads it. */
  addFilePage(page: Page): void {
    assert(this.frameOf(page) === NONE, 'a page comes to be known before its first use');
    this.#entries[page] = Absent.Readable;
  }

  /** An exit gives the page back: no I/O, whatever it held. */
  release(page: Page, tick: Tick): void {
    const frame = this.frameOf(page);
    if (frame !== NONE) {
      this.#policy!.onFree(frame, tick);
      this.#vacate(frame);
      this.#giveBack(frame, tick);
    }
    if (this.#entries[page] === Absent.Readable) this.#entries[page] = Absent.GivenBack;
  }

  /** The frame that holds the page, mapped or not; NONE when it is not resident. */
  frameOf(page: Page): Frame {
    const entry = this.#entries[page];
    if (entry >= 0) return entry;
    return entry > UNMAPPED ? NONE : UNMAPPED - entry;
  }

  /** Whether the next use of the page is a hit: it is resident and mapped. */
  isPresent(page: Page): boolean {
    return this.#entries[page] >= 0;
  }

  get freeCount(): number {
    return this.#freeCount;
  }

  evict(frame: Frame, tick: Tick): void {
    assert(this.frames.pageOf[frame] >= 0, 'whoever leaves is there');
    this.#leave(frame, NONE, tick);
    this.#giveBack(frame, tick);
  }

  clean(frame: Frame): void {
    assert(this.#dirty[frame] === 1, 'only a dirty page is written');
    this.#dirty[frame] = 0;
    this.pageOuts++;
    this.onClean(frame);
  }

  /** Replaced by who must know that the page in `frame` is written, and stays. */
  onClean: (frame: Frame) => void = () => {};

  /** Replaced by who must know that the page now in `frame` is read ahead. */
  onPrefetch: (frame: Frame) => void = () => {};

  /** Replaced by runs in which I/O takes time. */
  isWriting: (frame: Frame) => boolean = () => false;

  /** The same: whether the page in `frame` is still being read. */
  isReading: (frame: Frame) => boolean = () => false;

  unmap(frame: Frame): void {
    assert(this.frames.pageOf[frame] !== NONE, 'only a resident page is unmapped');
    this.#entries[this.frames.pageOf[frame]] = UNMAPPED - frame;
  }

  isMapped(frame: Frame): boolean {
    return this.#entries[this.frames.pageOf[frame]] === frame;
  }

  /** What the first `references` references cost. */
  counts(references: number): FaultCounts {
    const { minorFaults, softFaults, pageIns, pageOuts, evictions } = this;
    const dirtyAtEnd = this.frames.dirty.reduce((sum, bit) => sum + bit, 0);
    this.#countFree(references);
    const ticks = references - this.#firstEviction;
    const meanFreeFrames = evictions === 0 || ticks === 0 ? 0 : this.#freeSum / ticks;
    return {
      references,
      minorFaults,
      softFaults,
      pageIns,
      pageOuts,
      evictions,
      meanFreeFrames,
      dirtyAtEnd,
    };
  }

  /** What the policy tells of itself, if it does. */
  tallies(): Tallies | undefined {
    return this.#policy?.tallies?.();
  }

  prefetchCounts(): PrefetchCounts {
    const { ahead } = this.frames;
    let inFlight = 0;
    let unused = 0;
    for (let frame = 0; frame < ahead.length; frame++) {
      if (ahead[frame] === 0) continue;
      if (this.isReading(frame)) inFlight++;
      else unused++;
    }
    return {
      issued: this.prefetchIns,
      useful: this.usefulPrefetches,
      late: this.latePrefetches,
      useless: this.uselessPrefetches,
      inFlight,
      unused,
      redundant: this.redundantPrefetches,
      pollution: this.pollution,
    };
  }

  /** Recounts both tables from scratch. Costly: for the end of a run under test. */
  verify(): void {
    const { pageOf, dirty, blank, ahead, referenced, frameCount } = this.frames;
    let free = 0;
    let unused = 0;
    for (let frame = 0; frame < frameCount; frame++) {
      if (pageOf[frame] === NONE) {
        free++;
        assert(dirty[frame] === 0, 'a free frame is clean');
        assert(ahead[frame] === 0, 'nothing was read ahead into a free frame');
        continue;
      }
      assert(this.frameOf(pageOf[frame]) === frame, 'page table and frame table agree');
      assert(dirty[frame] === 0 || blank[frame] === 0, 'a dirty page is not blank');
      if (ahead[frame] === 0) continue;
      unused++;
      assert(!this.isMapped(frame), 'a page read ahead is not mapped before its first use');
      assert(referenced[frame] + dirty[frame] === 0, 'a page read ahead has not been used');
    }
    const { prefetchIns, usefulPrefetches, uselessPrefetches } = this;
    assert(
      prefetchIns === usefulPrefetches + uselessPrefetches + unused,
      'a page read ahead was used, left unused, or waits',
    );
    assert(free === this.#freeCount, 'every empty frame is on the free stack');
    let resident = 0;
    for (let page = 0; page < this.#entries.length; page++) {
      if (this.frameOf(page) !== NONE) resident++;
    }
    assert(resident === frameCount - free, 'as many pages are resident as frames are taken');
  }

  /**
   * The page is not resident. All in one function, too long for V8 to inline into the loop of the
   * hits, so that the policy's methods are inlined here: calls are a third of a fault's time.
   */
  #fault(entry: number, page: Page, write: number, tick: Tick): void {
    const { frames } = this;
    const { pageOf } = frames;
    const entries = this.#entries;
    const policy = this.#policy!;
    let frame: Frame;
    if (this.#freeCount > 0) frame = this.#takeFree(tick);
    else {
      frame = policy.chooseVictim(page, tick);
      const leaving = pageOf[frame];
      // Whatever is no row of the table is undefined there, and not at least 0.
      assert(leaving >= 0, 'a victim is a frame that holds a page');
      if (this.#observer !== undefined) this.#observer(frame, page, tick);
      if (this.evictions === 0) this.#beginEvictions(tick);
      this.evictions++;
      this.pageOuts += this.#dirty[frame];
      policy.onFree(frame, tick);
      if (this.prefetchIns > 0) this.#countUseless(frame);
      entries[leaving] = this.#blank[frame] === 1 ? Absent.Blank : Absent.Readable;
    }
    pageOf[frame] = page;
    entries[page] = frame;
    frames.loadedAt[frame] = tick;
    this.#referenced[frame] = 1;
    this.#dirty[frame] = write;
    if (this.#keepsHistory) {
      this.#lastUsedAt[frame] = tick;
      this.#useCount[frame] = 1;
    }
    if (entry === Absent.Blank) {
      this.minorFaults++;
      if (this.prefetchIns > 0) this.#displaced[page] = 0;
      this.#blank[frame] = write ^ 1;
    } else {
      this.pageIns++;
      if (this.prefetchIns > 0) this.#countDisplaced(page);
      this.#blank[frame] = 0;
    }
    policy.onLoad(frame, tick);
  }

  #countDisplaced(page: Page): void {
    this.pollution += this.#displaced[page];
    this.#displaced[page] = 0;
  }

  #softFault(frame: Frame, page: Page, write: number, tick: Tick): void {
    if (this.frames.ahead[frame] === 1) {
      this.frames.ahead[frame] = 0;
      this.usefulPrefetches++;
      if (this.isReading(frame)) this.latePrefetches++;
    } else this.softFaults++;
    this.#entries[page] = frame;
    this.#referenced[frame] = 1;
    if (write !== 0) this.#write(frame);
    this.#lastUsedAt[frame] = tick;
    this.#useCount[frame]++;
    const policy = this.#policy!;
    if (policy.onSoftFault !== undefined) policy.onSoftFault(frame, tick);
    else if (this.#callsPolicy) policy.onReference(frame, tick);
  }

  #write(frame: Frame): void {
    this.#dirty[frame] = 1;
    this.#blank[frame] = 0;
  }

  #chooseVictim(wanted: Page, tick: Tick): Frame {
    const victim = this.#policy!.chooseVictim(wanted, tick);
    // Whatever is no row of the table is undefined there, and not at least 0.
    assert(this.frames.pageOf[victim] >= 0, 'a victim is a frame that holds a page');
    return victim;
  }

  #leave(victim: Frame, wanted: Page, tick: Tick): void {
    this.#observer?.(victim, wanted, tick);
    if (this.evictions === 0) this.#beginEvictions(tick);
    this.evictions++;
    this.pageOuts += this.#dirty[victim];
    this.#policy!.onFree(victim, tick);
    this.#vacate(victim);
  }

  #beginEvictions(tick: Tick): void {
    this.#firstEviction = tick;
    this.#freeSince = tick;
  }

  #takeFree(tick: Tick): Frame {
    this.#countFree(tick);
    return this.#freeFrames[--this.#freeCount];
  }

  #giveBack(frame: Frame, tick: Tick): void {
    const { frames } = this;
    frames.pageOf[frame] = NONE;
    frames.dirty[frame] = 0;
    frames.blank[frame] = 0;
    frames.referenced[frame] = 0;
    this.#countFree(tick);
    this.#freeFrames[this.#freeCount++] = frame;
  }

  /** Before the number of free frames changes. */
  #countFree(tick: Tick): void {
    if (this.evictions === 0) return;
    this.#freeSum += this.#freeCount * (tick - this.#freeSince);
    this.#freeSince = tick;
  }

  /** The page is gone; the frame's own columns wait for the next page, or for `#giveBack`. */
  #vacate(frame: Frame): void {
    if (this.prefetchIns > 0) this.#countUseless(frame);
    this.#entries[this.frames.pageOf[frame]] =
      this.#blank[frame] === 1 ? Absent.Blank : Absent.Readable;
  }

  #countUseless(frame: Frame): void {
    this.uselessPrefetches += this.frames.ahead[frame];
    this.frames.ahead[frame] = 0;
  }
}
