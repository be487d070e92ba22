/** The refault distance: how long it had been away when it was wanted back. */
import { defineFeature } from '../feature.ts';
import { Residencies } from '../trackers/residencies.ts';
import { UNKNOWN_MEMORIES } from '../trackers/visits.ts';

export const feature = defineFeature({
  id: 'absence',
  title: 'Faults it was away before its load; 64 memories when not known',
  unit: 'faults',
  observes: 'faults',
  scale: 'per-memory',
  bytesPerPage: 4,
  bytesPerGhost: 4,
  create(context) {
    const { pageOf, frameCount } = context.frames;
    const residencies = context.track(Residencies);
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        const page = pageOf[candidates[i]];
        out[offset + i] =
          residencies.absence[page] === 0
            ? UNKNOWN_MEMORIES * frameCount
            : residencies.absence[page];
      }
    };
  },
});
