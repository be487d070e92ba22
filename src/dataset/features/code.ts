/** Whether it holds code, where a capture says so. */

import { MEMORY_USES } from '../../fingerprint/fingerprint.ts';
import { defineFeature } from '../feature.ts';

export const feature = defineFeature({
  id: 'code',
  title: 'Is code',
  unit: 'bit',
  observes: 'faults',
  scale: 'linear',
  bytesPerPage: 0,
  create({ frames: { pageOf }, pages: { uses } }) {
    const code = 1 + MEMORY_USES.indexOf('code');
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) {
        out[offset + i] = uses?.[pageOf[candidates[i]]] === code ? 1 : 0;
      }
    };
  },
});
