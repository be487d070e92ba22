import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import { kernelFrames, kernelStrings } from '../kernelStrings.ts';
import { NaiveAa2417 } from './naiveAaVm.ts';
import type { NaiveVersion } from './naiveVersions.ts';

export const naive: NaiveVersion = {
  policy: definePolicy({
    id: 'naive-aa-2.4.17',
    title: 'Naive aa-2.4.17',
    source: 'for tests',
    observes: 'reference-bits',
    usesPager: true,
    defaults: {
      cluster: 32,
      freeShare: 128,
      freeLeast: 20,
      freeMost: 255,
      priority: 6,
      activeRatio: 2,
      mappedShare: 10,
    },
    create: (context, options) => new NaiveAa2417(context, options),
  }),
  strings: kernelStrings,
  frames: kernelFrames,
  options: {
    cluster: fc.constantFrom(1, 4, 32),
    freeShare: fc.constantFrom(16, 128),
    freeLeast: fc.constantFrom(1, 20),
    priority: fc.constantFrom(1, 3, 6),
    activeRatio: fc.constantFrom(1, 2, 5),
    mappedShare: fc.constantFrom(2, 10),
  },
};
