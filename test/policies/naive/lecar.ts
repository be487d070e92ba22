/** LeCaR with arrays that are searched, and Math.pow. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Entry {
  readonly page: number;
  uses: number;
  evictedAt: number;
}

const policy = definePolicy({
  id: 'naive-lecar',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { rate: 0.45, weight: 0.5 },
  create({ frames, random }, { rate, weight }) {
    const N = frames.frameCount;
    /** Least recent first. */
    let resident: Entry[] = [];
    let histories: [Entry[], Entry[]] = [[], []];
    let weights = [weight, 1 - weight];
    let returning: Entry | undefined;
    let blamed: number | undefined;

    const learn = (page: number, tick: number): void => {
      histories.forEach((history, expert) => {
        const entry = history.find((other) => other.page === page);
        if (entry === undefined) return;
        histories[expert] = history.filter((other) => other !== entry);
        returning = entry;
        weights[expert] *= Math.exp(-rate * 0.005 ** ((tick - entry.evictedAt) / N));
        const sum = weights[0] + weights[1];
        weights = weights.map((w) => Math.max(0.01, Math.min(0.99, w / sum)));
      });
    };
    return {
      onLoad(frame, tick) {
        const page = frames.pageOf[frame];
        learn(page, tick);
        const uses = (returning?.uses ?? 0) + 1;
        resident.push({ page, uses, evictedAt: -1 });
        returning = undefined;
        blamed = undefined;
      },
      onReference(frame) {
        const entry = resident.find(({ page }) => page === frames.pageOf[frame])!;
        entry.uses++;
        resident = [...resident.filter((other) => other !== entry), entry];
      },
      chooseVictim(wanted, tick) {
        learn(wanted, tick);
        const expert = random.unit() < weights[0] ? 0 : 1;
        const lfu = [...resident].sort((a, b) => a.uses - b.uses || a.page - b.page)[0];
        const victim = [resident[0], lfu][expert];
        if (resident[0] !== lfu) blamed = expert;
        return frames.pageOf.indexOf(victim.page);
      },
      onFree(frame, tick) {
        const entry = resident.find(({ page }) => page === frames.pageOf[frame])!;
        resident = resident.filter((other) => other !== entry);
        if (blamed === undefined) return;
        entry.evictedAt = tick;
        histories[blamed].push(entry);
        histories = histories.map((history) =>
          history.slice(Math.max(0, history.length - Math.floor(N / 2))),
        ) as [Entry[], Entry[]];
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: {
    rate: fc.constantFrom(0, 0.1, 0.45, 2),
    weight: fc.constantFrom(0, 0.3, 0.5, 1),
  },
};
