import { describe, expect, it } from 'vitest';
import { learner } from '../../src/learning/learners/leastSquares.ts';
import { solveByMlRegression } from '../../src/learning/mlRegression.ts';
import { modelToText } from '../../src/learning/model.ts';
import { InputError } from '../../src/support/assert.ts';
import { Random } from '../../src/support/random.ts';
import {
  FEATURES,
  fit,
  inBatches,
  madeUpBatch,
  madeUpFeature,
  mixedString,
  PROVENANCE,
  seenAs,
  tableOf,
} from './decisions.ts';

const string = mixedString(6000, 1);
const table = tableOf(string);
const small = { ...tableOf(mixedString(3000, 2), { frameCount: 9 }), fingerprint: 'small' };

describe('least squares', () => {
  for (const centre of [0, 1]) {
    for (const ridge of [0, 0.3]) {
      it(`agrees with ml-regression on coefficients, centre ${centre}, ridge ${ridge}`, async () => {
        const options = { centre, ridge };
        const ours = await fit([table, small], options);
        const theirs = await fit([table, small], { ...options, mlRegression: 1 });
        expect(ours.fit.rows).toBeGreaterThan(3000);
        ours.features.forEach(({ coefficient }, i) => {
          expect(Math.abs(coefficient)).toBeGreaterThan(1e-3);
          expect(Math.abs(coefficient - theirs.features[i].coefficient)).toBeLessThan(1e-6);
        });
        expect(Math.abs(ours.fit.r2 - theirs.fit.r2)).toBeLessThan(1e-9);
      });
    }
  }

  it('reports the r2 and the error of its own predictions', async () => {
    const low = -2;
    const high = 4;
    const model = await fit([table], { centre: 0, low, high });
    const residuals: number[] = [];
    const targets: number[] = [];
    for (let row = 0; row < table.page.length; row++) {
      const target = Math.log2((1 + table.forwardDistance[row]) / table.frames);
      const clipped = Math.min(high, Math.max(low, target));
      const predicted = model.features.reduce((sum, term, i) => {
        const x = seenAs(table.features[i][row], FEATURES[i], table.frames);
        return sum + (term.coefficient * (x - term.mean)) / term.deviation;
      }, model.intercept);
      targets.push(clipped);
      residuals.push(clipped - predicted);
    }
    const mean = targets.reduce((a, b) => a + b) / targets.length;
    const meanSquare = (list: readonly number[]): number =>
      list.reduce((sum, x) => sum + x * x, 0) / list.length;
    const variance = meanSquare(targets.map((target) => target - mean));
    expect(model.fit.rmse).toBeCloseTo(Math.sqrt(meanSquare(residuals)), 5);
    expect(model.fit.r2).toBeCloseTo(1 - meanSquare(residuals) / variance, 5);
    expect(model.fit.rows).toBe(table.page.length);
    expect(model.fit.decisions).toBe(table.tick.length);
  });

  it('centred, is least squares on the differences of all pairs of candidates', async () => {
    const part = inBatches(table, 30)[0];
    const model = await fit([part], { centre: 1, low: -4, high: 4 });
    const rows: number[][] = [];
    const right: number[] = [];
    const scaledOf = (i: number, row: number): number =>
      seenAs(part.features[i][row], FEATURES[i], part.frames);
    const targetOf = (row: number): number =>
      Math.min(4, Math.max(-4, Math.log2((1 + part.forwardDistance[row]) / part.frames)));
    for (let decision = 0; decision < part.tick.length; decision++) {
      for (let a = part.firstRow[decision]; a < part.firstRow[decision + 1]; a++) {
        for (let b = part.firstRow[decision]; b < a; b++) {
          rows.push(FEATURES.map((_, i) => scaledOf(i, a) - scaledOf(i, b)));
          right.push(targetOf(a) - targetOf(b));
        }
      }
    }
    const pairs = await solveByMlRegression(rows, right);
    model.features.forEach(({ coefficient, deviation }, i) => {
      expect(Math.abs(coefficient / deviation - pairs[i])).toBeLessThan(1e-4);
    });
  });

  it('is right on columns far from zero and of very different size, where raw equations fail', async () => {
    const random = new Random(8);
    const draw = (count: number): number[] => Array.from({ length: count }, () => random.unit());
    const rowCount = 4000;
    // As 32-bit floats, which is what the learner gets.
    const far = draw(rowCount).map((x) => Math.fround(1e4 + x));
    const large = draw(rowCount).map((x) => Math.fround(1e6 * x));
    const plain = draw(rowCount).map(Math.fround);
    const targets = far.map((x, row) => 2 * (x - 1e4) + 3e-6 * large[row] - plain[row] + 3);
    const columns = { far, large, plain };
    const features = Object.keys(columns).map(madeUpFeature);
    const batch = madeUpBatch(columns, targets, 4);
    const model = await fit([batch], { centre: 0, low: -30, high: 30 }, features);
    const truth = [2, 3e-6, -1];
    model.features.forEach(({ coefficient, deviation }, i) => {
      expect(Math.abs(coefficient / deviation / truth[i] - 1)).toBeLessThan(1e-4);
    });

    const raw = await solveByMlRegression(
      far.map((x, row) => [x, large[row], plain[row], 1]),
      targets,
    );
    const worst = Math.max(...truth.map((wanted, i) => Math.abs(raw[i] / wanted - 1)));
    expect(worst).toBeGreaterThan(1e-3);
  });

  it('with ridge, has the coefficient of the closed form for one feature', async () => {
    const targets = Array.from({ length: 400 }, (_, i) => 5 + ((i * 37) % 100) / 50);
    const column = targets.map((target, i) => 3 * target + ((i * 53) % 11));
    const batch = madeUpBatch({ column }, targets, 4);
    const features = [madeUpFeature('column')];
    const options = { centre: 0, low: -30, high: 30 };
    const plain = (await fit([batch], options, features)).features[0];
    const ridged = (await fit([batch], { ...options, ridge: 0.25 }, features)).features[0];
    // Standardised: b = r ÷ (1 + λ).
    expect(ridged.coefficient).toBeCloseTo(plain.coefficient / 1.25, 12);
  });

  it('gives the same model whatever the sizes of the batches', async () => {
    const whole = modelToText(await fit([table, small]));
    for (const size of [1, 7, 50]) {
      const batches = [...inBatches(table, size), ...inBatches(small, size)];
      expect(modelToText(await fit(batches))).toBe(whole);
    }
  });

  it('gives the same bytes twice', async () => {
    expect(modelToText(await fit([table]))).toBe(modelToText(await fit([table])));
  });

  it('counts every fingerprint and size alike when balanced, and every row when not', async () => {
    const few = inBatches(small, 20)[0];
    const repeated = [table, few, few, few];
    const balanced = await fit(repeated, { balance: 1 });
    const once = await fit([table, few], { balance: 1 });
    balanced.features.forEach(({ coefficient }, i) => {
      expect(coefficient).toBeCloseTo(once.features[i].coefficient, 9);
    });
    const counted = await fit(repeated, { balance: 0 });
    const countedOnce = await fit([table, few], { balance: 0 });
    expect(counted.features[3].coefficient).not.toBeCloseTo(countedOnce.features[3].coefficient, 4);
  });

  it('learns nothing from shuffled labels', async () => {
    const random = new Random(4);
    const forwardDistance = table.forwardDistance.slice();
    for (let i = forwardDistance.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [forwardDistance[i], forwardDistance[j]] = [forwardDistance[j], forwardDistance[i]];
    }
    expect((await fit([table])).fit.r2).toBeGreaterThan(0.05);
    expect((await fit([{ ...table, forwardDistance }])).fit.r2).toBeLessThan(0.01);
  });

  it('gives a feature that never varies the coefficient 0', async () => {
    const column = Array.from({ length: 40 }, (_, i) => i % 7);
    const constant = column.map(() => 0.1);
    const targets = column.map((x) => 1 + x);
    const batch = madeUpBatch({ constant, column }, targets, 4);
    const model = await fit(
      [batch],
      { low: -9, high: 9 },
      ['constant', 'column'].map(madeUpFeature),
    );
    expect(model.features[0]).toMatchObject({ coefficient: 0, deviation: 1 });
    expect(model.features[1].coefficient).toBeGreaterThan(1);
    expect(model.fit.r2).toBeCloseTo(1, 6);
  });

  it('refuses an option it does not have, bounds that cross, and columns that are missing', async () => {
    await expect(fit([table], { rigde: 1 })).rejects.toThrow(/no option "rigde"/);
    await expect(fit([table], { low: 2, high: 2 })).rejects.toThrow(InputError);
    await expect(fit([table], { centre: 2 })).rejects.toThrow(InputError);
    await expect(fit([table], {}, [madeUpFeature('novelty')])).rejects.toThrow(/"novelty"/);
    await expect(fit([])).rejects.toThrow(/no decisions/);
  });

  it('refuses to box more rows than ml-regression should have', async () => {
    const large = tableOf(string, { candidates: 'all', maxDecisions: 1100 });
    expect(large.page.length).toBeGreaterThan(20_000);
    await expect(fit([large], { mlRegression: 1 })).rejects.toThrow(/ml-regression/);
  });

  it('fits what comes asynchronously, as files do', async () => {
    async function* source(): AsyncGenerator<typeof table> {
      yield table;
    }
    const model = await learner.fit(source, FEATURES, {}, PROVENANCE);
    expect(modelToText(model)).toBe(modelToText(await fit([table])));
  });
});
