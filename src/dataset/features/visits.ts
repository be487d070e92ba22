/** How often it was visited since it is remembered, through departures. */
import { defineFeature } from '../feature.ts';
import { Visits } from '../trackers/visits.ts';

export const feature = defineFeature({
  id: 'visits',
  title: 'Visits remembered',
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
        out[offset + i] = visits.visits[page];
      }
    };
  },
});
