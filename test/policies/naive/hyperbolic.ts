/** Hyperbolic caching, every use remembered. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-hyperbolic',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { samples: 64 },
  create({ frames: { frameCount }, random }, { samples }) {
    /** The ticks at which the page of each frame was used, its load first. */
    const uses = new Map<number, number[]>();
    return {
      onLoad: (frame, tick) => uses.set(frame, [tick]),
      onReference: (frame, tick) => uses.get(frame)!.push(tick),
      chooseVictim(_wanted, tick) {
        const all = Array.from({ length: frameCount }, (_, frame) => frame);
        const sample =
          frameCount <= samples
            ? all
            : Array.from({ length: samples }, () => random.below(frameCount));
        const worths = sample.map((frame) => {
          const ticks = uses.get(frame)!;
          return ticks.length / (tick - ticks[0]);
        });
        return sample[worths.indexOf(Math.min(...worths))];
      },
      onFree: (frame) => uses.delete(frame),
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { samples: fc.constantFrom(1, 3, 8, 64) },
};
