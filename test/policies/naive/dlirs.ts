/** DLIRS on two arrays of blocks, the stack top first and the queue newest first. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Block {
  readonly page: number;
  isLir: boolean;
  isResident: boolean;
  isDemoted: boolean;
}

const policy = definePolicy({
  id: 'naive-dlirs',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { hir: 0.01 },
  create({ frames }, { hir }) {
    const c = frames.frameCount;
    const bounded = (limit: number): number => (c === 1 ? 0 : Math.min(Math.max(limit, 1), c - 1));
    let lirLimit = bounded(c - Math.max(1, Math.round(c * hir)));
    let stack: Block[] = [];
    let queue: Block[] = [];
    /** The page wanted, from the choice of a victim to its load, and whether it was a ghost. */
    let wantedPage = -1;
    let wasGhost = false;

    const without = (list: Block[], page: number) => list.filter((block) => block.page !== page);
    const find = (list: Block[], page: number) => list.find((block) => block.page === page);
    const lirs = () => stack.filter(({ isLir }) => isLir);
    const ghosts = () => stack.filter(({ isResident }) => !isResident);
    const demoted = () => queue.filter(({ isDemoted }) => isDemoted);
    const atLeastOne = (ratio: number): number => Math.max(1, Math.round(ratio));
    const prune = (): void => {
      while (stack.length > 0 && !stack[stack.length - 1].isLir) stack.pop();
    };
    const shrinkLirTo = (count: number): void => {
      while (lirs().length > Math.max(count, 0)) {
        const bottom = stack.pop() as Block;
        bottom.isLir = false;
        bottom.isDemoted = true;
        queue.unshift(bottom);
        prune();
      }
    };
    const limitStack = (): void => {
      while (queue.length + lirs().length + ghosts().length > 2 * c) {
        const lowest = stack.findLast(({ isLir }) => !isLir) as Block;
        stack = without(stack, lowest.page);
      }
    };
    const prepare = (page: number): void => {
      wantedPage = page;
      wasGhost = find(stack, page) !== undefined;
      if (!wasGhost) return;
      lirLimit = bounded(lirLimit - atLeastOne(demoted().length / ghosts().length));
      stack = without(stack, page);
    };
    const promote = (page: number): void => {
      shrinkLirTo(lirLimit - 1);
      stack.unshift({ page, isLir: true, isResident: true, isDemoted: false });
      prune();
    };

    return {
      onLoad(frame) {
        const page = frames.pageOf[frame];
        if (wantedPage !== page) prepare(page);
        wantedPage = -1;
        if (wasGhost || (lirs().length < lirLimit && queue.length === 0)) {
          promote(page);
          return;
        }
        const block = { page, isLir: false, isResident: true, isDemoted: false };
        stack.unshift(block);
        queue.unshift(block);
        prune();
        limitStack();
      },
      onReference(frame) {
        const page = frames.pageOf[frame];
        const inStack = find(stack, page);
        const inQueue = find(queue, page);
        stack = without(stack, page);
        if (inQueue === undefined) {
          stack.unshift(inStack as Block);
          prune();
        } else if (inStack !== undefined) {
          queue = without(queue, page);
          promote(page);
        } else {
          if (inQueue.isDemoted) {
            lirLimit = bounded(lirLimit + atLeastOne(ghosts().length / demoted().length));
          }
          inQueue.isDemoted = false;
          queue = [inQueue, ...without(queue, page)];
          stack.unshift(inQueue);
          prune();
          limitStack();
        }
      },
      chooseVictim(wanted) {
        prepare(wanted);
        shrinkLirTo(wasGhost ? lirLimit - 1 : lirLimit);
        if (queue.length === 0) shrinkLirTo(lirs().length - 1);
        return frames.pageOf.indexOf(queue[queue.length - 1].page);
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        const left = find(queue, page);
        queue = without(queue, page);
        if (left === undefined || wantedPage < 0) stack = without(stack, page);
        else left.isResident = false;
        prune();
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { hir: fc.constantFrom(0.01, 0.3, 0.6, 1) },
};
