/** Time since the load in faults: its place in FIFO, counted from the back. */
import { defineFeature } from '../feature.ts';
import { FaultClock } from '../trackers/faultClock.ts';
import { Residencies } from '../trackers/residencies.ts';
import { wholeColumn } from '../wholeColumn.ts';

export const feature = defineFeature({
  id: 'ageFaults',
  title: 'Faults since the page was loaded',
  unit: 'faults',
  observes: 'faults',
  scale: 'per-memory',
  bytesPerPage: 4,
  create(context) {
    const { loadedAt } = context.track(Residencies);
    const since = context.track(FaultClock);
    return wholeColumn(context.frames, { column: loadedAt, row: 'page', since });
  },
});
