/** The working set as it is defined: at each reference the last τ of the process are looked at. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import { stressedProcesses } from '../stressStrings.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Use {
  readonly frame: number;
  readonly owner: number;
}

const policy = definePolicy({
  id: 'naive-working-set',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  usesPager: true,
  defaults: { tau: -1 },
  create({ frames, pager, sequenceAt }, options) {
    const tau = options.tau === -1 ? 64 * frames.frameCount : options.tau;
    /** Every use so far, the latest last; of frames whose page has left, none. */
    let uses: (Use | undefined)[] = [];
    const owners: number[] = [];

    const use = (frame: number, tick: number): void => {
      uses[tick] = { frame, owner: sequenceAt(tick) };
      owners[tick] = sequenceAt(tick);
      // The process's last τ references, as ticks.
      const window = owners
        .map((owner, at) => ({ owner, at }))
        .filter(({ owner }) => owner === sequenceAt(tick))
        .slice(-tau)
        .map(({ at }) => at);
      const resident = new Set(uses.flatMap((one) => (one === undefined ? [] : [one.frame])));
      // The least recently used first.
      const latest = [...resident]
        .map((one) => uses.findLastIndex((other) => other?.frame === one))
        .sort((a, b) => a - b);
      for (const at of latest) {
        if (owners[at] === sequenceAt(tick) && !window.includes(at)) {
          pager.evict(uses[at]!.frame, tick);
        }
      }
    };

    return {
      onLoad: use,
      onReference: use,
      chooseVictim() {
        const last = (frame: number): number =>
          uses.findLastIndex((other) => other?.frame === frame);
        const all = Array.from({ length: frames.frameCount }, (_, frame) => frame);
        return all.reduce((a, b) => (last(b) < last(a) ? b : a));
      },
      onFree(frame) {
        uses = uses.map((one) => (one?.frame === frame ? undefined : one));
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { tau: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 30 })) },
  strings: stressedProcesses,
};
