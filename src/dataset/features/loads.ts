/** How often it has been loaded since it is remembered: it was missed each time. */
import { defineFeature } from '../feature.ts';
import { Residencies } from '../trackers/residencies.ts';
import { wholeColumn } from '../wholeColumn.ts';

export const feature = defineFeature({
  id: 'loads',
  title: 'Loads remembered',
  unit: 'count',
  observes: 'faults',
  scale: 'log2',
  bytesPerPage: 2,
  bytesPerGhost: 2,
  create(context) {
    const { loads } = context.track(Residencies);
    return wholeColumn(context.frames, { column: loads, row: 'page' });
  },
});
