/** WSClock with a ring that is turned, and clocks counted from the start at each fault. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import { stressedProcesses } from '../stressStrings.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Resident {
  owner: number;
  lastUse: number;
  used: boolean;
}

const policy = definePolicy({
  id: 'naive-wsclock',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  usesPager: true,
  defaults: { tau: -1, writes: 8 },
  create({ frames, pager, sequenceAt }, options) {
    const tau = options.tau === -1 ? 4 * frames.frameCount : options.tau;
    const ring = Array.from({ length: frames.frameCount }, (_, frame) => frame);
    const pages = new Map<number, Resident>();
    let toWrite: number[] = [];
    /** Nobody's time comes sooner. */
    let quietUntil = 0;

    const timeOf = (owner: number, tick: number): number => {
      let count = 0;
      for (let t = 0; t <= tick; t++) if (sequenceAt(t) === owner) count++;
      return count;
    };
    const turn = (): void => {
      ring.push(ring.shift()!);
    };
    const turnTo = (frame: number): number => {
      while (ring[0] !== frame) turn();
      return frame;
    };

    return {
      onLoad(frame, tick) {
        const owner = sequenceAt(tick);
        pages.set(frame, { owner, lastUse: timeOf(owner, tick), used: true });
        for (const other of toWrite) pager.clean(other);
        toWrite = [];
      },
      onReference(frame) {
        pages.get(frame)!.used = true;
      },
      chooseVictim(_wanted, tick) {
        const isClean = (frame: number): boolean => frames.dirty[frame] === 0;
        const lap = [...ring];
        if (tick < quietUntil) return turnTo(lap.find(isClean) ?? lap[0]);
        for (const frame of lap) {
          const page = pages.get(frame)!;
          const now = timeOf(page.owner, tick);
          if (page.used) {
            page.used = false;
            page.lastUse = now;
          } else if (now - page.lastUse > tau) {
            if (isClean(frame)) return turnTo(frame);
            if (toWrite.length < options.writes) toWrite.push(frame);
          }
        }
        const ages = [...pages.values()].map(({ owner, lastUse }) => timeOf(owner, tick) - lastUse);
        if (Math.max(...ages) <= tau) quietUntil = tick + tau - Math.max(...ages) + 1;
        // Writes take no time, so the first is at its end.
        return turnTo(toWrite[0] ?? lap.find(isClean) ?? lap[0]);
      },
      onFree(frame) {
        if (ring[0] === frame) turn();
        pages.delete(frame);
        toWrite = toWrite.filter((other) => other !== frame);
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { tau: fc.integer({ min: -1, max: 40 }), writes: fc.integer({ min: 0, max: 5 }) },
  strings: stressedProcesses,
};
