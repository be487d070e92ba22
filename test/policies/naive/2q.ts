/** 2Q, full version, on three arrays of pages, newest first. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-2q',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { kin: 0.25, kout: 0.5 },
  create({ frames }, { kin, kout }) {
    const kIn = Math.floor(frames.frameCount * kin);
    const kOut = Math.floor(frames.frameCount * kout);
    let a1in: number[] = [];
    let a1out: number[] = [];
    let am: number[] = [];
    let isVictim = false;
    let cameBack = -1;

    const without = (list: number[], page: number) => list.filter((other) => other !== page);

    return {
      onLoad(frame) {
        const page = frames.pageOf[frame];
        if (cameBack === page || a1out.includes(page)) am.unshift(page);
        else a1in.unshift(page);
        a1out = without(a1out, page);
        cameBack = -1;
      },
      onReference(frame) {
        const page = frames.pageOf[frame];
        if (am.includes(page)) am = [page, ...without(am, page)];
      },
      chooseVictim(wanted) {
        if (a1out.includes(wanted)) cameBack = wanted;
        a1out = without(a1out, wanted);
        isVictim = true;
        const list = a1in.length > kIn || am.length === 0 ? a1in : am;
        return frames.pageOf.indexOf(list[list.length - 1]);
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        if (isVictim && a1in.includes(page)) a1out = [page, ...a1out].slice(0, kOut);
        isVictim = false;
        a1in = without(a1in, page);
        am = without(am, page);
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { kin: fc.constantFrom(0, 0.25, 0.6, 1), kout: fc.constantFrom(0, 0.5, 1.5) },
};
