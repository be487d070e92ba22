/** Recency as a kernel sees it, by accessed bits read once in an interval. */
import { defineFeature } from '../feature.ts';
import { SampledBits } from '../trackers/sampledBits.ts';

export const feature = defineFeature({
  id: 'idleIntervals',
  title: 'Intervals since its accessed bit was found set, up to 17',
  unit: 'count',
  observes: 'reference-bits',
  scale: 'linear',
  bytesPerPage: 2,
  interval: SampledBits.interval,
  create(context) {
    const bits = context.track(SampledBits);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = bits.idle(candidates[i]);
    };
  },
});
