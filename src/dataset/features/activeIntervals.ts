/** Frequency as a kernel sees it, by accessed bits read once in an interval. */
import { defineFeature } from '../feature.ts';
import { SampledBits } from '../trackers/sampledBits.ts';

export const feature = defineFeature({
  id: 'activeIntervals',
  title: 'Of the last 17 intervals, those in which it was accessed',
  unit: 'count',
  observes: 'reference-bits',
  scale: 'linear',
  bytesPerPage: 2,
  interval: SampledBits.interval,
  create(context) {
    const bits = context.track(SampledBits);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = bits.active(candidates[i]);
    };
  },
});
