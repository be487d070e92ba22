/** Time since the last use: what LRU goes by. */
import { defineFeature } from '../feature.ts';
import { wholeColumn } from '../wholeColumn.ts';

export const feature = defineFeature({
  id: 'recency',
  title: 'References since the last use',
  unit: 'references',
  observes: 'every-reference',
  scale: 'per-memory',
  bytesPerPage: 4,
  create: ({ frames }) =>
    wholeColumn(frames, { column: frames.lastUsedAt, row: 'frame', since: 'tick' }),
});
