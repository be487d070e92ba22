/** Time since the last use of the page before or after it. */
import { defineFeature } from '../feature.ts';
import { FaultClock } from '../trackers/faultClock.ts';
import { Neighbours } from '../trackers/neighbours.ts';
import { UNKNOWN_MEMORIES } from '../trackers/visits.ts';

export const feature = defineFeature({
  id: 'neighbourIdle',
  title: 'Faults since a page beside it was used; 64 memories when not known',
  unit: 'faults',
  observes: 'every-reference',
  scale: 'per-memory',
  bytesPerPage: 0,
  create(context) {
    const { pageOf, frameCount } = context.frames;
    const neighbours = context.track(Neighbours);
    const clock = context.track(FaultClock);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        const lastUse = neighbours.lastUse(pageOf[candidates[i]]);
        out[offset + i] = lastUse < 0 ? UNKNOWN_MEMORIES * frameCount : clock.now - lastUse;
      }
    };
  },
});
