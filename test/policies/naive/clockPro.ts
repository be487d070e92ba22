/** CLOCK-Pro on the paper's one list of pages, head first; each hand is looked for as it moves. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Entry {
  readonly page: number;
  isHot: boolean;
  isInTest: boolean;
  isResident: boolean;
  isUsed: boolean;
}

const policy = definePolicy({
  id: 'naive-clock-pro',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { cold: 0.01, adapt: 1 },
  create({ frames }, { cold, adapt }) {
    const m = frames.frameCount;
    const bounded = (count: number): number => (m === 1 ? 1 : Math.min(Math.max(count, 1), m - 1));
    let mc = bounded(Math.floor(m * cold));
    let list: Entry[] = [];
    let isVictim = false;

    const hotCount = (): number => list.filter(({ isHot }) => isHot).length;
    const find = (page: number) => list.find((entry) => entry.page === page);
    const moveToHead = (entry: Entry): void => {
      list = [entry, ...list.filter((other) => other !== entry)];
    };
    const count = (step: number): void => {
      if (adapt === 1) mc = bounded(mc + step);
    };
    const endTest = (entry: Entry): void => {
      entry.isInTest = false;
      if (!entry.isResident) list = list.filter((other) => other !== entry);
      if (!entry.isUsed) count(-1);
    };
    /** The hand is at the last hot page; the tests of all behind it are over. */
    const endTestsBehindHandHot = (): void => {
      const hand = list.findLastIndex(({ isHot }) => isHot);
      if (hand < 0) return;
      for (const entry of list.slice(hand).reverse()) if (entry.isInTest) endTest(entry);
    };
    const promote = (entry: Entry): void => {
      Object.assign(entry, { isHot: true, isInTest: false, isUsed: false });
      moveToHead(entry);
      count(1);
      if (hotCount() <= m - mc) return;
      for (;;) {
        endTestsBehindHandHot();
        if (hotCount() <= m - mc) return;
        const hot = list.findLast(({ isHot }) => isHot) as Entry;
        moveToHead(hot);
        if (hot.isUsed) hot.isUsed = false;
        else hot.isHot = false;
      }
    };

    return {
      onLoad(frame) {
        const page = frames.pageOf[frame];
        const ghost = find(page);
        if (ghost !== undefined) {
          ghost.isResident = true;
          promote(ghost);
        } else {
          const isHot = !isVictim && hotCount() < m - mc;
          const isInTest = !isHot;
          list = [{ page, isHot, isInTest, isResident: true, isUsed: false }, ...list];
        }
        isVictim = false;
      },
      onReference(frame) {
        (find(frames.pageOf[frame]) as Entry).isUsed = true;
      },
      chooseVictim() {
        isVictim = true;
        for (;;) {
          const hand = list.findLast((entry) => entry.isResident && !entry.isHot) as Entry;
          if (!hand.isUsed) return frames.pageOf.indexOf(hand.page);
          if (hand.isInTest) promote(hand);
          else {
            moveToHead(hand);
            hand.isInTest = true;
            hand.isUsed = false;
          }
        }
      },
      onFree(frame) {
        const left = find(frames.pageOf[frame]) as Entry;
        if (isVictim && left.isInTest) {
          left.isResident = false;
          left.isUsed = false;
        } else list = list.filter((entry) => entry !== left);
        while (list.filter((entry) => !entry.isResident).length > m) {
          endTest(list.findLast(({ isInTest }) => isInTest) as Entry);
        }
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { cold: fc.constantFrom(0.01, 0.3, 0.6, 1), adapt: fc.nat(1) },
};
