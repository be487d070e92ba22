/*
 * Learning relaxed Belady once more: every use is remembered, what waits is a list that is searched,
 * and the line is fitted sample by sample. The logarithm is that of the policy, for sums must agree
 * to the last bit.
 */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import { log2 } from '../../../src/support/log2.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Sample {
  readonly page: number;
  readonly tick: number;
  readonly x: readonly number[];
}

const dot = (w: readonly number[], x: readonly number[]): number =>
  w.reduce((sum, weight, i) => sum + weight * x[i], 0);

const policy = definePolicy({
  id: 'naive-lrb',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { samples: 32, window: 4, rate: 0.05 },
  create({ frames: { frameCount, pageOf }, random }, { samples, window, rate }) {
    const horizon = window * frameCount;
    /** The ticks at which the page of each frame was used, its load first. */
    const uses = new Map<number, number[]>();
    let waiting: Sample[] = [];
    let weights = [0, 0, 0, 0, 0];

    const inMemories = (ticks: number): number => log2(1 + ticks) - log2(frameCount);
    const describe = (frame: number, tick: number): number[] => {
      const ticks = uses.get(frame)!;
      const gapOf = (back: number): number => {
        const gap = ticks[ticks.length - back] - ticks[ticks.length - back - 1];
        return ticks.length > back ? gap : 2 * horizon;
      };
      const recency = tick - ticks[ticks.length - 1];
      const times = [recency, gapOf(1), gapOf(2)].map(inMemories);
      return [1, ...times, log2(1 + ticks.length)];
    };
    const learn = ({ x, tick: since }: Sample, tick: number): void => {
      const waited = tick - since >= horizon ? 2 * horizon : tick - since;
      const error = inMemories(waited) - dot(weights, x);
      const step = (rate * error) / x.reduce((sum, value) => sum + value * value, 1);
      weights = weights.map((weight, i) => weight + step * x[i]);
    };
    const pass = (page: number, tick: number): void => {
      for (const sample of waiting) if (sample.page === page) learn(sample, tick);
      waiting = waiting.filter((sample) => sample.page !== page);
      for (const sample of waiting) if (tick - sample.tick >= horizon) learn(sample, tick);
      waiting = waiting.filter((sample) => tick - sample.tick < horizon);
      if (tick % Math.max(1, Math.floor(frameCount / 16)) !== 0) return;
      const frame = random.below(frameCount);
      const drawn = pageOf[frame];
      if (drawn < 0 || waiting.some((sample) => sample.page === drawn)) return;
      waiting.push({ page: drawn, tick, x: describe(frame, tick) });
    };
    return {
      onLoad(frame, tick) {
        uses.set(frame, [tick]);
        pass(pageOf[frame], tick);
      },
      onReference(frame, tick) {
        uses.get(frame)!.push(tick);
        pass(pageOf[frame], tick);
      },
      chooseVictim(_wanted, tick) {
        const sample =
          frameCount <= samples
            ? Array.from({ length: frameCount }, (_, frame) => frame)
            : Array.from({ length: samples }, () => random.below(frameCount));
        const distances = sample.map((frame) => dot(weights, describe(frame, tick)));
        return sample[distances.indexOf(Math.max(...distances))];
      },
      onFree: (frame) => uses.delete(frame),
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: {
    samples: fc.constantFrom(1, 3, 32),
    window: fc.integer({ min: 1, max: 4 }),
    rate: fc.constantFrom(0.05, 0.5, 1),
  },
};
