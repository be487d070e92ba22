/** Whether leaving would cost a page-out. The page table keeps it anyway. */
import { defineFeature } from '../feature.ts';

export const feature = defineFeature({
  id: 'dirty',
  title: 'Differs from its copy on disk',
  unit: 'bit',
  observes: 'reference-bits',
  scale: 'linear',
  bytesPerPage: 0,
  create:
    ({ frames: { dirty } }) =>
    (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = dirty[candidates[i]];
    },
});
