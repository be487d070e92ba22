import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionBatch } from '../../src/dataset/decisionTable.ts';
import type { Feature } from '../../src/dataset/feature.ts';
import { importTrees } from '../../src/learning/importTrees.ts';
import { type Tree, treesScore } from '../../src/learning/kinds/trees.ts';
import { learner } from '../../src/learning/learners/trees.ts';
import { LOSSES, squares } from '../../src/learning/losses.ts';
import { createModelScore } from '../../src/learning/modelScore.ts';
import { allDecisions, type Rows } from '../../src/learning/rows.ts';
import { binRows, TreeTrainer } from '../../src/learning/treeTrainer.ts';
import { Random } from '../../src/support/random.ts';
import { fit, madeUpBatch, madeUpFeature, PROVENANCE } from './decisions.ts';

/** Made by fixtures/trees.py: the table, and what two other programs fitted to it and predict. */
const fixture: {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly lightgbm: { readonly text: string; readonly predictions: readonly number[] };
  readonly xgboost: { readonly model: object; readonly predictions: readonly number[] };
} = JSON.parse(readFileSync(new URL('fixtures/trees.json', import.meta.url), 'utf8'));

const random = new Random(41);
const draw = (count: number): number[] =>
  Array.from({ length: count }, () => Math.fround(random.unit()));

/** Rows as the learners hold them; eight a decision, one group. */
function rowsFrom(x: readonly (readonly number[])[], y: readonly number[]): Rows {
  const width = x[0].length;
  return {
    width,
    firstRow: Uint32Array.from({ length: y.length / 8 + 1 }, (_, i) => 8 * i),
    values: Float32Array.from(x.flat()),
    labels: Float32Array.from(y),
    groupOf: new Uint16Array(y.length / 8),
    groups: [{ fingerprint: 'test', times: 1 }],
    rowCount: y.length,
    decisionCount: y.length / 8,
  };
}

function columnsOf(x: readonly (readonly number[])[]): Float32Array[] {
  return x[0].map((_, i) => Float32Array.from(x, (row) => row[i]));
}

const INPUTS = ['age', 'recency', 'frequency'].map((id) => ({
  id,
  unit: 'count' as const,
  scale: 'linear' as const,
}));

function predictions(trees: readonly Tree[], intercept: number): Float64Array {
  const out = new Float64Array(fixture.y.length);
  const part = { kind: 'trees', features: INPUTS, values: 'raw', intercept, trees } as const;
  treesScore(part).score(columnsOf(fixture.x), 0, out.length, 1, out);
  return out;
}

