/*
 * Hawkeye for pages: learn from what MIN would have done. For a sample of pages it is worked out
 * afterwards which uses MIN would have found resident; the code that made them is friendly from
 * then on, other code averse, and pages last used by averse code leave first.
 *                                                   (Jain & Lin, ISCA 2016)
 *
 *   sampled uses      a  b  c  b  d  a      OPTgen: between two uses of a page MIN holds it if it
 *   held by MIN       0  1  1  ·  ·  ·      is full at no time in between; here the b's fit, and
 *                        └b───┘             the a's do where there is room for two
 *
 *   predictor[signature]   + 1 for a use that is found, − 1 for one that is not: friendly from 4 up
 *
 *   victim      of the averse pages the LRU page; else of the friendly, and if it is a sampled one
 *               its signature loses 1, for it was wrong
 *
 * A signature is that of the instruction, where it is known, or else 4,096 neighbouring pages of an
 * object, which say little: see README.md. Sampled are as many pages as a memory of 255 frames
 * would serve, chosen by a hash of their number, and remembered for 8 × 255 sampled uses.
 *
 * Per reference: one move in a list, one look-up; per sampled one up to 2,040 counters. Per
 * eviction: one link. Metadata: 11 bytes a frame, 6 a page ever used, and 22 KiB.
 * Differs from the source, which is for the sets of a cache: memory is one set, and no page is
 * refused. Of averse pages the source takes the first in order of its ways, here the LRU page
 * leaves.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { LinkedLists } from '../support/linkedLists.ts';

export const policy = definePolicy({
  id: 'hawkeye',
  title: 'Hawkeye for pages',
  source: 'Jain & Lin, ISCA 2016',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 11,
    perReference: 'one move in a list; for sampled pages up to 2,040 counters',
    perEviction: 'one link',
  },
  /** Frames of the sampled memory, and pages that share a signature where there is no other. */
  defaults: { sampled: 255, region: 4096 },
  create: (context, options) => new Hawkeye(context, options),
});

/** Lists of pages by what the signature of their last use says. */
const AVERSE = 0;
const FRIENDLY = 1;

const TABLE_BITS = 13;
const COUNTER_MAX = 7;
const FRIENDLY_FROM = 4;
/** Sampled uses that are remembered, a sampled frame. */
const USES_PER_FRAME = 8;

