import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import { kernelFrames, kernelStrings } from '../kernelStrings.ts';
import { NaiveAa2427 } from './naiveAaVm.ts';
import type { NaiveVersion } from './naiveVersions.ts';

export const naive: NaiveVersion = {
  policy: definePolicy({
    id: 'naive-aa-2.4.27',
    title: 'Naive aa-2.4.27',
    source: 'for tests',
    observes: 'reference-bits',
    usesPager: true,
    defaults: {
      cluster: 32,
      freeShare: 128,
      freeLeast: 20,
      freeMost: 255,
      passes: 60,
      scanRatio: 6,
      mappedRatio: 100,
      activeRatio: 2,
    },
    create: (context, options) => new NaiveAa2427(context, options),
  }),
  strings: kernelStrings,
  frames: kernelFrames,
  options: {
    cluster: fc.constantFrom(1, 4, 32),
    freeShare: fc.constantFrom(16, 128),
    freeLeast: fc.constantFrom(1, 20),
    passes: fc.constantFrom(1, 5, 60),
    scanRatio: fc.constantFrom(1, 6),
    mappedRatio: fc.constantFrom(1, 2, 100),
    activeRatio: fc.constantFrom(1, 2, 5),
  },
};
