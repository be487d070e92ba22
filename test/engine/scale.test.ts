import { describe, expect, it } from 'vitest';
import { replay } from '../../src/engine/replay.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { generate } from '../../src/fingerprint/synthetic.ts';
import { min } from '../../src/optimal/min.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { isLong } from '../support/long.ts';

const PAGES = 100_000;
const FRAMES = 40_000;

/** References; the last takes 10 GB and ten minutes. */
const LENGTHS = isLong ? [10 ** 6, 10 ** 7, 10 ** 8, 10 ** 9] : [10 ** 6];

describe('a loop over more pages than frames', () => {
  it.each(LENGTHS)(
    'costs what the formulas say, with %i references',
    (length) => {
      const fingerprint = generate(`loop:pages=${PAGES},rounds=${length / PAGES},writes=0`, 1);
      const references = linearize(fingerprint);
      expect(references.pages.length).toBe(length);
      // No second copy of the string.
      expect(references.pages.buffer).toBe(fingerprint.sequences[0].operands.buffer);
      const run = { frameCount: FRAMES, seed: 1 };
      // LRU always lacks the page that comes next.
      expect(replay(references, { ...run, policy: lru })).toMatchObject({
        pageIns: length,
        evictions: length - FRAMES,
      });
      // MIN keeps what comes soonest: of every PAGES − 1 references it lacks PAGES − FRAMES.
      const { pageIns } = replay(references, { ...run, policy: min });
      const expected = PAGES + ((length - PAGES) * (PAGES - FRAMES)) / (PAGES - 1);
      expect(Math.abs(pageIns - expected)).toBeLessThan(PAGES);
    },
    3_600_000,
  );
});
