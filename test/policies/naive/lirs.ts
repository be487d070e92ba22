/** LIRS on two arrays of pages, the stack top first and the queue newest first. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import { stringOf } from '../../support/references.ts';
import { stressStrings } from '../stressStrings.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-lirs',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { hir: 0.01, ghosts: 2 },
  create({ frames }, { hir, ghosts }) {
    const queueSize = Math.max(2, Math.floor(frames.frameCount * hir));
    const lirSize = Math.max(0, frames.frameCount - queueSize);
    const ghostSize = Math.floor(frames.frameCount * ghosts);
    let stack: number[] = [];
    let queue: number[] = [];
    let lir = new Set<number>();
    let victim = -1;

    const without = (list: number[], page: number) => list.filter((other) => other !== page);
    const prune = (): void => {
      const bottom = stack.findLastIndex((page) => lir.has(page));
      stack = stack.slice(0, bottom + 1);
    };
    /** A page is used: `isKnown` says that it was in the stack. */
    const use = (page: number, isKnown: boolean): void => {
      stack = [page, ...without(stack, page)];
      const isPromoted = isKnown && !lir.has(page);
      if (isPromoted) {
        queue = without(queue, page);
        lir.add(page);
        prune();
        if (lir.size > lirSize) {
          const bottom = stack.pop() as number;
          lir.delete(bottom);
          queue = [bottom, ...queue];
        }
      } else if (!lir.has(page)) queue = [page, ...without(queue, page)];
      prune();
    };

    return {
      onLoad(frame) {
        victim = -1;
        const page = frames.pageOf[frame];
        const isNew = !stack.includes(page);
        if (isNew && lir.size < lirSize) {
          lir.add(page);
          stack = [page, ...stack];
        } else use(page, !isNew);
        const gone = stack.filter((other) => !lir.has(other) && !queue.includes(other));
        for (const page of gone.slice(ghostSize)) stack = without(stack, page);
      },
      onReference(frame) {
        const page = frames.pageOf[frame];
        use(page, stack.includes(page));
      },
      chooseVictim() {
        victim = queue[queue.length - 1];
        return frames.pageOf.indexOf(victim);
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        queue = without(queue, page);
        lir = new Set([...lir].filter((other) => other !== page));
        if (page !== victim) stack = without(stack, page);
        prune();
      },
      onInterval() {},
    };
  },
});

/** After many pages a few new ones at a time, mostly twice: ghosts that outlive later ones. */
const returning = fc
  .tuple(
    fc.integer({ min: 20, max: 70 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(7)), { maxLength: 60, size: 'max' }),
  )
  .map(([start, rounds]) => {
    const pages = Array.from({ length: start }, (_, page) => page);
    let next = start;
    for (const [count, returns] of rounds) {
      const some = Array.from({ length: count }, () => next++);
      pages.push(...some, ...(returns > 0 ? some : []));
    }
    return stringOf(pages, new Array(pages.length).fill(0));
  });

export const naive: NaiveVersion = {
  policy,
  options: {
    hir: fc.constantFrom(0.01, 0.3, 0.5, 1),
    ghosts: fc.constantFrom(0, 0.1, 0.5, 2, 100),
  },
  strings: fc.oneof(stressStrings, returning),
  frames: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 10, max: 50 })),
};
