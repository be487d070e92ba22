/** CAR as figure 2 of the paper has it, on four arrays of pages, head first. */
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-car',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: {},
  create({ frames }) {
    const c = frames.frameCount;
    let t1: number[] = [];
    let t2: number[] = [];
    /** The least recent ghost first. */
    let b1: number[] = [];
    let b2: number[] = [];
    let p = 0;
    const used = new Set<number>();
    let victim = -1;

    const without = (list: number[], page: number) => list.filter((other) => other !== page);

    return {
      onLoad(frame) {
        const page = frames.pageOf[frame];
        used.delete(page);
        victim = -1;
        if (b1.includes(page)) {
          p = Math.min(p + Math.max(1, b2.length / b1.length), c);
          b1 = without(b1, page);
          t2.push(page);
        } else if (b2.includes(page)) {
          p = Math.max(p - Math.max(1, b1.length / b2.length), 0);
          b2 = without(b2, page);
          t2.push(page);
        } else {
          if (t1.length + b1.length === c) b1.shift();
          else if (t1.length + t2.length + b1.length + b2.length === 2 * c) b2.shift();
          t1.push(page);
        }
      },
      onReference(frame) {
        used.add(frames.pageOf[frame]);
      },
      chooseVictim() {
        while (victim < 0) {
          const list = t1.length >= Math.max(1, p) ? t1 : t2;
          if (used.has(list[0])) {
            const head = list.shift() as number;
            used.delete(head);
            t2.push(head);
          } else victim = list[0];
        }
        return frames.pageOf.indexOf(victim);
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        if (page === victim && t1.includes(page)) b1.push(page);
        if (page === victim && t2.includes(page)) b2.push(page);
        t1 = without(t1, page);
        t2 = without(t2, page);
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = { policy };
