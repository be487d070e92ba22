/** What LIRS ranks by: the last gap, or the present one once it is longer. */
import { defineFeature } from '../feature.ts';
import { FaultClock } from '../trackers/faultClock.ts';
import { Visits } from '../trackers/visits.ts';

export const feature = defineFeature({
  id: 'reuseGap',
  title: 'The greater of the faults since the last use and the last gap',
  unit: 'faults',
  observes: 'every-reference',
  scale: 'per-memory',
  bytesPerPage: 4,
  bytesPerGhost: 4,
  create(context) {
    const { pageOf } = context.frames;
    const visits = context.track(Visits);
    const clock = context.track(FaultClock);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        const page = pageOf[candidates[i]];
        out[offset + i] = Math.max(visits.gap(page, 0), clock.now - visits.lastUse[page]);
      }
    };
  },
});
