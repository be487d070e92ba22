import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { UNIT_PRICES } from '../../src/engine/machine.ts';
import { parseFrames } from '../../src/evaluation/frameSizes.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { readFingerprint } from '../../src/node/fingerprintFile.ts';
import { type LabelRequest, labelFiles } from '../../src/node/labelFiles.ts';
import { writePlan } from '../../src/node/planFile.ts';
import { computeOptimum } from '../../src/optimal/optimum.ts';
import { inputErrorOf } from '../support/inputErrors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const INPUT = 'synthetic:zipf:pages=60,references=1500';
const FRAMES = 8;
const folder = temporaryFolder();
const plan = join(folder, 'best.plan');
const { fingerprint, digest } = await readFingerprint(INPUT, 1);
const string = linearize(fingerprint);
const found = await computeOptimum(string, { frameCount: FRAMES, prices: UNIT_PRICES });
await writePlan(plan, { name: fingerprint.name, digest, references: string.pages.length }, found);

const request = (changes: Partial<LabelRequest>): LabelRequest => ({
  inputs: [INPUT],
  sizes: parseFrames(`${FRAMES}`),
  statesOf: `plan:${plan}`,
  candidates: 'all',
  maxDecisions: undefined,
  seed: 1,
  output: join(folder, 'out.parquet'),
  onDone: () => {},
  ...changes,
});

async function rowsOf(changes: Partial<LabelRequest>): Promise<Record<string, number>[]> {
  const asked = request(changes);
  await labelFiles(asked);
  const file = await asyncBufferFromFile(asked.output);
  return (await parquetReadObjects({ file })) as Record<string, number>[];
}

describe('labels with a plan', () => {
  it('have a regret: in each decision the best of all candidates has none', async () => {
    const rows = await rowsOf({ plan });
    const leastOf = new Map<number, number>();
    for (const { decision, regret } of rows) {
      expect(regret).toBeGreaterThanOrEqual(0);
      // Evicting a page costs at most its page-out and its page-in, and a clean page where it was dirty.
      expect(regret).toBeLessThanOrEqual(3);
      leastOf.set(decision, Math.min(regret, leastOf.get(decision) ?? Number.POSITIVE_INFINITY));
    }
    expect(leastOf.size).toBeGreaterThan(100);
    expect([...leastOf.values()].every((least) => least === 0)).toBe(true);
    expect(rows.some(({ regret }) => regret > 0)).toBe(true);
  });

  it('in a sample keep the regrets they have among all', async () => {
    const of = (rows: Record<string, number>[]) =>
      new Map(rows.map(({ tick, page, regret }) => [`${tick} ${page}`, regret]));
    const all = of(await rowsOf({ plan, statesOf: 'lru' }));
    const some = of(await rowsOf({ plan, statesOf: 'lru', candidates: 3 }));
    expect(some.size).toBeLessThan(all.size);
    for (const [row, regret] of some) expect(all.get(row)).toBe(regret);
  });

  it('leave everything else as it is without one', async () => {
    const without = await rowsOf({});
    const withPlan = await rowsOf({ plan });
    expect(withPlan.map(({ regret: _, ...rest }) => rest)).toEqual(without);
    expect(without[0]).not.toHaveProperty('regret');
  });

  it('are refused where the plan is not for the fingerprint or the frames', async () => {
    const frames = labelFiles(request({ plan, statesOf: 'min', sizes: parseFrames('9') }));
    expect(await inputErrorOf(frames)).toBe(`${plan} prices 8 frames, not 9`);
    const seed = labelFiles(request({ plan, statesOf: 'min', seed: 2 }));
    expect(await inputErrorOf(seed)).toContain('is a plan for');
  });
});
