/** A policy that evicts what the leader of its experts has let go, the longest first. */
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { type ExpertOptions, Experts } from './experts.ts';
import type { Frame } from './frameTable.ts';
import type { PolicyContext, PolicySpec, ReplacementPolicy } from './policy.ts';

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
