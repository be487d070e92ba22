import { describe, expect, it } from 'vitest';
import type { DecisionBatch } from '../../src/dataset/decisionTable.ts';
import type { Feature } from '../../src/dataset/feature.ts';
import { learner as piecewise } from '../../src/learning/learners/piecewise.ts';
import { learner as polynomial } from '../../src/learning/learners/polynomial.ts';
import { learner as ridge } from '../../src/learning/learners/ridge.ts';
import { solveByMlRegression } from '../../src/learning/mlRegression.ts';
import type { FittedModel } from '../../src/learning/model.ts';
import { createModelScore } from '../../src/learning/modelScore.ts';
import { Random } from '../../src/support/random.ts';
import { fit, madeUpBatch, madeUpFeature, PROVENANCE } from './decisions.ts';

const WIDE = { low: -50, high: 50 };
const random = new Random(11);
const draw = (count: number): number[] =>
  Array.from({ length: count }, () => Math.fround(random.unit()));
const a = draw(4000);
const b = draw(4000);
const features: readonly Feature[] = ['a', 'b'].map(madeUpFeature);

function scores(model: FittedModel, batch: DecisionBatch): Float64Array {
  const out = new Float64Array(batch.page.length);
  createModelScore(model).score(batch.features, 0, out.length, batch.frames, out);
  return out;
}

function largestError(model: FittedModel, batch: DecisionBatch, truth: readonly number[]): number {
  return scores(model, batch).reduce(
    (most, score, row) => Math.max(most, Math.abs(score - truth[row])),
    0,
  );
}

describe('polynomial least squares', () => {
  it('recovers a polynomial of two features', async () => {
    const truth = a.map((x, row) => 3 * x * x - 4 * x * b[row] + 2 * b[row] - 1);
    const batch = madeUpBatch({ a, b }, truth, 4);
    const options = { ...WIDE, ridge: 0, folds: 0 };
    const model = await polynomial.fit(() => [batch], features, options, PROVENANCE);
    expect(model.fit.r2).toBeGreaterThan(0.999999);
    expect(largestError(model, batch, truth)).toBeLessThan(1e-4);
    const line = await fit([batch], WIDE, features);
    expect(line.fit.r2).toBeLessThan(0.95);
  });

  it('agrees with ml-regression on the columns written out', async () => {
    const truth = a.slice(0, 400).map((x, row) => 2 * Math.abs(x - 0.4) + b[row] ** 3);
    const columns = { a: a.slice(0, 400), b: b.slice(0, 400) };
    const batch = madeUpBatch(columns, truth, 4);
    const options = { ...WIDE, ridge: 0, folds: 0 };
    const model = await polynomial.fit(() => [batch], features, options, PROVENANCE);
    const rows = columns.a.map((x, row) => {
      const y = columns.b[row];
      return [1, x, y, x * x, x * y, y * y];
    });
    const beta = await solveByMlRegression(rows, truth);
    const theirs = rows.map((row) => row.reduce((sum, x, i) => sum + x * beta[i], 0));
    expect(largestError(model, batch, theirs)).toBeLessThan(1e-4);
  });

  it('refuses more columns than it can solve for', async () => {
    const many = Array.from({ length: 40 }, (_, i) => `f${i}`);
    const columns = Object.fromEntries(many.map((id) => [id, draw(8)]));
    const batch = madeUpBatch(columns, draw(8), 4);
    const fitting = polynomial.fit(() => [batch], many.map(madeUpFeature), {}, PROVENANCE);
    await expect(fitting).rejects.toThrow(/40 features make 860 columns/);
  });
});

