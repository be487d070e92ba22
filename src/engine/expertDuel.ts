/** A policy that evicts what the leader of its experts has let go, the longest first. */
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { type ExpertOptions, Experts } from './experts.ts';
import type { Frame } from './frameTable.ts';
import type { PolicyContext, PolicyCost, PolicySpec, ReplacementPolicy } from './policy.ts';

/** What shadows of these cost, and the choice among them; `perReference` in words. */
export function expertsCost(specs: readonly PolicySpec[], perReference: string): PolicyCost {
  const sum = (of: (cost: PolicyCost) => number): number =>
    specs.reduce((total, { cost }) => total + (cost === undefined ? 0 : of(cost)), 0);
  return {
    // Frames and pages find each other, and the page in a list, in each.
    bytesPerFrame: 20 + sum((cost) => cost.bytesPerFrame),
    // As if each frame had one ghost, of all that they keep.
    bytesPerGhost: sum((cost) => (cost.bytesPerGhost ?? 0) * (cost.ghostsPerFrame ?? 0)),
    ghostsPerFrame: 1,
    perReference,
    perEviction: 'one link',
    operations: {
      // In each the page is looked up; its evictions are about as many as the memory's own.
      perReference: sum(({ operations }) => 4 + (operations?.perReference ?? 0)),
      perEviction: 5 + sum(({ operations }) => 1 + (operations?.perEviction ?? 0)),
    },
  };
}

export class ExpertDuel implements ReplacementPolicy {
  readonly #experts: Experts;

  constructor(context: PolicyContext, specs: readonly PolicySpec[], options: ExpertOptions) {
    this.#experts = new Experts(context, specs, options);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#experts.onLoad(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#experts.onReference(frame, tick);
  }

  chooseVictim(wanted: Page, tick: Tick): Frame {
    this.#experts.refer(wanted, tick);
    this.#experts.elect();
    return this.#experts.permitted.front;
  }

  onFree(frame: Frame): void {
    this.#experts.onFree(frame);
  }

  onInterval(): void {}
}
