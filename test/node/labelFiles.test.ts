import { writeFileSync } from 'node:fs';
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

describe('labels of a share of the references', () => {
  /** 900 references of two different ends behind the same first third; all 50 pages are in both. */
  const inputs = [1, 2].map((end) => {
    const references = Array.from({ length: 900 }, (_, i) => {
      const page = i < 300 ? (i * i + 7 * Math.floor(i / 11)) % 37 : (i * (end === 1 ? 1 : 7)) % 50;
      return `${i % 3 === 0 ? 'W' : 'R'}(0x${(page * 4096).toString(16)})`;
    });
    const path = join(temporaryFolder(), 'string.txt');
    // Pages are numbered as they come: those not seen before the border, in the same order.
    const all = Array.from({ length: 50 }, (_, i) => {
      const page = end === 2 && i < 37 ? 36 - i : i;
      return `R(0x${(page * 4096).toString(16)})`;
    });
    const actions = [...references.slice(0, 300), ...all, ...references.slice(350)];
    writeFileSync(path, `Seq. name Actions\na U(a) ${actions.join(' ')} E\n`);
    return path;
  });
  const part = (input: string, share: number | undefined, features?: readonly string[]) =>
    rowsOf({
      inputs: [input],
      statesOf: 'lru',
      candidates: 4,
      sizes: parseFrames('6,12'),
      share,
      features,
    });

  it('are the same whatever comes behind it, with every feature there is', async () => {
    const [one, other] = [await part(inputs[0], 1 / 3), await part(inputs[1], 1 / 3)];
    expect(one.length).toBeGreaterThan(500);
    expect(other).toEqual(one);
    const whole = [await part(inputs[0], undefined), await part(inputs[1], undefined)];
    expect(whole[1]).not.toEqual(whole[0]);
  });

  it('are of decisions before the border, and know of no use behind it', async () => {
    const rows = await part(inputs[0], 1 / 3, ['recency']);
    for (const { tick, forwardDistance: distance } of rows) {
      expect(tick).toBeLessThan(300);
      if (Number.isFinite(distance)) expect(tick + distance).toBeLessThan(300);
    }
    expect(rows.some(({ forwardDistance: distance }) => Number.isFinite(distance))).toBe(true);
  });

  it('leave out sizes at which the part fits, and are refused when it fits at every one', async () => {
    const sizes = parseFrames('6,40');
    const asked = { inputs: [inputs[0]], statesOf: 'lru', share: 1 / 3, candidates: 4, sizes };
    const both = await rowsOf({ ...asked, features: ['recency'] });
    const alone = await rowsOf({ ...asked, features: ['recency'], sizes: parseFrames('6') });
    expect(both).toEqual(alone);
    const none = labelFiles(request({ ...asked, sizes: parseFrames('40') }));
    expect(await inputErrorOf(none)).toMatch(/in the first 0\.33.* nothing is ever evicted/);
  });
});
