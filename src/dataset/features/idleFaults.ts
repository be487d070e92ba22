/** Time since the last use, by a clock that only faults advance. */
import { defineFeature } from '../feature.ts';
import { FaultClock } from '../trackers/faultClock.ts';
import { Visits } from '../trackers/visits.ts';
import { wholeColumn } from '../wholeColumn.ts';

export const feature = defineFeature({
  id: 'idleFaults',
  title: 'Faults since the last use',
  unit: 'faults',
  observes: 'every-reference',
  scale: 'per-memory',
  bytesPerPage: 4,
  create(context) {
    const { lastUse } = context.track(Visits);
    const since = context.track(FaultClock);
    return wholeColumn(context.frames, { column: lastUse, row: 'page', since });
  },
});
