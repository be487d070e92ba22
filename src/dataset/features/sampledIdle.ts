/** Time since its accessed bit was found set, by a clock that only faults advance. */
import { defineFeature } from '../feature.ts';
import { FaultClock } from '../trackers/faultClock.ts';
import { SampledBits } from '../trackers/sampledBits.ts';
import { SampledVisits } from '../trackers/sampledVisits.ts';

export const feature = defineFeature({
  id: 'sampledIdle',
  title: 'Faults since its accessed bit was found set',
  unit: 'faults',
  observes: 'reference-bits',
  scale: 'per-memory',
  bytesPerPage: 4,
  interval: SampledBits.interval,
  create(context) {
    const { pageOf } = context.frames;
    const { visits } = context.track(SampledVisits);
    const clock = context.track(FaultClock);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = clock.now - visits.lastUse[pageOf[candidates[i]]];
      }
    };
  },
});
