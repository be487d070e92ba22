/** NFU, all counters searched at each eviction. Keeps its own accessed bits. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-nfu',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  interval: (frameCount, { interval }) => interval || 4 * frameCount,
  defaults: { interval: 0 },
  create() {
    /** In order of load. */
    let pages: { frame: number; counter: number; used: boolean }[] = [];
    return {
      onLoad(frame) {
        pages.push({ frame, counter: 0, used: true });
      },
      onReference(frame) {
        pages.find((page) => page.frame === frame)!.used = true;
      },
      chooseVictim() {
        const worths = pages.map(({ counter, used }) => counter + (used ? 1 : 0));
        return pages[worths.indexOf(Math.min(...worths))].frame;
      },
      onFree(frame) {
        pages = pages.filter((page) => page.frame !== frame);
      },
      onInterval() {
        for (const page of pages) {
          if (page.used) page.counter++;
          page.used = false;
        }
      },
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { interval: fc.integer({ min: 0, max: 60 }) },
};
