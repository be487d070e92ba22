import { describe, expect, it } from 'vitest';
import type { DecisionBatch } from '../../src/dataset/decisionTable.ts';
import type { Feature } from '../../src/dataset/feature.ts';
import { learner as listwise } from '../../src/learning/learners/listwise.ts';
import { learner as logistic } from '../../src/learning/learners/logistic.ts';
import { learner as pairwise } from '../../src/learning/learners/pairwise.ts';
import * as losses from '../../src/learning/losses.ts';
import { minimise } from '../../src/learning/newton.ts';
import { allDecisions, loadRows, standardise } from '../../src/learning/rows.ts';
import { Random } from '../../src/support/random.ts';
import { madeUpBatch, madeUpFeature, PROVENANCE, relabelled } from './decisions.ts';

const random = new Random(21);
const draw = (count: number): number[] =>
  Array.from({ length: count }, () => Math.fround(random.unit()));
const features: readonly Feature[] = ['a', 'b', 'c'].map(madeUpFeature);
const COUNT = 6000;
const columns = { a: draw(COUNT), b: draw(COUNT), c: draw(COUNT) };
/** Eight candidates a decision; labels are 2a − b with noise, victims the latest. */
const noisy = batchOf(columns.a.map((a, row) => 2 * a - columns.b[row] + 0.5 * random.unit()));

function batchOf(targets: readonly number[]): DecisionBatch {
  const batch = madeUpBatch(columns, targets, 8);
  const table = { ...batch, provenance: undefined as never };
  return relabelled(table, (row) => batch.forwardDistance[row]);
}

/** Coefficients of the columns as they are, less their size: what an order depends on. */
function direction(model: Awaited<ReturnType<typeof pairwise.fit>>): number[] {
  expect(model.kind).toBe('linear');
  if (model.kind !== 'linear') return [];
  const slopes = model.features.map(({ coefficient, deviation }) => coefficient / deviation);
  const size = Math.hypot(...slopes);
  return slopes.map((slope) => slope / size);
}

describe('a linear score by loss', () => {
  for (const learner of [pairwise, listwise, logistic]) {
    it(`recovers the direction of a linear truth: ${learner.id}`, async () => {
      const model = await learner.fit(() => [noisy], features, { ridge: 1e-6 }, PROVENANCE);
      const [a, b, c] = direction(model);
      expect(Math.abs(a - 2 / Math.sqrt(5))).toBeLessThan(0.03);
      expect(Math.abs(b + 1 / Math.sqrt(5))).toBeLessThan(0.05);
      expect(Math.abs(c)).toBeLessThan(0.05);
      expect(model.fit.r2).toBeGreaterThan(0.1);
      expect(model.fit.rmse).toBeUndefined();
    });
  }

  it('is where small steps down the slope end as well, for each loss', async () => {
    for (const [loss, hasBias, label] of [
      [losses.logistic, true, 3],
      [losses.pairs, false, 0],
      [losses.list, false, 0],
    ] as const) {
      const options = { low: -6, high: 12, balance: 1, rows: 400, seed: 1, label };
      const rows = await loadRows(() => [noisy], features, options);
      standardise(rows);
      const ridge = 0.01;
      const problem = { rows, loss, ridge, hasBias, decisions: allDecisions(rows) };
      const found = minimise(problem);
      const descended = new Float64Array(found.length);
      const size = rows.labels.length;
      for (let step = 0; step < 1500; step++) {
        const slope = new Float64Array(found.length);
        for (let d = 0; d < rows.groupOf.length; d++) {
          const first = rows.firstRow[d];
          const count = rows.firstRow[d + 1] - first;
          const x = (row: number, i: number): number =>
            i < 3 ? rows.values[(first + row) * 3 + i] : 1;
          const scores = Float64Array.from({ length: count }, (_, row) =>
            descended.reduce((sum, w, i) => sum + w * x(row, i), 0),
          );
          const slopes = new Float64Array(count);
          loss.ofDecision(scores, rows.labels, first, count, slopes, new Float64Array(count));
          for (let row = 0; row < count; row++) {
            for (let i = 0; i < slope.length; i++) slope[i] += (slopes[row] * x(row, i)) / size;
          }
        }
        for (let i = 0; i < slope.length; i++) {
          descended[i] -= 0.5 * (slope[i] + (i < 3 ? ridge * descended[i] : 0));
        }
      }
      found.forEach((value, i) => {
        expect(Math.abs(value - descended[i])).toBeLessThan(1e-3);
      });
    }
  });

  it('chooses a ridge by fingerprints held out, and says what it does on them', async () => {
    const parts = Array.from({ length: 4 }, (_, i) => ({ ...noisy, fingerprint: `program ${i}` }));
    const options = { rows: 4000 };
    const model = await pairwise.fit(() => parts, features, options, PROVENANCE);
    expect(model.fit.heldOutR2).toBeCloseTo(model.fit.r2, 1);
    const families = { 'program 0': 'x', 'program 1': 'x', 'program 2': 'x', 'program 3': 'x' };
    const alone = await pairwise.fit(() => parts, features, options, PROVENANCE, families);
    expect(alone.fit.heldOutR2).toBeUndefined();
  });
});

