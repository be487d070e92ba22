/** VMIN by looking for the next use in the string itself. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-vmin',
  title: 'for tests',
  source: 'for tests',
  observes: 'future',
  usesPager: true,
  defaults: { tau: -1 },
  create({ frames, pager, nextUse }, options) {
    const tau = options.tau === -1 ? 64 * frames.frameCount : options.tau;
    const string = [...nextUse!.pages];
    const usedIn = (page: number, tick: number): number => {
      const at = string.indexOf(page, tick + 1);
      return at < 0 ? Number.POSITIVE_INFINITY : at - tick;
    };
    let lastFrame: number | undefined;
    let lastTick = 0;
    /** Frames in the order in which their pages were last used, for those never used again. */
    let order: number[] = [];

    const use = (frame: number, tick: number): void => {
      order = [...order.filter((other) => other !== frame), frame];
      if (lastFrame !== undefined && lastFrame !== frame) {
        if (usedIn(frames.pageOf[lastFrame], lastTick) > tau) pager.evict(lastFrame, tick);
      }
      lastFrame = frame;
      lastTick = tick;
    };

    return {
      onLoad: use,
      onReference: use,
      chooseVictim(_wanted, tick) {
        if (lastFrame !== undefined && usedIn(frames.pageOf[lastFrame], lastTick) > tau) {
          return lastFrame;
        }
        // As MIN: what costs nothing to lose, then what is dirty and never used, then the farthest.
        const isFree = (frame: number): boolean =>
          frames.blank[frame] === 1 ||
          (usedIn(frames.pageOf[frame], tick) === Number.POSITIVE_INFINITY &&
            frames.dirty[frame] === 0);
        const far = (frame: number): number => usedIn(frames.pageOf[frame], tick);
        const found = order.find(isFree);
        if (found !== undefined) return found;
        return order.reduce((a, b) => (far(b) > far(a) ? b : a));
      },
      onFree(frame) {
        order = order.filter((other) => other !== frame);
        if (frame === lastFrame) lastFrame = undefined;
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { tau: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 30 })) },
};
