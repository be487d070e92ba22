/** Whether more than one process uses it. */
import { defineFeature } from '../feature.ts';
import { Owners } from '../trackers/owners.ts';

export const feature = defineFeature({
  id: 'sharers',
  title: 'Sequences that used it in this stay, up to 2',
  unit: 'count',
  observes: 'every-reference',
  scale: 'linear',
  bytesPerPage: 1,
  create(context) {
    const owners = context.track(Owners);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = owners.sharers(candidates[i]);
    };
  },
});
