import { definePolicy, type PolicySpec } from '../../src/engine/policy.ts';

/**
 * A policy that is another one each time it is created, as one that draws from Math.random is:
 * first it evicts the last frame, then the first, and so on.
 */
export function unsteadyPolicy(): PolicySpec {
  let created = 0;
  return definePolicy({
    id: 'unsteady',
    title: 'Unsteady',
    source: 'a test',
    observes: 'faults',
    defaults: {},
    create({ frames }) {
      const victim = created++ % 2 === 0 ? frames.frameCount - 1 : 0;
      return {
        onLoad() {},
        onReference() {},
        chooseVictim: () => victim,
        onFree() {},
        onInterval() {},
      };
    },
  });
}
