/*
 * Visits as a kernel sees them: a page is used when it is loaded, and again at the end of each
 * interval in which its accessed bit was set.
 */
import type { Frame } from '../../engine/frameTable.ts';
import type { FeatureContext, Tracker } from '../feature.ts';
import { SampledBits } from './sampledBits.ts';
import { Visits } from './visits.ts';

export class SampledVisits implements Tracker {
  readonly visits: Visits;

  static create(context: FeatureContext): SampledVisits {
    const visits = Visits.create(context);
    context.track(SampledBits).onSet((frame) => visits.onReference(frame));
    return new SampledVisits(visits);
  }

  constructor(visits: Visits) {
    this.visits = visits;
  }

  onLoad(frame: Frame): void {
    this.visits.onLoad(frame);
  }
}
