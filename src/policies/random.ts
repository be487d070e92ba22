/*
 * Random: evict any page, all frames being equally likely.        (Bélády, IBM Systems J. 1966)
 *
 *   0 ─ 1 ─ 2 ─ … ─ frameCount − 1        the victim: a seeded draw
 *
 * The zero of the scale: it knows nothing, keeps nothing, and no string can be built against it. A
 * policy below it has learned something wrong about the workload.
 *
 * Per reference: nothing. Per eviction: one draw. Metadata: none.
 * Differs from the source: nothing; the draws come from the run's seed.
 */
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';

export const policy = definePolicy({
  id: 'random',
  title: 'Random',
  source: 'Bélády, IBM Systems Journal 1966',
  observes: 'faults',
  cost: {
    bytesPerFrame: 0,
    perReference: 'nothing',
    perEviction: 'one draw',
    operations: { perReference: 0, perEviction: 1 },
  },
  defaults: {},
  create: (context) => new RandomReplacement(context),
});

class RandomReplacement implements ReplacementPolicy {
  readonly #frameCount: number;
  readonly #random: PolicyContext['random'];

  constructor({ frames, random }: PolicyContext) {
    this.#frameCount = frames.frameCount;
    this.#random = random;
  }

  onLoad(): void {}

  onReference(): void {}

  chooseVictim(): Frame {
    return this.#random.below(this.#frameCount);
  }

  onFree(): void {}

  onInterval(): void {}
}
