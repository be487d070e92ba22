/** The vote of S3-FIFO: whether it would have evicted the page by now. */
import { defineFeature } from '../feature.ts';
import { absentFrom, expertTracker } from '../trackers/panelExperts.ts';

export const feature = defineFeature({
  id: 's3FifoAbsent',
  title: 'Would not be in a memory of the same size ruled by S3-FIFO',
  unit: 'bit',
  observes: 'every-reference',
  scale: 'linear',
  bytesPerPage: 12,
  asksExperts: true,
  create: (context) => absentFrom('s3Fifo', context.track(expertTracker)),
});
