/** How often it has been loaded since it is remembered: it was missed each time. */
import { defineFeature } from '../feature.ts';
import { Residencies } from '../trackers/residencies.ts';

export const feature = defineFeature({
  id: 'loads',
  title: 'Loads remembered',
  unit: 'count',
  observes: 'faults',
  scale: 'log2',
  bytesPerPage: 2,
  bytesPerGhost: 2,
  create(context) {
    const { pageOf } = context.frames;
    const residencies = context.track(Residencies);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        const page = pageOf[candidates[i]];
        out[offset + i] = residencies.loads[page];
      }
    };
  },
});
