/*
 * LeCaR: two experts, LRU and LFU, and a weight for each. At each eviction one of them is drawn by
 * weight and names the victim; a page that comes back soon after tells who was wrong.
 *                                                   (Vietri et al. 2018)
 *
 *            draw by weight           history of F / 2 pages each, oldest forgotten
 *   LRU ─┐                    ┌─►  evicted by LRU ──┐
 *        ├─ 0.7 : 0.3 ─► page ┤                     ├─ wanted again after t references: the weight
 *   LFU ─┘                    └─►  evicted by LFU ──┘  of whoever evicted it is multiplied by
 *                                                      exp(− rate · discount^t)
 *
 * The discount makes a mistake count the less the later it shows: 0.005^(1/F) a reference. Where
 * both name the same page nobody is to blame, and it goes into no history. A page found in a
 * history goes on counting uses where it stopped. Of equals the lowest number leaves in LFU, as in
 * the authors' program. That is more than a detail: on a loop all counts are equal, and a fixed
 * order keeps the same pages resident, where the least recent would be evicted before its next use.
 *
 * Per reference: one move in a list and in a heap. Per eviction: a draw; per return from a history
 * an exponential or two. Metadata: 24 bytes a frame, and 17 for each ghost, of which there are as
 * many as frames.
 * Differs from the authors' program: pages are numbered by first use, theirs by block; pages given
 * back by an exit leave no history.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption } from '../engine/policyOptions.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { Agenda } from '../support/agenda.ts';
import { exp } from '../support/exp.ts';
import { FrameList } from '../support/frameList.ts';
import { LinkedLists, NO_LIST } from '../support/linkedLists.ts';
import type { Random } from '../support/random.ts';

export const policy = definePolicy({
  id: 'lecar',
  title: 'LeCaR, LRU and LFU by regret',
  source: 'Vietri et al., HotStorage 2018',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 24,
    bytesPerGhost: 17,
    ghostsPerFrame: 1,
    perReference: 'one move in a list and one in a heap',
    perEviction: 'a draw; an exponential when a page returns',
    operations: { perReference: 39, perEviction: 45 },
  },
  /** The learning rate, and LRU's weight at the start. */
  defaults: { rate: 0.45, weight: 0.5 },
  create: (context, { rate, weight }) =>
    new Lecar(context, numberOption('rate', rate, 0, 100), numberOption('weight', weight, 0, 1)),
});

/** The experts, and the lists of what each has evicted. */
const LRU = 0;
const LFU = 1;

/** The discount of F references is 0.005; this is its logarithm. */
const LOG_DISCOUNT = -5.298317366548036;
/** Neither weight goes above; the other expert must be able to come back. */
const MOST_WEIGHT = 0.99;

class Lecar implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #random: Random;
  readonly #rate: number;
  /** The weight of LRU; that of LFU is the rest of 1. */
  #lruWeight: number;
  /** Front: the page used last. */
  readonly #recency: FrameList;
  /** By uses, then by number. */
  readonly #frequency: Agenda;
  /** Uses of each page, goes on while the page is in a history; 0 when it is forgotten. */
  readonly #uses: Int32Array;
  /** What each expert has evicted; front: last. */
  readonly #history: LinkedLists;
  readonly #historySize: number;
  readonly #evictedAt: Int32Array;
  #isEvicting = false;
  /** Who is to blame for the eviction under way; NONE: both. */
  #blamed: number = NONE;

  constructor({ frames, pageCount, random }: PolicyContext, rate: number, weight: number) {
    this.#frames = frames;
    this.#random = random;
    this.#rate = rate;
    this.#lruWeight = weight;
    this.#recency = new FrameList(frames.frameCount);
    this.#frequency = new Agenda(frames.frameCount);
    this.#uses = new Int32Array(pageCount);
    this.#history = new LinkedLists(pageCount, 2);
    this.#historySize = frames.frameCount >> 1;
    this.#evictedAt = new Int32Array(pageCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    this.#learnFrom(page, tick);
    this.#recency.pushFront(frame);
    this.#frequency.push(++this.#uses[page] * 2 ** 31 + page, frame);
  }

  onReference(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    this.#recency.moveToFront(frame);
    this.#frequency.move(++this.#uses[page] * 2 ** 31 + page, frame);
  }

  chooseVictim(wanted: Page, tick: Tick): Frame {
    this.#learnFrom(wanted, tick);
    this.#isEvicting = true;
    const expert = this.#random.unit() < this.#lruWeight ? LRU : LFU;
    const oldest = this.#recency.back;
    const rarest = this.#frequency.first;
    this.#blamed = oldest === rarest ? NONE : expert;
    return expert === LRU ? oldest : rarest;
  }

  onFree(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    this.#recency.remove(frame);
    this.#frequency.remove(frame);
    if (this.#isEvicting && this.#blamed !== NONE && this.#historySize > 0) {
      this.#remember(page, this.#blamed, tick);
    } else {
      this.#uses[page] = 0;
    }
    this.#isEvicting = false;
  }

  onInterval(): void {}

  #remember(page: Page, expert: number, tick: Tick): void {
    if (this.#history.length(expert) === this.#historySize) {
      const forgotten = this.#history.back(expert);
      this.#history.remove(forgotten);
      this.#uses[forgotten] = 0;
    }
    this.#history.pushFront(page, expert);
    this.#evictedAt[page] = tick;
  }

  /** A page that returns from a history: whoever evicted it loses weight. */
  #learnFrom(page: Page, tick: Tick): void {
    const expert = this.#history.listOf[page];
    if (expert === NO_LIST) return;
    this.#history.remove(page);
    const age = tick - this.#evictedAt[page];
    const regret = exp((LOG_DISCOUNT * age) / this.#frames.frameCount);
    const penalty = exp(-this.#rate * regret);
    const lru = this.#lruWeight * (expert === LRU ? penalty : 1);
    const lfu = (1 - this.#lruWeight) * (expert === LFU ? penalty : 1);
    const weight = lru / (lru + lfu);
    this.#lruWeight = Math.min(MOST_WEIGHT, Math.max(1 - MOST_WEIGHT, weight));
  }
}
