/*
 * Hit ratios from papers, in per cent (test/golden/published.csv): Tables IV and VIII of Megiddo &
 * Modha, FAST 2003, whose OLTP figures Table 1 of their article in IEEE Computer 37(4) repeats. The
 * papers on LIRS, CLOCK-Pro, MQ and S3-FIFO draw curves and print no figures for these traces.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { computeNextUse, type NextUse } from '../../src/engine/nextUse.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { resolvePolicy } from '../../src/node/policyCatalog.ts';
import { readTrace, sharedData } from '../support/traces.ts';

/** How far ours may be off, in points; 0.005 is the rounding of two digits. */
const TOLERANCE: Readonly<Record<string, number>> = {
  lru: 0.005,
  // Printed from another paper, one of five cut off instead of rounded.
  min: 0.01,
  // Open: whether the target is a whole number.
  arc: 0.025,
  // Open: the least size of the queue, the limit on ghosts.
  lirs: 0.025,
  // Theirs has the share of A1in that is best for each size, ours the paper's quarter.
  '2q': 0.11,
};

/** Theirs was tuned by a rule that is not given: ours with less and with more of the option. */
const BRACKETS: Readonly<Record<string, readonly [string, string]>> = {
  // The correlated period best for each size.
  'lru-2': ['lru-2:crp=0,rip=10', 'lru-2:crp=0.35,rip=10'],
  // The lifetime estimated while it runs.
  mq: ['mq:lifetime=16', 'mq:lifetime=1'],
};

interface Row {
  readonly trace: string;
  readonly policy: string;
  readonly frameCount: number;
  readonly hitRatio: number;
}

const csv = resolve(import.meta.dirname, '../golden/published.csv');
const rows: Row[] = readFileSync(csv, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .map(([trace, policy, frames, hitRatio]) => ({
    trace,
    policy,
    frameCount: Number(frames),
    hitRatio: Number(hitRatio),
  }));

// P3 and, where options are tried, all sizes: in `npm run check:long`.
const isLong = process.env.EVICTLAB_LONG === '1';
const titleOf = ({ policy, trace, frameCount, hitRatio }: Row): string =>
  `${policy} on ${trace} with ${frameCount} frames: ${hitRatio} %`;

const data = sharedData('comparing with published hit ratios');
if (data === undefined) it.skip('hit ratios are as published, on the traces of ../shared/data');
else compareWith(resolve(data, 'traces'));

function compareWith(folder: string): void {
  /** Read once for the tests of a trace, which follow one another. */
  let open: { trace: string; references: ReferenceString; nextUse: NextUse } | undefined;

  const hitRatioOf = async (id: string, { trace, frameCount }: Row): Promise<number> => {
    if (open?.trace !== trace) {
      const references = readTrace(resolve(folder, `${trace}.pages.zst`));
      open = { trace, references, nextUse: computeNextUse(references) };
    }
    const { references, nextUse } = open;
    const { spec: policy, options } = await resolvePolicy(id);
    const counts = replayVerified(references, { policy, options, frameCount, seed: 1, nextUse });
    return 100 * (1 - counts.pageIns / references.pages.length);
  };

  describe('the hit ratio is the published one for', () => {
    const isMisprint = ({ policy, frameCount }: Row): boolean =>
      policy === 'lirs' && frameCount === 5000;
    const met = rows.filter((row) => row.policy in TOLERANCE && !isMisprint(row));
    for (const row of met.filter(({ trace }) => isLong || trace !== 'arc_P3')) {
      it(titleOf(row), async () => {
        const off = Math.abs((await hitRatioOf(row.policy, row)) - row.hitRatio);
        expect(off).toBeLessThanOrEqual(TOLERANCE[row.policy]);
      });
    }
  });

  describe('the published hit ratio is within what the options reach for', () => {
    const tuned = rows.filter((row) => row.policy in BRACKETS);
    for (const row of tuned.filter(({ frameCount }) => isLong || frameCount === 2000)) {
      it(titleOf(row), async () => {
        const [low, high] = BRACKETS[row.policy];
        expect(await hitRatioOf(low, row)).toBeLessThan(row.hitRatio);
        expect(await hitRatioOf(high, row)).toBeGreaterThan(row.hitRatio);
      });
    }
  });

  describe('the published hit ratio is not ours, for reasons given in src/policies/README.md, of', () => {
    it('lirs with 5,000 frames: 47.14 %, where ours and two other programs hit 52.6 to 52.8', async () => {
      const row = rows.find((row) => row.policy === 'lirs' && row.frameCount === 5000) as Row;
      expect(row.hitRatio).toBe(47.14);
      expect(await hitRatioOf('lirs', row)).toBeCloseTo(52.8, 2);
    });

    it('lfu: 27.98 % with 1,000 frames, where ours, which forgets who left, hits 13.83', async () => {
      const row = rows.find((row) => row.policy === 'lfu' && row.frameCount === 1000) as Row;
      expect(row.hitRatio).toBe(27.98);
      expect(await hitRatioOf('lfu', row)).toBeCloseTo(13.83, 2);
    });
  });
}
