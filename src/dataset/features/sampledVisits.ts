/** How often it was visited lately, by accessed bits; four memories of faults halve it. */
import { defineFeature } from '../feature.ts';
import { SampledBits } from '../trackers/sampledBits.ts';
import { SampledVisits } from '../trackers/sampledVisits.ts';

export const feature = defineFeature({
  id: 'sampledVisits',
  title: 'Visits by accessed bits, those of four memories ago counting half',
  unit: 'count',
  observes: 'reference-bits',
  scale: 'log2',
  bytesPerPage: 2,
  bytesPerGhost: 2,
  interval: SampledBits.interval,
  create(context) {
    const { pageOf } = context.frames;
    const { visits } = context.track(SampledVisits);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = visits.decayed(pageOf[candidates[i]], 1);
      }
    };
  },
});
