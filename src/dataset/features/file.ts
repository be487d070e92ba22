/** Whether it is of a file; losing a clean one costs a page-in at most. */

import { PageKind } from '../../fingerprint/fingerprint.ts';
import { defineFeature } from '../feature.ts';

export const feature = defineFeature({
  id: 'file',
  title: 'Is of a file',
  unit: 'bit',
  observes: 'faults',
  scale: 'linear',
  bytesPerPage: 0,
  create:
    ({ frames: { pageOf }, pages: { kinds } }) =>
    (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = kinds[pageOf[candidates[i]]] === PageKind.File ? 1 : 0;
      }
    },
});
