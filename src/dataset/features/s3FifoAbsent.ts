/** The vote of S3-FIFO: whether it would have evicted the page by now. */
import { defineFeature } from '../feature.ts';
import { expertTracker, PANEL_EXPERTS } from '../trackers/panelExperts.ts';

export const feature = defineFeature({
  id: 's3FifoAbsent',
  title: 'Would not be in a memory of the same size ruled by S3-FIFO',
  unit: 'bit',
  observes: 'every-reference',
  scale: 'linear',
  bytesPerPage: 12,
  create(context) {
    const { experts } = context.track(expertTracker);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = experts.isAbsent(PANEL_EXPERTS.s3Fifo, candidates[i]) ? 1 : 0;
      }
    };
  },
});
