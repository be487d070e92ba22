/** How long the process that loaded it has not run: it may be asleep. */
import { defineFeature } from '../feature.ts';
import { Owners } from '../trackers/owners.ts';

export const feature = defineFeature({
  id: 'ownerIdle',
  title: 'References since the sequence that loaded it last ran',
  unit: 'references',
  observes: 'faults',
  scale: 'per-memory',
  bytesPerPage: 2,
  create(context) {
    const owners = context.track(Owners);
    return (candidates, count, tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = owners.idle(candidates[i], tick);
    };
  },
});