describe('rows in memory', () => {
  const options = { low: -6, high: 12, balance: 1, rows: 10_000, seed: 1, label: 0 };

  it('are a seeded share of whole decisions when there are more than asked for', async () => {
    const rows = await loadRows(() => [noisy], features, { ...options, rows: 900 });
    expect(rows.labels.length).toBeLessThanOrEqual(900);
    expect(rows.labels.length).toBeGreaterThan(600);
    expect(rows.labels.length % 8).toBe(0);
    expect(rows.rowCount).toBe(COUNT);
    const again = await loadRows(() => [noisy], features, { ...options, rows: 900 });
    expect(again).toEqual(rows);
    const other = await loadRows(() => [noisy], features, { ...options, rows: 900, seed: 2 });
    expect(other.labels).not.toEqual(rows.labels);
  });

  it('label by time, from the boundary of MIN, by rank, or to evict or keep', async () => {
    const labelsBy = async (label: number): Promise<Float32Array> =>
      (await loadRows(() => [noisy], features, { ...options, label })).labels;
    const [times, fromBoundary, ranks, evict] = await Promise.all([0, 1, 2, 3].map(labelsBy));
    const victims = [...times]
      .filter((_, row) => noisy.optimalVictim[row] === 1)
      .sort((a, b) => a - b);
    const boundary = victims[Math.floor(0.15 * (victims.length - 1))];
    for (let row = 0; row < 80; row++) {
      expect(fromBoundary[row]).toBeCloseTo(times[row] - boundary, 5);
      expect(evict[row]).toBe(times[row] >= boundary ? 1 : 0);
      const start = row - (row % 8);
      const below = [...times.subarray(start, start + 8)].filter((time) => time < times[row]);
      expect(ranks[row]).toBeCloseTo(below.length / 7, 6);
    }
  });

  it('have, standardised, a mean of 0 and a deviation of 1, groups counting alike', async () => {
    const short = { ...batchOf(columns.c.map((c) => 3 * c)), fingerprint: 'short' };
    const shifted = {
      ...short,
      firstRow: short.firstRow.slice(0, 41),
      tick: short.tick.slice(0, 40),
      features: short.features.map((column) => column.slice(0, 320).map((x) => x + 4)),
    };
    const rows = await loadRows(() => [noisy, shifted], features, options);
    const { means } = standardise(rows);
    // One group about 0.5, the other about 4.5.
    expect(means[0]).toBeCloseTo(2.5, 1);
    for (let i = 0; i < 3; i++) {
      let mean = 0;
      let square = 0;
      let total = 0;
      for (let d = 0; d < rows.groupOf.length; d++) {
        const { times } = rows.groups[rows.groupOf[d]];
        for (let row = rows.firstRow[d]; row < rows.firstRow[d + 1]; row++) {
          mean += times * rows.values[row * 3 + i];
          square += times * rows.values[row * 3 + i] ** 2;
          total += times;
        }
      }
      expect(mean / total).toBeCloseTo(0, 5);
      expect(square / total).toBeCloseTo(1, 5);
    }
  });
});
