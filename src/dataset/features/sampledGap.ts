/** The last gap between two visits, by accessed bits. */
import { defineFeature } from '../feature.ts';
import { SampledBits } from '../trackers/sampledBits.ts';
import { SampledVisits } from '../trackers/sampledVisits.ts';

export const feature = defineFeature({
  id: 'sampledGap',
  title:
    'Faults between the starts of visits, the last gap, by accessed bits; 64 memories when not known',
  unit: 'faults',
  observes: 'reference-bits',
  scale: 'per-memory',
  bytesPerPage: 4,
  bytesPerGhost: 4,
  interval: SampledBits.interval,
  create(context) {
    const { pageOf } = context.frames;
    const { visits } = context.track(SampledVisits);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = visits.gap(pageOf[candidates[i]], 0);
      }
    };
  },
});
