/** Whether it tends to be written. */
import { defineFeature } from '../feature.ts';
import { Residencies } from '../trackers/residencies.ts';

export const feature = defineFeature({
  id: 'dirtyShare',
  title: 'Of earlier stays, the share at whose end it was dirty',
  unit: 'share',
  observes: 'reference-bits',
  scale: 'linear',
  bytesPerPage: 2,
  bytesPerGhost: 2,
  create(context) {
    const { pageOf } = context.frames;
    const residencies = context.track(Residencies);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        const page = pageOf[candidates[i]];
        out[offset + i] = residencies.dirtyEnds[page] / residencies.loads[page];
      }
    };
  },
});
