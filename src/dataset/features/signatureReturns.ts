/** Whether pages loaded by the same instruction come back. */
import { defineFeature } from '../feature.ts';
import { signatureRates } from '../trackers/reuseRates.ts';

export const feature = defineFeature({
  id: 'signatureReturns',
  title: 'Of departures of pages loaded by the same instruction, the share that came back',
  unit: 'share',
  observes: 'faults',
  scale: 'linear',
  bytesPerPage: 2,
  bytesPerGhost: 2,
  create(context) {
    const rates = context.track(signatureRates);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = rates.share(candidates[i]);
    };
  },
});
