/** ARC as figure 4 of the paper has it, on four arrays of pages, newest first. */
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-arc',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: {},
  create({ frames }) {
    const c = frames.frameCount;
    let t1: number[] = [];
    let t2: number[] = [];
    let b1: number[] = [];
    let b2: number[] = [];
    let p = 0;
    /** The page chosen, from then until the load it makes room for; or −1. */
    let evicted = -1;

    const without = (list: number[], page: number) => list.filter((other) => other !== page);
    const adapt = (page: number): void => {
      if (b1.includes(page)) p = Math.min(c, p + Math.max(b2.length / b1.length, 1));
      else if (b2.includes(page)) p = Math.max(0, p - Math.max(b1.length / b2.length, 1));
    };
    const replace = (page: number): number => {
      if (t1.length >= 1 && ((b2.includes(page) && t1.length === p) || t1.length > p)) {
        return t1[t1.length - 1];
      }
      return t2.length > 0 ? t2[t2.length - 1] : t1[t1.length - 1];
    };

    return {
      onLoad(frame) {
        const page = frames.pageOf[frame];
        const isEvicting = evicted >= 0;
        evicted = -1;
        if (!isEvicting) adapt(page);
        if (b1.includes(page) || b2.includes(page)) {
          b1 = without(b1, page);
          b2 = without(b2, page);
          t2 = [page, ...t2];
          return;
        }
        // Case IV for those who find a free frame; for the others it is done already.
        if (!isEvicting) {
          if (t1.length + b1.length === c) b1.pop();
          else if (t1.length + t2.length + b1.length + b2.length === 2 * c) b2.pop();
        }
        t1 = [page, ...t1];
      },
      onReference(frame) {
        const page = frames.pageOf[frame];
        t1 = without(t1, page);
        t2 = [page, ...without(t2, page)];
      },
      chooseVictim(wanted) {
        adapt(wanted);
        let victim: number;
        if (b1.includes(wanted) || b2.includes(wanted)) victim = replace(wanted);
        else {
          const isFull = t1.length + t2.length + b1.length + b2.length === 2 * c;
          if (t1.length === c) victim = t1[t1.length - 1];
          else {
            if (t1.length + b1.length === c) b1.pop();
            else if (isFull) b2.pop();
            victim = replace(wanted);
          }
          // Where T1 alone fills memory its page is forgotten: it does not get into B1.
          if (t1.length === c) t1.pop();
        }
        evicted = victim;
        return frames.pageOf.indexOf(victim);
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        if (page === evicted) {
          if (t1.includes(page)) b1 = [page, ...b1];
          if (t2.includes(page)) b2 = [page, ...b2];
        }
        t1 = without(t1, page);
        t2 = without(t2, page);
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = { policy };
