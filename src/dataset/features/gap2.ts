/** The second last gap between two visits. */
import { defineFeature } from '../feature.ts';
import { Visits } from '../trackers/visits.ts';

export const feature = defineFeature({
  id: 'gap2',
  title: 'Faults between the starts of visits, the second last gap; 64 memories when not known',
  unit: 'faults',
  observes: 'every-reference',
  scale: 'per-memory',
  bytesPerPage: 4,
  bytesPerGhost: 4,
  create(context) {
    const { pageOf } = context.frames;
    const visits = context.track(Visits);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = visits.gap(pageOf[candidates[i]], 1);
      }
    };
  },
});
