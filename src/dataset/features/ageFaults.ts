/** Time since the load in faults: its place in FIFO, counted from the back. */
import { defineFeature } from '../feature.ts';
import { FaultClock } from '../trackers/faultClock.ts';
import { Residencies } from '../trackers/residencies.ts';

export const feature = defineFeature({
  id: 'ageFaults',
  title: 'Faults since the page was loaded',
  unit: 'faults',
  observes: 'faults',
  scale: 'per-memory',
  bytesPerPage: 4,
  create(context) {
    const { pageOf } = context.frames;
    const residencies = context.track(Residencies);
    const clock = context.track(FaultClock);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        const page = pageOf[candidates[i]];
        out[offset + i] = clock.now - residencies.loadedAt[page];
      }
    };
  },
});
