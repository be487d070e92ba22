/** The pseudo-code as it stands, its list of writes carried out when the victim has left. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-wsclock-seed004',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  usesPager: true,
  defaults: { tau: -1 },
  create({ frames, pager }, options) {
    const tau = options.tau === -1 ? 4 * frames.frameCount : options.tau;
    const lastUse = new Map<number, number>();
    let clockOrder = Array.from({ length: frames.frameCount }, (_, frame) => frame);
    let writeBacks: number[] = [];

    const startAt = (frame: number): number => {
      const at = clockOrder.indexOf(frame);
      clockOrder = [...clockOrder.slice(at), ...clockOrder.slice(0, at)];
      return frame;
    };

    return {
      onLoad(frame, tick) {
        lastUse.set(frame, tick);
        for (const other of writeBacks) pager.clean(other);
        writeBacks = [];
      },
      onReference(frame, tick) {
        lastUse.set(frame, tick);
      },
      chooseVictim(_wanted, tick) {
        for (const frame of clockOrder) {
          const age = tick - lastUse.get(frame)!;
          if (age > tau && frames.dirty[frame] === 0) return startAt(frame);
          if (age > tau) writeBacks.push(frame);
        }
        return startAt(writeBacks[0] ?? clockOrder[0]);
      },
      onFree(frame) {
        if (clockOrder[0] === frame) clockOrder.push(clockOrder.shift()!);
        writeBacks = writeBacks.filter((other) => other !== frame);
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = { policy, options: { tau: fc.integer({ min: -1, max: 40 }) } };
