/** Time since the load: what FIFO goes by. */
import { defineFeature } from '../feature.ts';

export const feature = defineFeature({
  id: 'age',
  title: 'References since the page was loaded',
  unit: 'references',
  observes: 'faults',
  scale: 'per-memory',
  bytesPerPage: 4,
  create:
    ({ frames: { loadedAt } }) =>
    (candidates, count, tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = tick - loadedAt[candidates[i]];
    },
});
