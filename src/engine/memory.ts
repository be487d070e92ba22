/*
 * Demand paging: a page table, the frame table, and `touch`, the one step every driver shares.
 *
 *   page   ──frameOf──►  frame  ──pageOf──►  page        each −1 where there is nothing
 *
 * What a fault costs (design §2). A page of a file is read at each load. An anonymous page is
 * zero-filled for nothing until it has been written; from then on its content lives in memory or
 * in swap, and a load reads it back. A page leaves for nothing unless it is dirty, that is, unless
 * it differs from its copy on disk. The page wanted always becomes resident.
 */
import {
  type Page,
  PageKind,
  type ReferenceString,
  type Tick,
} from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { createFrameTable, type Frame, type FrameTable, NONE } from './frameTable.ts';
import type { ReplacementPolicy } from './policy.ts';

export interface FaultCounts {
  readonly references: number;
  /** Loads without I/O: zero-filled anonymous pages. */
  readonly minorFaults: number;
  /** Pages read from swap or file. */
  readonly pageIns: number;
  /** Dirty pages written when they left memory. */
  readonly pageOuts: number;
  /** Pages that made room for another, clean or dirty. */
  readonly evictions: number;
  /** Dirty pages still resident when the string ended. */
  readonly dirtyAtEnd: number;
}

/** Watches evictions: called when the victim is chosen, before anything changes. */
export type EvictionObserver = (victim: Frame, wanted: Page, tick: Tick) => void;

export class Memory {
  readonly frames: FrameTable;
  /** The frame of each page, NONE when it is not resident. */
  readonly frameOf: Int32Array;
  minorFaults = 0;
  pageIns = 0;
  pageOuts = 0;
  evictions = 0;
  /** 1 where a load must read: file pages always, anonymous ones once written. */
  readonly #hasContent: Uint8Array;
  readonly #freeFrames: Int32Array;
  #freeCount: number;
  #policy: ReplacementPolicy | undefined;
  #keepsHistory = false;
  #callsPolicy = false;
  #observer: EvictionObserver | undefined;
  // The columns `touch` needs, one field away.
  readonly #referenced: Uint8Array;
  readonly #dirty: Uint8Array;
  readonly #lastUsedAt: Int32Array;
  readonly #useCount: Int32Array;

  constructor(references: Pick<ReferenceString, 'pageCount' | 'kinds'>, frameCount: number) {
    this.frames = createFrameTable(frameCount);
    this.frameOf = new Int32Array(references.pageCount).fill(NONE);
    this.#hasContent = new Uint8Array(references.pageCount);
    for (let page = 0; page < references.pageCount; page++) {
      this.#hasContent[page] = references.kinds[page] === PageKind.File ? 1 : 0;
    }
    // A stack with frame 0 on top: memory fills from the first frame up.
    this.#freeFrames = Int32Array.from({ length: frameCount }, (_, i) => frameCount - 1 - i);
    this.#freeCount = frameCount;
    this.#referenced = this.frames.referenced;
    this.#dirty = this.frames.dirty;
    this.#lastUsedAt = this.frames.lastUsedAt;
    this.#useCount = this.frames.useCount;
  }

  /** Installs the policy; it must have been created over this memory's frames. */
  attach(
    policy: ReplacementPolicy,
    observesReferences: boolean,
    observer?: EvictionObserver,
  ): void {
    this.#policy = policy;
    this.#callsPolicy = observesReferences;
    this.#keepsHistory = observesReferences || observer !== undefined;
    this.#observer = observer;
  }

  /** One reference: `page` is used, and written if `write` is 1. */
  touch(page: Page, write: number, tick: Tick): void {
    const frame = this.frameOf[page];
    if (frame === NONE) {
      this.#fault(page, write, tick);
      return;
    }
    this.#referenced[frame] = 1;
    if (write !== 0) this.#write(frame, page);
    if (this.#keepsHistory) {
      this.#lastUsedAt[frame] = tick;
      this.#useCount[frame]++;
      if (this.#callsPolicy) this.#policy!.onReference(frame, tick);
    }
  }

  /** An exit gives the page back: no I/O, whatever it held. */
  release(page: Page, tick: Tick): void {
    const frame = this.frameOf[page];
    if (frame === NONE) return;
    this.#policy!.onFree(frame, tick);
    this.#empty(frame);
    this.#freeFrames[this.#freeCount++] = frame;
  }

  counts(references: number): FaultCounts {
    const { minorFaults, pageIns, pageOuts, evictions } = this;
    const dirtyAtEnd = this.frames.dirty.reduce((sum, bit) => sum + bit, 0);
    return { references, minorFaults, pageIns, pageOuts, evictions, dirtyAtEnd };
  }

  /** Recounts both tables from scratch. Costly: for the end of a run under test. */
  verify(): void {
    const { pageOf, dirty, blank, frameCount } = this.frames;
    let free = 0;
    for (let frame = 0; frame < frameCount; frame++) {
      if (pageOf[frame] === NONE) {
        free++;
        assert(dirty[frame] === 0, 'a free frame is clean');
        continue;
      }
      assert(this.frameOf[pageOf[frame]] === frame, 'page table and frame table agree');
      assert(dirty[frame] === 0 || blank[frame] === 0, 'a dirty page is not blank');
    }
    assert(free === this.#freeCount, 'every empty frame is on the free stack');
    const resident = this.frameOf.reduce((sum, frame) => sum + (frame === NONE ? 0 : 1), 0);
    assert(resident === frameCount - free, 'as many pages are resident as frames are taken');
  }

  #fault(page: Page, write: number, tick: Tick): void {
    const frame =
      this.#freeCount > 0 ? this.#freeFrames[--this.#freeCount] : this.#evict(page, tick);
    const { frames } = this;
    frames.pageOf[frame] = page;
    this.frameOf[page] = frame;
    frames.loadedAt[frame] = tick;
    frames.referenced[frame] = 1;
    frames.lastUsedAt[frame] = tick;
    frames.useCount[frame] = 1;
    if (this.#hasContent[page] === 1) {
      this.pageIns++;
      frames.blank[frame] = 0;
    } else {
      this.minorFaults++;
      frames.blank[frame] = 1;
    }
    if (write !== 0) this.#write(frame, page);
    this.#policy!.onLoad(frame, tick);
  }

  #write(frame: Frame, page: Page): void {
    this.#dirty[frame] = 1;
    this.frames.blank[frame] = 0;
    this.#hasContent[page] = 1;
  }

  #evict(wanted: Page, tick: Tick): Frame {
    const victim = this.#policy!.chooseVictim(wanted, tick);
    assert(Number.isInteger(victim), 'a victim is a whole number');
    assert(victim >= 0 && victim < this.frames.frameCount, 'a victim is a frame');
    assert(this.frames.pageOf[victim] !== NONE, 'a victim holds a page');
    this.#observer?.(victim, wanted, tick);
    this.evictions++;
    if (this.#dirty[victim] === 1) this.pageOuts++;
    this.#policy!.onFree(victim, tick);
    this.#empty(victim);
    return victim;
  }

  #empty(frame: Frame): void {
    const { frames } = this;
    this.frameOf[frames.pageOf[frame]] = NONE;
    frames.pageOf[frame] = NONE;
    frames.dirty[frame] = 0;
    frames.blank[frame] = 0;
    frames.referenced[frame] = 0;
  }
}
