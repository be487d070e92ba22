/** Uses since the load, the load included: what LFU goes by. Forgotten when the page leaves. */
import { defineFeature } from '../feature.ts';
import { wholeColumn } from '../wholeColumn.ts';

export const feature = defineFeature({
  id: 'frequency',
  title: 'Uses since the page was loaded',
  unit: 'count',
  observes: 'every-reference',
  scale: 'log2',
  bytesPerPage: 4,
  create: ({ frames }) => wholeColumn(frames, { column: frames.useCount, row: 'frame' }),
});
