/** How often it was visited lately; one memory of faults halve it. */
import { defineFeature } from '../feature.ts';
import { Visits } from '../trackers/visits.ts';

export const feature = defineFeature({
  id: 'visitsShort',
  title: 'Visits, those of one memory ago counting half',
  unit: 'count',
  observes: 'every-reference',
  scale: 'log2',
  bytesPerPage: 2,
  bytesPerGhost: 2,
  create(context) {
    const { pageOf } = context.frames;
    const visits = context.track(Visits);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        const page = pageOf[candidates[i]];
        out[offset + i] = visits.decayed(page, 0);
      }
    };
  },
});
