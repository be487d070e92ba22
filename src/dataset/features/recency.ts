/** Time since the last use: what LRU goes by. */
import { defineFeature } from '../feature.ts';

export const feature = defineFeature({
  id: 'recency',
  title: 'References since the last use',
  unit: 'references',
  observes: 'every-reference',
  scale: 'per-memory',
  bytesPerPage: 4,
  create:
    ({ frames: { lastUsedAt } }) =>
    (candidates, count, tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = tick - lastUsedAt[candidates[i]];
    },
});
