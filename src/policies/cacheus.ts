/*
 * CACHEUS: LeCaR with better experts and no rate to choose. An LRU that resists scans and an LFU
 * that resists churn are drawn by weight; regret moves the weights, and the rate at which it does
 * climbs after the hit rate.                                       (Rodriguez et al., FAST 2021)
 *
 *   SR-LRU    load ─► new ⇄ … ⇄ new ─► victim             new: first use, or demoted
 *                      │ used      ▲
 *                      ▼           │ demoted: overflow
 *                     kept ⇄ … ⇄ kept                     kept: used again, or back from a history
 *   CR-LFU    of the pages used least often, the one used last: churn fights for one frame
 *
 * The border between the lists moves. A page evicted before its second use comes back: the new list
 * was too short. A demoted page is used: the kept list was. Each moves it by the ratio of how many
 * pages there are of either sort.
 *
 * The rate begins at √(2 ln 2 / F). After each F references it goes on in the direction in which
 * the hit rate rose, turns where it fell, jumps at random where nothing tells, and begins anew
 * after ten periods of no luck.
 *
 * Per reference: one move in a list and in a heap. Per eviction: a draw. Metadata: 25 bytes a frame
 * and 13 for each ghost, of which there are as many as frames.
 * The rules are those of the authors' program, with which it is compared: regret is not discounted
 * as in LeCaR, a page back from a history keeps its count without the use that brings it back, and
 * the kept list stays one below its limit but after a use of the new list. Differs from it: a
 * period begins at a multiple of F; a memory of one frame works; pages given back by an exit leave
 * no history.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { Agenda } from '../support/agenda.ts';
import { exp } from '../support/exp.ts';
import { LinkedLists, NO_LIST } from '../support/linkedLists.ts';
import type { Random } from '../support/random.ts';

export const policy = definePolicy({
  id: 'cacheus',
  title: 'CACHEUS, SR-LRU and CR-LFU',
  source: 'Rodriguez et al., FAST 2021',
  observes: 'every-reference',
  readsHistory: false,
  interval: (frameCount) => frameCount,
  cost: {
    bytesPerFrame: 25,
    bytesPerGhost: 13,
    ghostsPerFrame: 1,
    perReference: 'one move in a list and one in a heap',
    perEviction: 'a draw; an exponential when a page returns',
  },
  defaults: {},
  create: (context) => new Cacheus(context),
});

/** The lists of residents. */
const NEW = 0;
const KEPT = 1;

/** The experts, and the lists of what each has evicted. */
const LRU = 0;
const LFU = 1;

/** Neither weight goes above. */
const MOST_WEIGHT = 0.99;

