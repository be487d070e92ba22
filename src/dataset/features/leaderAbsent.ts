/** The vote of the hand-made policy that has done best lately. */
import { defineFeature } from '../feature.ts';
import { expertTracker } from '../trackers/panelExperts.ts';

export const feature = defineFeature({
  id: 'leaderAbsent',
  title: 'Would not be in the memory of the expert with the fewest faults lately',
  unit: 'bit',
  observes: 'every-reference',
  scale: 'linear',
  bytesPerPage: 12,
  asksExperts: true,
  create(context) {
    const { experts } = context.track(expertTracker);
    return (candidates, count, _tick, out, offset) => {
      const { permitted } = experts;
      for (let i = 0; i < count; i++) out[offset + i] = permitted.has(candidates[i]) ? 1 : 0;
    };
  },
});
