/** Whether pages of its kind come back. */
import { defineFeature } from '../feature.ts';
import { kindRates } from '../trackers/reuseRates.ts';

export const feature = defineFeature({
  id: 'kindReturns',
  title: 'Of departures of pages of its kind and use, the share that came back',
  unit: 'share',
  observes: 'faults',
  scale: 'linear',
  bytesPerPage: 2,
  bytesPerGhost: 2,
  create(context) {
    const rates = context.track(kindRates);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = rates.share(candidates[i]);
    };
  },
});