class Cacheus implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #random: Random;
  readonly #rate: LearningRate;
  #lruWeight = 0.5;
  /** Front: last used, loaded or demoted. */
  readonly #recency: LinkedLists;
  #newLimit: number;
  #keptLimit: number;
  readonly #isDemoted: Uint8Array;
  #demotedCount = 0;
  /** By uses; of equals, the one used last is first. */
  readonly #frequency: Agenda;
  /** Uses of each page, kept while the page is in a history; 0 when it is forgotten. */
  readonly #uses: Int32Array;
  /** 1: came in while it was in no history and memory was full. */
  readonly #isFresh: Uint8Array;
  /** What each expert has evicted; front: last. */
  readonly #history: LinkedLists;
  readonly #historySize: number;
  /** Fresh pages that LRU has evicted and that are remembered. */
  #freshGhostCount = 0;
  #hits = 0;
  #isEvicting = false;
  /** Who is to blame for the eviction under way; NONE: both. */
  #blamed: number = NONE;
  /** Whether the page wanted was in a history, and has been learnt from. */
  #isBack = false;
  #isMemoryFull = false;

  constructor({ frames, pageCount, random }: PolicyContext) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#random = random;
    this.#rate = new LearningRate(frameCount, random);
    this.#recency = new LinkedLists(frameCount, 2);
    this.#newLimit = Math.max(1, Math.floor(0.01 * frameCount + 0.5));
    this.#keptLimit = frameCount - this.#newLimit;
    this.#isDemoted = new Uint8Array(frameCount);
    this.#frequency = new Agenda(frameCount);
    this.#uses = new Int32Array(pageCount);
    this.#isFresh = new Uint8Array(pageCount);
    this.#history = new LinkedLists(pageCount, 2);
    this.#historySize = frameCount >> 1;
  }

  onLoad(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    if (!this.#isMemoryFull) this.#learnFrom(page);
    const newCount = this.#recency.length(NEW);
    const keptCount = this.#recency.length(KEPT);
    const isCold = !this.#isBack && !this.#isMemoryFull;
    this.#isFresh[page] = 0;
    if (this.#isBack) {
      this.#recency.pushFront(frame, KEPT);
      this.#demoteOverflow();
    } else if (isCold && newCount === 0 && keptCount < this.#keptLimit) {
      this.#recency.pushFront(frame, KEPT);
    } else if (isCold && newCount < this.#newLimit) {
      this.#recency.pushFront(frame, NEW);
    } else {
      this.#isFresh[page] = 1;
      this.#recency.pushFront(frame, NEW);
      this.#demoteOverflow();
    }
    if (!this.#isBack) this.#uses[page] = 1;
    this.#frequency.push(this.#keyOf(page, tick), frame);
    this.#isBack = false;
    this.#isMemoryFull = false;
  }

  onReference(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    this.#hits++;
    this.#uses[page]++;
    this.#frequency.move(this.#keyOf(page, tick), frame);
    if (this.#recency.listOf[frame] === KEPT) {
      this.#recency.moveToFront(frame, KEPT);
      return;
    }
    if (this.#isDemoted[frame] === 1) {
      this.#growKept();
      this.#isDemoted[frame] = 0;
      this.#demotedCount--;
    }
    this.#recency.remove(frame);
    if (this.#recency.length(KEPT) >= this.#keptLimit) this.#demoteOldest();
    this.#recency.pushFront(frame, KEPT);
  }

  chooseVictim(wanted: Page): Frame {
    this.#isMemoryFull = true;
    this.#learnFrom(wanted);
    this.#isEvicting = true;
    const expert = this.#random.unit() < this.#lruWeight ? LRU : LFU;
    const oldest = this.#recency.back(this.#recency.length(NEW) > 0 ? NEW : KEPT);
    const rarest = this.#frequency.first;
    this.#blamed = oldest === rarest ? NONE : expert;
    return expert === LRU ? oldest : rarest;
  }

  onFree(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    this.#recency.remove(frame);
    this.#frequency.remove(frame);
    this.#demotedCount -= this.#isDemoted[frame];
    this.#isDemoted[frame] = 0;
    if (this.#isEvicting && this.#blamed !== NONE && this.#historySize > 0) {
      this.#remember(page, this.#blamed);
    } else {
      this.#uses[page] = 0;
    }
    this.#isEvicting = false;
  }

  onInterval(tick: Tick): void {
    if (tick > 0) this.#rate.adapt(this.#hits);
    this.#hits = 0;
  }

  /** By uses, then the latest first. */
  #keyOf(page: Page, tick: Tick): number {
    return this.#uses[page] * 2 ** 31 - tick;
  }

  #demoteOverflow(): void {
    while (this.#recency.length(KEPT) >= this.#keptLimit) {
      if (!this.#demoteOldest()) return;
    }
  }

  /** Moves the least recent kept page to the front of the new list; false when there is none. */
  #demoteOldest(): boolean {
    const frame = this.#recency.back(KEPT);
    if (frame < 0) return false;
    this.#recency.moveToFront(frame, NEW);
    this.#isDemoted[frame] = 1;
    this.#demotedCount++;
    return true;
  }

  #growKept(): void {
    const step = ratio(this.#freshGhostCount, this.#demotedCount);
    this.#keptLimit = Math.min(this.#frames.frameCount - 1, this.#keptLimit + step);
    this.#newLimit = this.#frames.frameCount - this.#keptLimit;
  }

  #growNew(): void {
    const step = ratio(this.#demotedCount, this.#freshGhostCount);
    this.#newLimit = Math.min(this.#frames.frameCount - 1, this.#newLimit + step);
    this.#keptLimit = this.#frames.frameCount - this.#newLimit;
  }

  #remember(page: Page, expert: number): void {
    if (expert === LRU) this.#freshGhostCount += this.#isFresh[page];
    if (this.#history.length(expert) === this.#historySize) {
      const forgotten = this.#history.back(expert);
      this.#history.remove(forgotten);
      this.#uses[forgotten] = 0;
      if (expert === LRU) this.#freshGhostCount -= this.#isFresh[forgotten];
    }
    this.#history.pushFront(page, expert);
  }

  /** A page that returns from a history: whoever evicted it loses weight. */
  #learnFrom(page: Page): void {
    const expert = this.#history.listOf[page];
    if (expert === NO_LIST) return;
    this.#isBack = true;
    this.#history.remove(page);
    if (expert === LRU && this.#isFresh[page] === 1) {
      this.#freshGhostCount--;
      this.#growNew();
    }
    const penalty = exp(-this.#rate.rate);
    const lru = this.#lruWeight * (expert === LRU ? penalty : 1);
    const lfu = (1 - this.#lruWeight) * (expert === LFU ? penalty : 1);
    const weight = lru / (lru + lfu);
    this.#lruWeight = Math.min(MOST_WEIGHT, Math.max(1 - MOST_WEIGHT, weight));
  }
}

