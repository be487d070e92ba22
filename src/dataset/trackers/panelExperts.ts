/** The hand-made policies whose judgement is a feature, and a guard: those of `tournament`. */
import { type ExpertContext, type ExpertOptions, Experts } from '../../engine/experts.ts';
import type { Frame } from '../../engine/frameTable.ts';
import type { Tick } from '../../fingerprint/fingerprint.ts';
import { EXPERTS, TOURNAMENT_DEFAULTS } from '../../policies/tournament.ts';
import type { FillColumn, Tracker, TrackerKind } from '../feature.ts';

export function panelExperts(context: ExpertContext, options: ExpertOptions): Experts {
  return new Experts(context, Object.values(EXPERTS), options);
}

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
  create: (context) => new ExpertTracker(panelExperts(context, TOURNAMENT_DEFAULTS)),
};

/** 1 for each page that the expert of this name does not hold. */
export function absentFrom(name: keyof typeof EXPERTS, { experts }: ExpertTracker): FillColumn {
  const row = Object.keys(EXPERTS).indexOf(name);
  return (candidates, count, _tick, out, offset) => {
    for (let i = 0; i < count; i++) out[offset + i] = experts.isAbsent(row, candidates[i]) ? 1 : 0;
  };
}
