/** S3-FIFO on arrays of pages, newest first, with the counts beside them. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-s3-fifo',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { small: 0.1, ghosts: 0.9, uses: 2 },
  create({ frames }, options) {
    const smallSize = Math.floor(frames.frameCount * options.small);
    const ghostSize = Math.floor(frames.frameCount * options.ghosts);
    let small: number[] = [];
    let main: number[] = [];
    let ghosts: number[] = [];
    const freq = new Map<number, number>();
    let isVictim = false;
    let isGhost = false;

    const without = (list: number[], page: number) => list.filter((other) => other !== page);
    const evictFromMain = (): number => {
      for (;;) {
        const tail = main.pop() as number;
        const count = freq.get(tail) as number;
        if (count === 0) {
          main.push(tail);
          return tail;
        }
        freq.set(tail, count - 1);
        main.unshift(tail);
      }
    };
    const evictFromSmall = (): number => {
      while (small.length > 0) {
        const tail = small[small.length - 1];
        if ((freq.get(tail) as number) < options.uses) return tail;
        small.pop();
        freq.set(tail, 0);
        main.unshift(tail);
      }
      return evictFromMain();
    };

    return {
      onLoad(frame) {
        const page = frames.pageOf[frame];
        if (isGhost || ghosts.includes(page)) main.unshift(page);
        else small.unshift(page);
        ghosts = without(ghosts, page);
        isGhost = false;
        freq.set(page, 0);
      },
      onReference(frame) {
        const page = frames.pageOf[frame];
        freq.set(page, Math.min((freq.get(page) as number) + 1, 3));
      },
      chooseVictim(wanted) {
        isGhost = ghosts.includes(wanted);
        ghosts = without(ghosts, wanted);
        isVictim = true;
        // Memory is full, so this says that main has more than its share.
        const victim = small.length < smallSize ? evictFromMain() : evictFromSmall();
        return frames.pageOf.indexOf(victim);
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        if (isVictim && small.includes(page)) ghosts = [page, ...ghosts].slice(0, ghostSize);
        isVictim = false;
        small = without(small, page);
        main = without(main, page);
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: {
    small: fc.constantFrom(0.1, 0.3, 1),
    ghosts: fc.constantFrom(0, 0.9, 2),
    uses: fc.integer({ min: 1, max: 3 }),
  },
};
