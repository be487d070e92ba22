/** PFF with a used bit a page that each fault of its process clears, as the paper has it. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import { stressedProcesses } from '../stressStrings.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Resident {
  readonly frame: number;
  readonly owner: number;
  used: boolean;
}

const policy = definePolicy({
  id: 'naive-pff',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  usesPager: true,
  defaults: { tau: -1 },
  create({ frames, pager, sequenceAt }, options) {
    const tau = options.tau === -1 ? 64 * frames.frameCount : options.tau;
    /** Used last, last. */
    let pages: Resident[] = [];
    /** The time of its last fault, a process each. */
    const lastFault = new Map<number, number>();

    return {
      onLoad(frame, tick) {
        const owner = sequenceAt(tick);
        let now = 0;
        for (let t = 0; t <= tick; t++) if (sequenceAt(t) === owner) now++;
        const since = lastFault.get(owner);
        lastFault.set(owner, now);
        const own = pages.filter((page) => page.owner === owner);
        if (since !== undefined && now - since >= tau) {
          for (const page of own) if (!page.used) pager.evict(page.frame, tick);
        }
        for (const page of own) page.used = false;
        pages.push({ frame, owner, used: true });
      },
      onReference(frame) {
        const page = pages.find((one) => one.frame === frame)!;
        page.used = true;
        pages = [...pages.filter((one) => one !== page), page];
      },
      chooseVictim: () => pages[0].frame,
      onFree(frame) {
        pages = pages.filter((one) => one.frame !== frame);
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
