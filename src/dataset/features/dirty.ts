/** Whether leaving would cost a page-out. The page table keeps it anyway. */
import { defineFeature } from '../feature.ts';
import { wholeColumn } from '../wholeColumn.ts';

export const feature = defineFeature({
  id: 'dirty',
  title: 'Differs from its copy on disk',
  unit: 'bit',
  observes: 'reference-bits',
  scale: 'linear',
  bytesPerPage: 0,
  create: ({ frames }) => wholeColumn(frames, { column: frames.dirty, row: 'frame' }),
});
