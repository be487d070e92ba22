/** The vote of LIRS: whether it would have evicted the page by now. */
import { defineFeature } from '../feature.ts';
import { absentFrom, expertTracker } from '../trackers/panelExperts.ts';

export const feature = defineFeature({
  id: 'lirsAbsent',
  title: 'Would not be in a memory of the same size ruled by LIRS',
  unit: 'bit',
  observes: 'every-reference',
  scale: 'linear',
  bytesPerPage: 12,
  asksExperts: true,
  create: (context) => absentFrom('lirs', context.track(expertTracker)),
});
