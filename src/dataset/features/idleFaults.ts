/** Time since the last use, by a clock that only faults advance. */
import { defineFeature } from '../feature.ts';
import { FaultClock } from '../trackers/faultClock.ts';
import { Visits } from '../trackers/visits.ts';

export const feature = defineFeature({
  id: 'idleFaults',
  title: 'Faults since the last use',
  unit: 'faults',
  observes: 'every-reference',
  scale: 'per-memory',
  bytesPerPage: 4,
  create(context) {
    const { pageOf } = context.frames;
    const visits = context.track(Visits);
    const clock = context.track(FaultClock);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        const page = pageOf[candidates[i]];
        out[offset + i] = clock.now - visits.lastUse[page];
      }
    };
  },
});
