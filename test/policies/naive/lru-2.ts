/** LRU-2 as figure 2.1 of the paper has it, K = 2, searching all pages. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface History {
  /** The last uncorrelated uses, the latest first; 0: none. Times begin at 1. */
  hist: [number, number];
  last: number;
}

const policy = definePolicy({
  id: 'naive-lru-2',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { crp: 0, rip: 2 },
  create({ frames }, options) {
    const crp = Math.floor(frames.frameCount * options.crp);
    const rip = Math.floor(frames.frameCount * options.rip);
    const histories = new Map<number, History>();
    let isVictim = false;

    return {
      onLoad(frame, tick) {
        const page = frames.pageOf[frame];
        const t = tick + 1;
        const known = histories.get(page);
        const isKnown = known !== undefined && t - known.last <= rip;
        histories.set(page, { hist: [t, isKnown ? known.hist[0] : 0], last: t });
      },
      onReference(frame, tick) {
        const history = histories.get(frames.pageOf[frame]) as History;
        const t = tick + 1;
        const [h1] = history.hist;
        if (t - history.last > crp) {
          const correlatedPeriod = history.last - h1;
          history.hist = [t, h1 + correlatedPeriod];
        }
        history.last = t;
      },
      chooseVictim(_wanted, tick) {
        isVictim = true;
        const t = tick + 1;
        const residents = [...frames.pageOf].map((page, frame) => ({
          frame,
          ...(histories.get(page) as History),
        }));
        const byLast = residents.sort((a, b) => a.last - b.last);
        const eligible = byLast.filter(({ last }) => t - last > crp);
        if (eligible.length === 0) return byLast[0].frame;
        return eligible.reduce((a, b) => (b.hist[1] < a.hist[1] ? b : a)).frame;
      },
      onFree(frame) {
        if (!isVictim) histories.delete(frames.pageOf[frame]);
        isVictim = false;
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { crp: fc.constantFrom(0, 0.5, 1, 3), rip: fc.constantFrom(0, 1, 2, 100) },
};
