/** The four laps, each of them walked. Keeps its own accessed bits. */
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

const policy = definePolicy({
  id: 'naive-enhanced-second-chance',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: {},
  create({ frames }) {
    const used = new Set<number>();
    let ring = Array.from({ length: frames.frameCount }, (_, frame) => frame);
    const turnTo = (frame: number): void => {
      while (ring[0] !== frame) ring = [...ring.slice(1), ring[0]];
    };
    const lap = (dirty: number, clears: boolean): number | undefined => {
      for (const frame of ring) {
        if (!used.has(frame) && frames.dirty[frame] === dirty) return frame;
        if (clears) used.delete(frame);
      }
      return undefined;
    };
    return {
      onLoad: (frame) => used.add(frame),
      onReference: (frame) => used.add(frame),
      chooseVictim() {
        const victim = lap(0, false) ?? lap(1, true) ?? lap(0, false) ?? lap(1, true);
        turnTo(victim!);
        return victim!;
      },
      onFree(frame) {
        if (ring[0] === frame) ring = [...ring.slice(1), ring[0]];
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = { policy };
