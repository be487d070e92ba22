/*
 * Visits as a kernel sees them: a page is used when it is loaded, and again at the end of each
 * interval in which its accessed bit was set. The load itself sets the bit, so of the interval in
 * which a page was loaded it says nothing.
 */
import type { Frame } from '../../engine/frameTable.ts';
import type { FeatureContext, Tracker } from '../feature.ts';
import { SampledBits } from './sampledBits.ts';
import { Visits } from './visits.ts';

export class SampledVisits implements Tracker {
  readonly visits: Visits;
  /** By frame; 1: loaded in this interval. */
  readonly #isNew: Uint8Array;

  static create(context: FeatureContext): SampledVisits {
    const visits = Visits.create(context);
    const sampled = new SampledVisits(visits, context.frames.frameCount);
    context.track(SampledBits).onSet((frame) => sampled.#onSet(frame));
    return sampled;
  }

  constructor(visits: Visits, frameCount: number) {
    this.visits = visits;
    this.#isNew = new Uint8Array(frameCount);
  }

  onLoad(frame: Frame): void {
    this.visits.onLoad(frame);
    this.#isNew[frame] = 1;
  }

  #onSet(frame: Frame): void {
    if (this.#isNew[frame] === 0) this.visits.onReference(frame);
    this.#isNew[frame] = 0;
  }
}
