/** Policies small enough to be seen to be right, for tests of what is recorded and learned. */
import type { Frame } from '../../src/engine/frameTable.ts';
import {
  definePolicy,
  type PolicyContext,
  type ReplacementPolicy,
} from '../../src/engine/policy.ts';
import type { Page, Tick } from '../../src/fingerprint/fingerprint.ts';

/** Looks at every frame and evicts the one with the least key, the lowest frame among equals. */
class LeastKey implements ReplacementPolicy {
  readonly #context: PolicyContext;
  readonly #keyOf: (context: PolicyContext, frame: Frame, tick: Tick) => number;

  constructor(
    context: PolicyContext,
    keyOf: (context: PolicyContext, frame: Frame, tick: Tick) => number,
  ) {
    this.#context = context;
    this.#keyOf = keyOf;
  }

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    let victim: Frame = 0;
    for (let frame = 1; frame < this.#context.frames.frameCount; frame++) {
      const key = this.#keyOf(this.#context, frame, tick);
      if (key < this.#keyOf(this.#context, victim, tick)) victim = frame;
    }
    return victim;
  }

  onLoad(): void {}
  onReference(): void {}
  onFree(): void {}
  onInterval(): void {}
}

export const lru = definePolicy({
  id: 'lru',
  title: 'LRU',
  source: 'test',
  observes: 'every-reference',
  defaults: {},
  create: (context) => new LeastKey(context, ({ frames }, frame) => frames.lastUsedAt[frame]),
});

export const fifo = definePolicy({
  id: 'fifo',
  title: 'FIFO',
  source: 'test',
  observes: 'faults',
  defaults: {},
  create: (context) => new LeastKey(context, ({ frames }, frame) => frames.loadedAt[frame]),
});
