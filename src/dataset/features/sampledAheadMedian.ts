/** How far ahead it lies in the stream of the median of the last eight pages that came back, by accessed bits. */
import { defineFeature } from '../feature.ts';
import { SampledBits } from '../trackers/sampledBits.ts';
import { sampledStreams } from '../trackers/streams.ts';

export const feature = defineFeature({
  id: 'sampledAheadMedian',
  title:
    'Faults to it if what followed the median of the last eight pages that came back comes again, by accessed bits',
  unit: 'faults',
  observes: 'reference-bits',
  scale: 'per-memory',
  bytesPerPage: 4,
  bytesPerGhost: 4,
  interval: SampledBits.interval,
  create(context) {
    const { pageOf } = context.frames;
    const stream = context.track(sampledStreams);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = stream.median(pageOf[candidates[i]]);
      }
    };
  },
});
