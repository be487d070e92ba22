/** GCLOCK on a ring that is an array, turned until the hand's frame is its first element. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-gclock',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { load: 1, max: 3 },
  create({ frames }, { load, max }) {
    const ring = Array.from({ length: frames.frameCount }, (_, frame) => ({ frame, count: 0 }));
    const find = (frame: number) => ring.find((entry) => entry.frame === frame)!;
    return {
      onLoad(frame) {
        find(frame).count = load;
      },
      onReference(frame) {
        find(frame).count = Math.min(max, find(frame).count + 1);
      },
      chooseVictim() {
        while (ring[0].count > 0) {
          ring[0].count--;
          ring.push(ring.shift()!);
        }
        return ring[0].frame;
      },
      onFree(frame) {
        if (ring[0].frame === frame) ring.push(ring.shift()!);
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { load: fc.integer({ min: 0, max: 1 }), max: fc.integer({ min: 1, max: 6 }) },
};
