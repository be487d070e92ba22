/*
 * Exact regrets by dynamic programming over every state of a small memory: an oracle for what prices
 * say. Like bruteForce.ts it knows only what a reference does and what leaving costs.
 */

import type { FrameTable } from '../../src/engine/frameTable.ts';
import type { Prices } from '../../src/engine/machine.ts';
import { definePolicy, type PolicySpec } from '../../src/engine/policy.ts';
import { PageKind, type ReferenceString, type Tick } from '../../src/fingerprint/fingerprint.ts';

/** Least future costs of one string; at most 8 pages. */
export class ExactCosts {
  readonly #string: ReferenceString;
  readonly #frameCount: number;
  readonly #prices: Prices;
  /** By tick: the least cost from there on of each state, resident | dirty << 8. */
  readonly #known: Map<number, number>[];
  /** By tick: pages released just before it. */
  readonly #gone: Int32Array;
  /** By tick: pages with content on disk or in memory before it. */
  readonly #content: Int32Array;

  constructor(string: ReferenceString, frameCount: number, prices: Prices) {
    const { pages, writes, kinds, releases } = string;
    this.#string = string;
    this.#frameCount = frameCount;
    this.#prices = prices;
    this.#known = Array.from({ length: pages.length + 1 }, () => new Map());
    this.#gone = new Int32Array(pages.length + 1);
    releases?.ticks.forEach((tick, row) => {
      for (let i = releases.firstPage[row]; i < releases.firstPage[row + 1]; i++) {
        this.#gone[tick] |= 1 << releases.pages[i];
      }
    });
    this.#content = new Int32Array(pages.length + 1);
    kinds.forEach((kind, page) => {
      if (kind === PageKind.File) this.#content[0] |= 1 << page;
    });
    for (let tick = 0; tick < pages.length; tick++) {
      this.#content[tick + 1] = this.#content[tick] | (writes[tick] << pages[tick]);
    }
  }

  get least(): number {
    return this.#from(0, 0);
  }

  /** Cost of evicting `victim` for the reference at `tick`, and of the best that can follow. */
  costOfEvicting(victim: number, frames: FrameTable, tick: Tick): number {
    let state = 0;
    frames.pageOf.forEach((page, frame) => {
      state |= (1 << page) | (frames.dirty[frame] << (page + 8));
    });
    return this.#afterEviction(victim, state, tick);
  }

  #afterEviction(victim: number, state: number, tick: Tick): number {
    const bit = 1 << victim;
    const pageOut = ((state >>> 8) & bit) !== 0 ? this.#prices.pageOutCost : 0;
    return pageOut + this.#afterLoad(state & ~(bit | (bit << 8)), tick);
  }

  #afterLoad(state: number, tick: Tick): number {
    const bit = 1 << this.#string.pages[tick];
    const pageIn = (this.#content[tick] & bit) !== 0 ? this.#prices.pageInCost : 0;
    return pageIn + this.#afterUse(state | bit, tick);
  }

  #afterUse(state: number, tick: Tick): number {
    const dirt = this.#string.writes[tick] << (this.#string.pages[tick] + 8);
    return this.#from(tick + 1, state | dirt);
  }

  #from(tick: Tick, before: number): number {
    const gone = this.#gone[tick];
    const state = before & ~(gone | (gone << 8));
    if (tick === this.#string.pages.length) {
      return this.#prices.chargeFinal ? this.#prices.pageOutCost * countBits(state >>> 8) : 0;
    }
    const known = this.#known[tick].get(state);
    if (known !== undefined) return known;
    let least = Number.POSITIVE_INFINITY;
    if ((state & (1 << this.#string.pages[tick])) !== 0) least = this.#afterUse(state, tick);
    else if (countBits(state & 0xff) < this.#frameCount) least = this.#afterLoad(state, tick);
    else {
      for (let page = 0; page < 8; page++) {
        if ((state & (1 << page)) === 0) continue;
        least = Math.min(least, this.#afterEviction(page, state, tick));
      }
    }
    this.#known[tick].set(state, least);
    return least;
  }
}

/** Evicts as the exact costs say; of equals the lowest frame. */
export function exactPolicy(costs: ExactCosts): PolicySpec {
  return definePolicy({
    id: 'exact',
    title: '',
    source: '',
    observes: 'every-reference',
    defaults: {},
    create: ({ frames }) => ({
      onLoad: () => {},
      onReference: () => {},
      chooseVictim: (_, tick) => {
        const all = Array.from(frames.pageOf, (page) => costs.costOfEvicting(page, frames, tick));
        return all.indexOf(Math.min(...all));
      },
      onFree: () => {},
      onInterval: () => {},
    }),
  });
}

function countBits(word: number): number {
  let count = 0;
  for (; word !== 0; word &= word - 1) count++;
  return count;
}
