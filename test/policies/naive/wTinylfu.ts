/** W-TinyLFU on three arrays of pages, newest first, and a sketch of four Maps. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

/** Multiplicative hashing, modulo 2³² and by the upper bits. */
const MULTIPLIERS = [2654435761n, 2242054355n, 320440879n, 2752067619n];

const policy = definePolicy({
  id: 'naive-w-tinylfu',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { window: 0.01, protected: 0.8, sample: 10 },
  create({ frames }, options) {
    const c = frames.frameCount;
    const windowSize = Math.max(1, Math.floor(c * options.window));
    const protectedSize = Math.floor((c - windowSize) * options.protected);
    let window: number[] = [];
    let probation: number[] = [];
    let guarded: number[] = [];

    let width = 4;
    while (width < 4 * c) width *= 2;
    const rows = MULTIPLIERS.map(() => new Map<number, number>());
    let additions = 0;
    const placesOf = (page: number): number[] =>
      MULTIPLIERS.map((multiplier) => {
        const product = (BigInt(page + 1) * multiplier) % 2n ** 32n;
        return Number((product * BigInt(width)) / 2n ** 32n);
      });
    const frequency = (page: number): number =>
      Math.min(...placesOf(page).map((place, row) => rows[row].get(place) ?? 0));
    const count = (page: number): void => {
      placesOf(page).forEach((place, row) => {
        rows[row].set(place, Math.min(15, (rows[row].get(place) ?? 0) + 1));
      });
      if (++additions < Math.floor(c * options.sample)) return;
      additions = Math.floor(additions / 2);
      for (const row of rows) {
        for (const [place, value] of row) row.set(place, Math.floor(value / 2));
      }
    };

    const without = (list: number[], page: number) => list.filter((other) => other !== page);

    return {
      onLoad(frame) {
        const page = frames.pageOf[frame];
        count(page);
        window.unshift(page);
        if (window.length > windowSize) probation.unshift(window.pop() as number);
      },
      onReference(frame) {
        const page = frames.pageOf[frame];
        count(page);
        if (window.includes(page)) {
          window = [page, ...without(window, page)];
          return;
        }
        probation = without(probation, page);
        guarded = [page, ...without(guarded, page)];
        if (guarded.length > protectedSize) probation.unshift(guarded.pop() as number);
      },
      chooseVictim() {
        const main = probation.length > 0 ? probation : guarded;
        const last = main[main.length - 1];
        const candidate = window[window.length - 1];
        let victim = candidate;
        if (main.length > 0) {
          const isAdmitted = window.length < windowSize || frequency(candidate) > frequency(last);
          victim = isAdmitted ? last : candidate;
        }
        return frames.pageOf.indexOf(victim);
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        window = without(window, page);
        probation = without(probation, page);
        guarded = without(guarded, page);
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: {
    window: fc.constantFrom(0.01, 0.3, 0.7, 1),
    protected: fc.constantFrom(0, 0.5, 0.8, 1),
    sample: fc.constantFrom(1, 3, 10),
  },
};