describe('piecewise-linear least squares', () => {
  it('recovers a sum of bent curves, between its knots and beyond', async () => {
    const truth = a.map((x, row) => 3 * Math.min(x, 0.5) - 2 * Math.max(0, b[row] - 0.25));
    const batch = madeUpBatch({ a, b }, truth, 4);
    const options = { ...WIDE, knots: 21, ridge: 0, folds: 0 };
    const model = await piecewise.fit(() => [batch], features, options, PROVENANCE);
    // A bend falls between two knots that are 1/20 apart.
    expect(largestError(model, batch, truth)).toBeLessThan(0.06);
    expect(model.fit.r2).toBeGreaterThan(0.999);
    const beyond = { ...batch, features: [Float32Array.of(7), Float32Array.of(-3)] };
    const edge = { ...batch, features: [Float32Array.of(1), Float32Array.of(0)] };
    const one = (at: DecisionBatch): number =>
      scores(model, { ...at, page: new Uint32Array(1) })[0];
    expect(one(beyond)).toBeCloseTo(one(edge), 2);
  });

  it('recovers a threshold of two features better than a line', async () => {
    const truth = a.map((x, row) => (x > 0.5 ? 2 : 0) + (b[row] > 0.5 ? 1 : 0));
    const batch = madeUpBatch({ a, b }, truth, 4);
    const options = { ...WIDE, knots: 21 };
    const model = await piecewise.fit(() => [batch], features, options, PROVENANCE);
    const line = await fit([batch], WIDE, features);
    expect(1 - model.fit.r2).toBeLessThan(0.2 * (1 - line.fit.r2));
  });

  it('gives a feature that never varies a flat curve', async () => {
    const constant = a.map(() => 5);
    const batch = madeUpBatch(
      { constant, b },
      b.map((x) => 2 * x),
      4,
    );
    const made = ['constant', 'b'].map(madeUpFeature);
    const model = await piecewise.fit(() => [batch], made, WIDE, PROVENANCE);
    expect(model.features[0]).toMatchObject({ knots: [5], values: [0] });
    expect(model.fit.r2).toBeGreaterThan(0.99);
  });
});

describe('the ridge', () => {
  /** Decisions of fingerprints that agree on the first column and on nothing else. */
  function programs(count: number, rowCount: number, noise: number): DecisionBatch[] {
    return Array.from({ length: count }, (_, i) => {
      const columns = Object.fromEntries(
        Array.from({ length: 30 }, (_, k) => [`f${k}`, draw(rowCount)]),
      );
      const errors = draw(rowCount);
      const truth = columns.f0.map((x, row) => 2 * x + noise * (errors[row] - 0.5));
      return { ...madeUpBatch(columns, truth, 4), fingerprint: `program ${i}` };
    });
  }
  const thirty = Array.from({ length: 30 }, (_, k) => madeUpFeature(`f${k}`));

  it('is chosen larger where rows are few and noise is large, by what is held out', async () => {
    const few = await ridge.fit(() => programs(4, 12, 8), thirty, WIDE, PROVENANCE);
    const many = await ridge.fit(() => programs(4, 4000, 0.1), thirty, WIDE, PROVENANCE);
    const zeroed = await ridge.fit(
      () => programs(4, 12, 8),
      thirty,
      { ...WIDE, folds: 0, ridge: 0 },
      PROVENANCE,
    );
    const size = (model: typeof few): number =>
      Math.sqrt(model.features.reduce((sum, { coefficient }) => sum + coefficient ** 2, 0));
    expect(size(few)).toBeLessThan(0.7 * size(zeroed));
    expect(zeroed.fit.heldOutR2).toBeUndefined();
    expect(many.fit.heldOutR2).toBeGreaterThan(0.99);
    expect(few.fit.heldOutR2).toBeLessThan(few.fit.r2);
  });

  it('never parts a family', async () => {
    const parts = programs(4, 40, 8);
    const families = Object.fromEntries(parts.map(({ fingerprint }) => [fingerprint, 'one']));
    const model = await ridge.fit(() => parts, thirty, WIDE, PROVENANCE, families);
    expect(model.fit.heldOutR2).toBeUndefined();
  });
});
