/** Time since the load: what FIFO goes by. */
import { defineFeature } from '../feature.ts';
import { wholeColumn } from '../wholeColumn.ts';

export const feature = defineFeature({
  id: 'age',
  title: 'References since the page was loaded',
  unit: 'references',
  observes: 'faults',
  scale: 'per-memory',
  bytesPerPage: 4,
  create: ({ frames }) =>
    wholeColumn(frames, { column: frames.loadedAt, row: 'frame', since: 'tick' }),
});