class Hawkeye implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #signatureAt: PolicyContext['signatureAt'];
  /** Where no instruction is known: the row of the predictor by page. */
  readonly #rowOfPage: Uint16Array;
  /** Front: used last. */
  readonly #lists: LinkedLists;
  /** The row of the predictor by which each page was last judged. */
  readonly #rowOf: Uint16Array;
  readonly #predictor: Uint8Array;
  readonly #sample: Sample;
  readonly #places: PolicyContext['pages']['places'];
  readonly #region: number;
  #isEvicting = false;

  constructor(context: PolicyContext, options: { sampled: number; region: number }) {
    const { frames, pageCount, pages } = context;
    const region = wholeOption('region', options.region, 1, 2 ** 30);
    const sampled = wholeOption('sampled', options.sampled, 1, 255);
    this.#frames = frames;
    this.#signatureAt = context.signatureAt;
    this.#places = pages.places;
    this.#region = region;
    this.#rowOfPage = new Uint16Array(pageCount);
    this.#lists = new LinkedLists(frames.frameCount, 2);
    this.#rowOf = new Uint16Array(frames.frameCount);
    this.#predictor = new Uint8Array(2 ** TABLE_BITS).fill(FRIENDLY_FROM);
    this.#sample = new Sample(pageCount, frames.frameCount, sampled, this.#predictor);
  }

  onLoad(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    // Where it lies may not have been known before.
    const { objects, indices } = this.#places ?? {};
    const region = Math.floor((indices?.[page] ?? page) / this.#region);
    this.#rowOfPage[page] = rowOf(region + hash(objects?.[page] ?? 0));
    this.#lists.pushFront(frame, this.#judge(frame, tick));
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#lists.moveToFront(frame, this.#judge(frame, tick));
  }

  chooseVictim(): Frame {
    this.#isEvicting = true;
    return this.#lists.back(this.#lists.length(AVERSE) > 0 ? AVERSE : FRIENDLY);
  }

  onFree(frame: Frame): void {
    const isFriendly = this.#lists.listOf[frame] === FRIENDLY;
    if (!this.#isEvicting) this.#sample.forget(this.#frames.pageOf[frame]);
    else if (isFriendly && this.#sample.has(this.#frames.pageOf[frame])) {
      train(this.#predictor, this.#rowOf[frame], false);
    }
    this.#lists.remove(frame);
    this.#isEvicting = false;
  }

  onInterval(): void {}

  /** Learns from the use of the page, and says to which list it belongs. */
  #judge(frame: Frame, tick: Tick): number {
    const page = this.#frames.pageOf[frame];
    const signature = this.#signatureAt(tick);
    const row = signature === 0 ? this.#rowOfPage[page] : rowOf(signature);
    this.#rowOf[frame] = row;
    if (this.#sample.has(page)) this.#sample.use(page, row);
    return this.#predictor[row] >= FRIENDLY_FROM ? FRIENDLY : AVERSE;
  }
}

function hash(value: number): number {
  return Math.imul(value, 0x9e3779b1) >>> 0;
}

function rowOf(signature: number): number {
  return hash(signature) >>> (32 - TABLE_BITS);
}

function train(predictor: Uint8Array, row: number, isFound: boolean): void {
  if (isFound) predictor[row] = Math.min(COUNTER_MAX, predictor[row] + 1);
  else predictor[row] = Math.max(0, predictor[row] - 1);
}

/** OPTgen: the last uses of sampled pages in a ring, and how many pages MIN holds at each. */
class Sample {
  readonly #predictor: Uint8Array;
  /** One page of so many is sampled, and MIN has so many frames for them. */
  readonly #oneOf: number;
  readonly #frameCount: number;
  /** When each page was last used, in sampled uses; NONE where it is not remembered. */
  readonly #usedAt: Int32Array;
  // The ring.
  readonly #pages: Int32Array;
  readonly #rows: Uint16Array;
  readonly #held: Uint8Array;
  #now = 0;

  constructor(pageCount: number, frameCount: number, sampled: number, predictor: Uint8Array) {
    this.#predictor = predictor;
    this.#oneOf = Math.ceil(frameCount / sampled);
    this.#frameCount = Math.round(frameCount / this.#oneOf);
    this.#usedAt = new Int32Array(pageCount).fill(NONE);
    const size = USES_PER_FRAME * this.#frameCount;
    this.#pages = new Int32Array(size).fill(NONE);
    this.#rows = new Uint16Array(size);
    this.#held = new Uint8Array(size);
  }

  has(page: Page): boolean {
    return hash(page) % this.#oneOf === 0;
  }

  /** The page is given back: its next use is no return. */
  forget(page: Page): void {
    this.#usedAt[page] = NONE;
  }

  use(page: Page, row: number): void {
    const size = this.#pages.length;
    const now = this.#now++;
    const at = now % size;
    this.#expire(at, now - size);
    const last = this.#usedAt[page];
    if (last !== NONE) train(this.#predictor, this.#rows[last % size], this.#hold(last, now));
    this.#usedAt[page] = now;
    this.#pages[at] = page;
    this.#rows[at] = row;
    this.#held[at] = 0;
  }

  /** What was used at `then` and not since MIN would not have kept. */
  #expire(at: number, then: number): void {
    const page = this.#pages[at];
    if (page === NONE || this.#usedAt[page] !== then) return;
    train(this.#predictor, this.#rows[at], false);
    this.#usedAt[page] = NONE;
  }

  /** Whether MIN has a frame for the page all the time from `last` to `now`; takes it if so. */
  #hold(last: number, now: number): boolean {
    const held = this.#held;
    const size = held.length;
    for (let time = last; time < now; time++) {
      if (held[time % size] >= this.#frameCount) return false;
    }
    for (let time = last; time < now; time++) held[time % size]++;
    return true;
  }
}
