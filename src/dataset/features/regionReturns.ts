/** Whether pages of its neighbourhood come back once they have left. */
import { defineFeature } from '../feature.ts';
import { regionRates } from '../trackers/reuseRates.ts';

export const feature = defineFeature({
  id: 'regionReturns',
  title: 'Of departures from its stretch of 32 pages, the share that came back',
  unit: 'share',
  observes: 'faults',
  scale: 'linear',
  bytesPerPage: 2,
  bytesPerGhost: 2,
  create(context) {
    const rates = context.track(regionRates);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = rates.share(candidates[i]);
    };
  },
});