/** How many of the one there are for each of the other, rounded, at least 1. */
function ratio(count: number, other: number): number {
  return Math.max(1, Math.floor(count / Math.max(1, other) + 0.5));
}

const MOST_RATE = 1;
const LEAST_RATE = 0.001;
/** Periods without luck before the rate begins anew. */
const PATIENCE = 10;

/** The learning rate: hill climbing after the hit rate, a step a period. */
class LearningRate {
  rate: number;
  readonly #random: Random;
  readonly #periodLength: number;
  readonly #start: number;
  /** The rates of this period and of the one before. */
  #current: number;
  #previous = 0;
  #hitRate = 0;
  #idlePeriods = 0;
  #fallingPeriods = 0;

  constructor(periodLength: number, random: Random) {
    this.#random = random;
    this.#periodLength = periodLength;
    this.rate = Math.sqrt((2 * Math.LN2) / periodLength);
    this.#start = bounded(this.rate);
    this.#current = this.rate;
  }

  /** At the end of a period in which there were `hits`. */
  adapt(hits: number): void {
    const hitRate = thousandths(hits / this.#periodLength);
    const change = thousandths(hitRate - this.#hitRate);
    const step = thousandths(this.#current) - thousandths(this.#previous);
    if (change * step !== 0) {
      const way = change * step > 0 ? 1 : -1;
      this.rate = bounded(this.rate + way * Math.abs(this.rate * step));
      this.#idlePeriods = 0;
      this.#fallingPeriods = 0;
    } else if (change <= 0) {
      this.#stray(change, hitRate);
    }
    this.#previous = this.#current;
    this.#current = this.rate;
    this.#hitRate = hitRate;
  }

  /** The hit rate did not rise, and no change of the rate tells where to go. */
  #stray(change: number, hitRate: number): void {
    if (change < 0) this.#fallingPeriods++;
    if (change < 0 || hitRate <= 0) this.#idlePeriods++;
    if (this.#idlePeriods >= PATIENCE) {
      this.rate = this.#start;
      this.#idlePeriods = 0;
    } else if (change < 0 && this.#fallingPeriods >= PATIENCE) {
      this.rate = this.#start;
      this.#fallingPeriods = 0;
    } else if (change < 0) {
      this.#jump();
    }
  }

  #jump(): void {
    if (this.rate >= MOST_RATE) this.rate = 0.9;
    else if (this.rate <= LEAST_RATE) this.rate = 0.005;
    else this.rate = bounded(this.rate * (this.#random.below(2) === 1 ? 1.25 : 0.75));
  }
}

function bounded(rate: number): number {
  return Math.min(MOST_RATE, Math.max(LEAST_RATE, rate));
}

/** Rates are compared in thousandths, so that noise moves nothing. */
function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
