/** How far ahead it lies in the stream of any of the last eight pages that came back. */
import { defineFeature } from '../feature.ts';
import { streams } from '../trackers/streams.ts';

export const feature = defineFeature({
  id: 'aheadSoonest',
  title: 'Faults to it if what followed any of the last eight pages that came back comes again',
  unit: 'faults',
  observes: 'every-reference',
  scale: 'per-memory',
  bytesPerPage: 4,
  bytesPerGhost: 4,
  create(context) {
    const { pageOf } = context.frames;
    const stream = context.track(streams);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = stream.soonest(pageOf[candidates[i]]);
      }
    };
  },
});
