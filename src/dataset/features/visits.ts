/** How often it was visited since it is remembered, through departures. */
import { defineFeature } from '../feature.ts';
import { Visits } from '../trackers/visits.ts';
import { wholeColumn } from '../wholeColumn.ts';

export const feature = defineFeature({
  id: 'visits',
  title: 'Visits remembered',
  unit: 'count',
  observes: 'every-reference',
  scale: 'log2',
  bytesPerPage: 2,
  bytesPerGhost: 2,
  create(context) {
    const { visits } = context.track(Visits);
    return wholeColumn(context.frames, { column: visits, row: 'page' });
  },
});