function expectClose(actual: Float64Array, wanted: readonly number[], error: number): void {
  expect(new Set(wanted).size).toBeGreaterThan(20);
  expect(Math.max(...actual.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThan(error);
}

describe('boosted trees', () => {
  it('are those that LightGBM grows on the same table, prediction by prediction', () => {
    const rows = rowsFrom(fixture.x, fixture.y);
    const everything = allDecisions(rows);
    const constant = fixture.y.reduce((sum, y) => sum + y, 0) / fixture.y.length;
    const task = { binned: binRows(rows, 255), train: everything, test: everything };
    const options = { leaves: 7, rate: 0.3, leafRows: 10, lambda: 1.5 };
    const trainer = new TreeTrainer({ ...task, loss: squares, constant }, options);
    for (let round = 0; round < 8; round++) trainer.step();
    expectClose(predictions(trainer.trees, constant), fixture.lightgbm.predictions, 1e-5);
  });

  it('have leaves that hold the optimum of their rows, and gain by every split: naively', () => {
    const rowCount = 64;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), {
          minLength: rowCount,
          maxLength: rowCount,
        }),
        fc.array(fc.integer({ min: -8, max: 8 }), { minLength: rowCount, maxLength: rowCount }),
        (x, y) => {
          const rows = rowsFrom(x, y);
          const everything = allDecisions(rows);
          const binned = binRows(rows, 255);
          const task = { binned, train: everything, test: everything, loss: squares, constant: 0 };
          const trainer = new TreeTrainer(task, { leaves: 2, rate: 1, leafRows: 3, lambda: 0 });
          trainer.step();
          // One split: the best of all, by trying every one.
          const loss = trainer.heldOutLoss() * rowCount;
          expect(loss).toBeCloseTo(bestOfAllSplits(x, y, 3), 6);
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('recover a policy of two features with a threshold, where a line cannot', async () => {
    const features: readonly Feature[] = ['a', 'b'].map(madeUpFeature);
    const columns = { a: draw(4000), b: draw(4000) };
    const truth = columns.a.map((a, row) => (a > 0.5 ? 2 * columns.b[row] : -columns.b[row]));
    const batch = madeUpBatch(columns, truth, 8);
    const options = { label: 0, low: -6, high: 6, rounds: 100, leafRows: 10 };
    const model = await learner.fit(() => [batch], features, options, PROVENANCE);
    const line = await fit([batch], { low: -6, high: 6 }, features);
    expect(line.fit.r2).toBeLessThan(0.75);
    expect(model.fit.r2).toBeGreaterThan(0.98);
    // The first split of all is the threshold.
    const [{ feature, threshold }] = model.trees;
    expect(feature[0]).toBe(0);
    expect(Math.abs(threshold[0] - 0.5)).toBeLessThan(0.02);
  });

  it('take loss away by each of the losses', async () => {
    const columns = { a: draw(1600), b: draw(1600) };
    const batch = madeUpBatch(
      columns,
      columns.a.map((a, row) => 3 * a * columns.b[row]),
      8,
    );
    const features: readonly Feature[] = ['a', 'b'].map(madeUpFeature);
    for (const [loss] of LOSSES.entries()) {
      const options = { loss, label: loss === 1 ? 3 : 0, rounds: 20, leafRows: 20 };
      const model = await learner.fit(() => [batch], features, options, PROVENANCE);
      expect(model.fit.r2).toBeGreaterThan(0.05);
    }
  });

  it('score the rows they were grown on as they did while they grew', async () => {
    const columns = { a: draw(1600), b: draw(1600) };
    const labels = columns.a.map((a, row) => 3 * a * columns.b[row]);
    const batch: DecisionBatch = madeUpBatch(columns, labels, 8);
    const features: readonly Feature[] = ['a', 'b'].map(madeUpFeature);
    const options = { label: 0, low: -6, high: 6, rounds: 30, folds: 0 };
    const model = await learner.fit(() => [batch], features, options, PROVENANCE);
    const scores = new Float64Array(1600);
    createModelScore(model).score(batch.features, 0, 1600, 1, scores);
    const meanSquare = scores.reduce((sum, s, row) => sum + (s - labels[row]) ** 2, 0) / 1600;
    expect(Math.sqrt(meanSquare)).toBeCloseTo(model.fit.rmse!, 4);
  });
});

/** The least Σ ½ error² of two leaves of at least so many rows, or of one when there are none. */
function bestOfAllSplits(
  x: readonly (readonly number[])[],
  y: readonly number[],
  leafRows: number,
): number {
  const lossOf = (part: readonly number[]): number => {
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    return part.reduce((sum, value) => sum + (value - mean) ** 2 / 2, 0);
  };
  let best = lossOf(y);
  for (let feature = 0; feature < x[0].length; feature++) {
    for (let edge = 0; edge < 6; edge++) {
      const left = y.filter((_, row) => x[row][feature] <= edge);
      const right = y.filter((_, row) => x[row][feature] > edge);
      if (left.length < leafRows || right.length < leafRows) continue;
      best = Math.min(best, lossOf(left) + lossOf(right));
    }
  }
  return best;
}

describe('imported trees', () => {
  it('of LightGBM predict what LightGBM predicts', () => {
    const { program, featureNames, trees, intercept } = importTrees(fixture.lightgbm.text);
    expect(program).toBe('LightGBM');
    expect(featureNames).toEqual(['age', 'recency', 'frequency']);
    expectClose(predictions(trees, intercept), fixture.lightgbm.predictions, 1e-8);
  });

  it('of XGBoost predict what XGBoost predicts', () => {
    const imported = importTrees(JSON.stringify(fixture.xgboost.model));
    expect(imported.program).toBe('XGBoost');
    expect(imported.featureNames).toEqual(['age', 'recency', 'frequency']);
    expectClose(predictions(imported.trees, imported.intercept), fixture.xgboost.predictions, 1e-5);
  });

  it('of XGBoost send a value that equals a threshold to the right, as XGBoost does', () => {
    const [tree] = importTrees(JSON.stringify(fixture.xgboost.model)).trees;
    const original = JSON.parse(JSON.stringify(fixture.xgboost.model));
    const [first] = original.learner.gradient_booster.model.trees;
    expect(tree.threshold[0]).toBeLessThan(first.split_conditions[0]);
    expect(Math.fround(tree.threshold[0])).toBe(tree.threshold[0]);
  });

  it('are refused when they are no trees, or do what ours do not', () => {
    const { text } = fixture.lightgbm;
    const xgboost = JSON.stringify(fixture.xgboost.model);
    const wrongs: readonly (readonly [string, RegExp])[] = [
      ['nothing', /does not begin as a model of LightGBM/],
      ['{', /not JSON/],
      ['{}', /learner is not an object/],
      [xgboost.replace('"gbtree"', '"dart"'), /booster is dart/],
      [xgboost.replace(/"split_type":\[0/, '"split_type":[1'), /splits by category/],
      [text.replace('decision_type=2', 'decision_type=1'), /splits by category/],
      [text.replace('decision_type=2', 'decision_type=4'), /zeros for missing/],
      [text.replace('is_linear=0', 'is_linear=1'), /linear leaves/],
      [text.replace('left_child=1', 'left_child=0'), /a child it cannot have/],
      [text.replace('feature_infos', 'average_output\nfeature_infos'), /an average of trees/],
    ];
    for (const [wrong, message] of wrongs) expect(() => importTrees(wrong)).toThrow(message);
  });
});
