/** MQ as figure 5 of the paper has it, on arrays of blocks, head first. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Block {
  readonly page: number;
  reference: number;
  expireTime: number;
}

const policy = definePolicy({
  id: 'naive-mq',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { lifetime: 1, ghosts: 1 },
  create({ frames }, { lifetime, ghosts }) {
    const lifeTime = Math.floor(frames.frameCount * lifetime);
    const outSize = Math.floor(frames.frameCount * ghosts);
    let q: Block[][] = [[], [], [], [], [], [], [], []];
    let qOut: Block[] = [];
    let currentTime = 0;
    let victim = -1;

    const without = (list: Block[], page: number) => list.filter((block) => block.page !== page);
    const access = (block: Block): void => {
      block.reference++;
      q[Math.min(Math.floor(Math.log2(block.reference)), 7)].push(block);
      block.expireTime = currentTime + lifeTime;
      currentTime++;
      for (let k = 1; k < 8; k++) {
        const head = q[k][0];
        if (head !== undefined && head.expireTime < currentTime) {
          q[k].shift();
          q[k - 1].push(head);
          head.expireTime = currentTime + lifeTime;
        }
      }
    };

    return {
      onLoad(frame) {
        const page = frames.pageOf[frame];
        const ghost = qOut.find((block) => block.page === page);
        qOut = without(qOut, page);
        access(ghost ?? { page, reference: 0, expireTime: 0 });
      },
      onReference(frame) {
        const page = frames.pageOf[frame];
        const block = q.flat().find((block) => block.page === page) as Block;
        q = q.map((list) => without(list, page));
        access(block);
      },
      chooseVictim() {
        victim = q.flat()[0].page;
        return frames.pageOf.indexOf(victim);
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        if (page === victim) {
          if (outSize > 0 && qOut.length === outSize) qOut.shift();
          if (outSize > 0) qOut.push(q.flat().find((block) => block.page === page) as Block);
        }
        victim = -1;
        q = q.map((list) => without(list, page));
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { lifetime: fc.constantFrom(0, 0.5, 1, 3), ghosts: fc.constantFrom(0, 1, 4) },
};
