/** CACHEUS with objects in arrays, step by step as its authors' program takes them. */
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Entry {
  readonly page: number;
  freq: number;
  time: number;
  isNew: boolean;
  isDemoted: boolean;
}

const round3 = (x: number): number => Math.round(x * 1000) / 1000;

const policy = definePolicy({
  id: 'naive-cacheus',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  interval: (frameCount) => frameCount,
  defaults: {},
  create({ frames, random }) {
    const N = frames.frameCount;
    // Oldest first.
    let s: Entry[] = [];
    let q: Entry[] = [];
    const histories: [Entry[], Entry[]] = [[], []];
    let qLimit = Math.max(1, Math.round(0.01 * N));
    let sLimit = N - qLimit;
    let weights = [0.5, 0.5];
    let returned: Entry | undefined;
    let blamed: number | undefined;
    let wasFull = false;

    let hits = 0;
    let rate = Math.sqrt((2 * Math.log(2)) / N);
    const reset = Math.min(Math.max(rate, 0.001), 1);
    let [current, previous, lastHitRate, zeros, negatives] = [rate, 0, 0, 0, 0];

    const demotedCount = (): number => [...s, ...q].filter((entry) => entry.isDemoted).length;
    const newGhostCount = (): number => histories[0].filter((entry) => entry.isNew).length;
    const demote = (): void => {
      const entry = s.shift();
      if (entry === undefined) return;
      entry.isDemoted = true;
      q.push(entry);
    };
    const limitStack = (): void => {
      while (s.length > 0 && s.length >= sLimit) demote();
    };
    const learn = (page: number): void => {
      for (const expert of [0, 1]) {
        const entry = histories[expert].find((other) => other.page === page);
        if (entry === undefined) continue;
        returned = entry;
        histories[expert] = histories[expert].filter((other) => other !== entry);
        if (expert === 0 && entry.isNew) {
          const step = Math.max(1, Math.round(demotedCount() / Math.max(1, newGhostCount())));
          qLimit = Math.min(N - 1, qLimit + step);
          sLimit = N - qLimit;
        }
        weights[expert] *= Math.exp(-rate);
        const sum = weights[0] + weights[1];
        weights = weights.map((weight) => Math.max(0.01, Math.min(0.99, weight / sum)));
      }
    };
    const updateRate = (): void => {
      const hitRate = round3(hits / N);
      const difference = round3(hitRate - lastHitRate);
      const delta = round3(current) - round3(previous);
      const product = Math.sign(delta * difference);
      if (product > 0) rate = Math.min(rate + Math.abs(rate * delta), 1);
      if (product < 0) rate = Math.max(rate - Math.abs(rate * delta), 0.001);
      if (product !== 0) [zeros, negatives] = [0, 0];
      else if (difference <= 0) {
        if (hitRate <= 0 && difference === 0) zeros++;
        if (difference < 0) {
          negatives++;
          zeros++;
        }
        if (zeros >= 10) {
          rate = reset;
          zeros = 0;
        } else if (difference < 0 && negatives >= 10) {
          rate = reset;
          negatives = 0;
        } else if (difference < 0) {
          if (rate >= 1) rate = 0.9;
          else if (rate <= 0.001) rate = 0.005;
          else if (random.below(2) === 1) rate = Math.min(rate * 1.25, 1);
          else rate = Math.max(rate * 0.75, 0.001);
        }
      }
      [previous, current, lastHitRate, hits] = [current, rate, hitRate, 0];
    };

    return {
      onLoad(frame, tick) {
        const page = frames.pageOf[frame];
        if (!wasFull) learn(page);
        const entry = { page, freq: 1, time: tick, isNew: false, isDemoted: false };
        if (returned !== undefined) {
          s.push({ ...entry, freq: returned.freq });
          limitStack();
        } else if (!wasFull && q.length === 0 && s.length < sLimit) {
          s.push(entry);
        } else if (!wasFull && q.length < qLimit) {
          q.push(entry);
        } else {
          q.push({ ...entry, isNew: true });
          limitStack();
        }
        returned = undefined;
        blamed = undefined;
        wasFull = false;
      },
      onReference(frame, tick) {
        hits++;
        const entry = [...s, ...q].find(({ page }) => page === frames.pageOf[frame])!;
        entry.freq++;
        entry.time = tick;
        if (s.includes(entry)) {
          s = [...s.filter((other) => other !== entry), entry];
          return;
        }
        if (entry.isDemoted) {
          const step = Math.max(1, Math.round(newGhostCount() / Math.max(1, demotedCount())));
          sLimit = Math.min(N - 1, sLimit + step);
          qLimit = N - sLimit;
          entry.isDemoted = false;
        }
        q = q.filter((other) => other !== entry);
        if (s.length >= sLimit) demote();
        s.push(entry);
      },
      chooseVictim(wanted) {
        wasFull = true;
        learn(wanted);
        const expert = random.unit() < weights[0] ? 0 : 1;
        const lru = q[0] ?? s[0];
        const lfu = [...s, ...q].sort((a, b) => a.freq - b.freq || b.time - a.time)[0];
        if (lru !== lfu) blamed = expert;
        return frames.pageOf.indexOf([lru, lfu][expert].page);
      },
      onFree(frame) {
        const entry = [...s, ...q].find(({ page }) => page === frames.pageOf[frame])!;
        s = s.filter((other) => other !== entry);
        q = q.filter((other) => other !== entry);
        if (blamed === undefined) return;
        histories[blamed].push(entry);
        if (histories[blamed].length > Math.floor(N / 2)) histories[blamed].shift();
      },
      onInterval(tick) {
        if (tick > 0) updateRate();
        hits = 0;
      },
    };
  },
});

export const naive: NaiveVersion = { policy };
