/** CFLRU on an array, the window searched at each eviction. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-cflru',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { window: 1 / 3 },
  create({ frames }, { window }) {
    /** Frames, least recent first. */
    let order: number[] = [];
    const use = (frame: number): void => {
      order = [...order.filter((other) => other !== frame), frame];
    };
    return {
      onLoad: use,
      onReference: use,
      chooseVictim() {
        const size = Math.floor(order.length * window);
        return order.slice(0, size).find((frame) => frames.dirty[frame] === 0) ?? order[0];
      },
      onFree(frame) {
        order = order.filter((other) => other !== frame);
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { window: fc.constantFrom(0, 0.2, 1 / 3, 0.5, 0.9, 1) },
};
