/*
 * Swap: which slot holds which page.
 *
 *   slots    [ 7 | 3 | – | 9 | – ]      pages evicted one after the other lie side by side: the
 *                          ▲            search for a free slot goes on where the last one ended
 *
 * With clusters of more than one slot the search goes on where a whole cluster is free, as long as
 * there is one; so what is evicted together lies together however full of holes the space is.
 *
 * A slot belongs to one page, however many map it, from its first page-out until the page is given
 * back, or gives the slot up. Slot 0 is a slot like any other: "none" is −1. Without a limit the
 * space doubles when half of it is in use. 4 bytes a page and a slot.
 */
import { NONE } from '../engine/frameTable.ts';
import { type Neighbourhood, NO_OBJECT } from '../engine/neighbourhood.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';

const SLOT_COUNT_MIN = 1024;

export class SwapSpace implements Neighbourhood {
  readonly #isLimited: boolean;
  readonly #slotOf: Int32Array;
  #pageOf: Int32Array;
  #used = 0;
  #next = 0;
  readonly #clusterSlots: number;
  /** Slots in use, a cluster each. */
  #usedOf: Int32Array;

  /** `slotCount` of Infinity: no limit. */
  constructor(slotCount: number, pageCount: number, clusterSlots = 1) {
    this.#clusterSlots = clusterSlots;
    this.#isLimited = Number.isFinite(slotCount);
    this.#slotOf = new Int32Array(pageCount).fill(NONE);
    this.#pageOf = new Int32Array(this.#isLimited ? slotCount : SLOT_COUNT_MIN).fill(NONE);
    this.#usedOf = new Int32Array(Math.ceil(this.#pageOf.length / clusterSlots));
  }

  get used(): number {
    return this.#used;
  }

  /** Percent of the slots; without a limit, none. */
  get usedPercent(): number {
    return this.#isLimited ? (100 * this.#used) / this.#pageOf.length : 0;
  }

  /** NONE where the page has none. */
  slotOf(page: Page): number {
    return this.#slotOf[page];
  }

  /** The slot of `page`, a new one if it has none; NONE if swap is full. */
  take(page: Page): number {
    if (this.#slotOf[page] !== NONE) return this.#slotOf[page];
    if (!this.#isLimited && 2 * this.#used >= this.#pageOf.length) this.#grow();
    const slotCount = this.#pageOf.length;
    if (this.#used === slotCount) return NONE;
    let slot = this.#nextInCluster();
    while (this.#pageOf[slot] !== NONE) slot = slot + 1 === slotCount ? 0 : slot + 1;
    this.#next = slot + 1 === slotCount ? 0 : slot + 1;
    this.#pageOf[slot] = page;
    this.#slotOf[page] = slot;
    this.#used++;
    this.#usedOf[Math.floor(slot / this.#clusterSlots)]++;
    return slot;
  }

  /** `page` gives its slot up, if it has one. */
  free(page: Page): void {
    const slot = this.#slotOf[page];
    if (slot === NONE) return;
    this.#slotOf[page] = NONE;
    this.#pageOf[slot] = NONE;
    this.#used--;
    this.#usedOf[Math.floor(slot / this.#clusterSlots)]--;
  }

  objectOf(page: Page): number {
    return this.#slotOf[page] === NONE ? NO_OBJECT : 0;
  }

  indexOf(page: Page): number {
    return this.#slotOf[page];
  }

  beside(page: Page, distance: number): Page {
    const slot = this.#slotOf[page] + distance;
    return slot >= 0 && slot < this.#pageOf.length ? this.#pageOf[slot] : NONE;
  }

  /** The pages that have slots, in order of these. */
  *pages(): Iterable<Page> {
    for (const page of this.#pageOf) if (page !== NONE) yield page;
  }

  /** Recounts; for tests. */
  verify(): void {
    let used = 0;
    const usedOf = new Int32Array(this.#usedOf.length);
    for (let slot = 0; slot < this.#pageOf.length; slot++) {
      if (this.#pageOf[slot] === NONE) continue;
      used++;
      usedOf[Math.floor(slot / this.#clusterSlots)]++;
      assert(this.#slotOf[this.#pageOf[slot]] === slot, 'a slot belongs to the page that has it');
    }
    const owners = this.#slotOf.reduce((sum, slot) => sum + (slot === NONE ? 0 : 1), 0);
    const isRight = usedOf.every((count, cluster) => count === this.#usedOf[cluster]);
    assert(isRight, 'slots in use are counted by cluster');
    assert(used === this.#used && owners === used, 'as many slots are in use as pages have one');
  }

  /** Where the search begins: goes on in a cluster, or at the start of one that is free. */
  #nextInCluster(): number {
    const clusterSlots = this.#clusterSlots;
    const next = this.#next;
    if (clusterSlots === 1) return next;
    if (next % clusterSlots !== 0 && this.#pageOf[next] === NONE) return next;
    const clusterCount = this.#usedOf.length;
    const first = Math.floor(next / clusterSlots);
    for (let i = 0; i < clusterCount; i++) {
      const cluster = (first + i) % clusterCount;
      if (this.#usedOf[cluster] === 0) return cluster * clusterSlots;
    }
    return next;
  }

  #grow(): void {
    const grown = new Int32Array(2 * this.#pageOf.length).fill(NONE);
    grown.set(this.#pageOf);
    this.#pageOf = grown;
    const usedOf = new Int32Array(Math.ceil(grown.length / this.#clusterSlots));
    usedOf.set(this.#usedOf);
    this.#usedOf = usedOf;
  }
}
