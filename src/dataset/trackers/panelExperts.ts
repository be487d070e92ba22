/** The hand-made policies whose judgement is a feature, and a guard: those of the policy `duel`. */
import { type ExpertContext, type ExpertOptions, Experts } from '../../engine/experts.ts';
import type { Frame } from '../../engine/frameTable.ts';
import type { Tick } from '../../fingerprint/fingerprint.ts';
import { DUEL_DEFAULTS, EXPERTS } from '../../policies/duel.ts';
import type { Tracker, TrackerKind } from '../feature.ts';

export function panelExperts(context: ExpertContext, options: ExpertOptions): Experts {
  return new Experts(context, EXPERTS, options);
}

/** The row of each in the panel. */
export const PANEL_EXPERTS = { lru: 0, lirs: 1, wTinyLfu: 2, s3Fifo: 3 } as const;

class ExpertTracker implements Tracker {
  readonly experts: Experts;

  constructor(experts: Experts) {
    this.experts = experts;
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.experts.onLoad(frame, tick);
    this.experts.elect();
  }

  onReference(frame: Frame, tick: Tick): void {
    this.experts.onReference(frame, tick);
  }

  onFree(frame: Frame): void {
    this.experts.onFree(frame);
  }
}

export const expertTracker: TrackerKind<ExpertTracker> = {
  create: (context) => new ExpertTracker(panelExperts(context, DUEL_DEFAULTS)),
};
