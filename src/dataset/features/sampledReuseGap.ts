/** What LIRS ranks by, by accessed bits. */
import { defineFeature } from '../feature.ts';
import { FaultClock } from '../trackers/faultClock.ts';
import { SampledBits } from '../trackers/sampledBits.ts';
import { SampledVisits } from '../trackers/sampledVisits.ts';

export const feature = defineFeature({
  id: 'sampledReuseGap',
  title: 'The greater of the faults since its accessed bit was found set and the last gap',
  unit: 'faults',
  observes: 'reference-bits',
  scale: 'per-memory',
  bytesPerPage: 4,
  bytesPerGhost: 4,
  interval: SampledBits.interval,
  create(context) {
    const { pageOf } = context.frames;
    const { visits } = context.track(SampledVisits);
    const clock = context.track(FaultClock);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = Math.max(
          visits.gap(pageOf[candidates[i]], 0),
          clock.now - visits.lastUse[pageOf[candidates[i]]],
        );
      }
    };
  },
});
