/** EELRU on one array, positions found by searching it. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-eelru',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { early: 7, late: 7, reach: 3 },
  create({ frames }, { early, late, reach }) {
    const F = frames.frameCount;
    const earlyPoints: number[] = [];
    for (let i = 1; i <= early; i++) earlyPoints.push(Math.floor((F * i) / (early + 1)));
    const latePoints: number[] = [];
    const far = Math.floor(F * reach);
    for (let i = 1; i <= late; i++) latePoints.push(F + Math.floor(((far - F) * i) / late));
    const es = [...new Set(earlyPoints)].filter((e) => e >= 1);
    const ls = [...new Set(latePoints)].filter((l) => l > F);
    const points = [...es, F, ...ls];
    const last = points[points.length - 1];

    /** Pages, most recent first. */
    let stack: number[] = [];
    const frameOf = new Map<number, number>();
    /** Uses between the point before and this one. */
    let uses = points.map(() => 0).concat(0);
    let events = 0;
    let victim = -1;

    const touch = (page: number): void => {
      const position = stack.indexOf(page) + 1;
      if (position > points[0]) {
        const bin = points.findIndex((point) => position <= point);
        uses[bin < 0 ? points.length : bin]++;
        if (++events === F) {
          events = 0;
          uses = uses.map((count) => Math.floor(count / 2));
        }
      }
      stack = [page, ...stack.filter((other) => other !== page)];
      stack = stack.filter((other, index) => index < last || frameOf.has(other));
    };
    const usesBetween = (from: number, to: number): number => {
      let sum = 0;
      points.forEach((point, bin) => {
        if (point > from && point <= to) sum += uses[bin];
      });
      return sum;
    };

    return {
      onLoad(frame) {
        frameOf.set(frames.pageOf[frame], frame);
        touch(frames.pageOf[frame]);
      },
      onReference: (frame) => touch(frames.pageOf[frame]),
      chooseVictim() {
        let best = { gain: 0, e: -1, l: -1 };
        for (const e of es) {
          for (const l of ls) {
            const gain = (usesBetween(e, l) * (F - e)) / (l - e) - usesBetween(e, F);
            if (gain > best.gain) best = { gain, e, l };
          }
        }
        const residents = stack.filter((page) => frameOf.has(page));
        const oldest = residents[residents.length - 1];
        let page = oldest;
        if (best.gain > 0 && stack.indexOf(oldest) + 1 <= best.l) {
          page = residents.find((other) => stack.indexOf(other) + 1 >= best.e)!;
        }
        victim = frameOf.get(page)!;
        return victim;
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        frameOf.delete(page);
        if (frame !== victim) stack = stack.filter((other) => other !== page);
        else stack = stack.filter((other, index) => index < last || frameOf.has(other));
        victim = -1;
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: {
    early: fc.integer({ min: 1, max: 9 }),
    late: fc.integer({ min: 1, max: 9 }),
    reach: fc.constantFrom(1, 1.2, 1.5, 2, 3),
  },
};
