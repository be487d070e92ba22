import { describe, expect, it } from 'vitest';
import type { DecisionBatch } from '../../src/dataset/decisionTable.ts';
import type { Feature } from '../../src/dataset/feature.ts';
import { chooseSteps, type Trainer } from '../../src/learning/earlyStop.ts';
import { learner } from '../../src/learning/learners/network.ts';
import { LOSSES } from '../../src/learning/losses.ts';
import { createModelScore } from '../../src/learning/modelScore.ts';
import { NETWORK_DEFAULTS } from '../../src/learning/networkFit.ts';
import { NetworkTrainer } from '../../src/learning/networkTrainer.ts';
import { allDecisions, loadRows, type Rows, standardise } from '../../src/learning/rows.ts';
import { Random } from '../../src/support/random.ts';
import { fit, madeUpBatch, madeUpFeature, PROVENANCE } from './decisions.ts';

const random = new Random(31);
const draw = (count: number): number[] =>
  Array.from({ length: count }, () => Math.fround(random.unit()));
const features: readonly Feature[] = ['a', 'b'].map(madeUpFeature);
const COUNT = 4000;
const columns = { a: draw(COUNT), b: draw(COUNT) };
/** A policy of two features with a threshold: old pages leave by `b`, young ones against it. */
const threshold = columns.a.map((a, row) => (a > 0.5 ? 2 * columns.b[row] : -columns.b[row]));
const batch = madeUpBatch(columns, threshold, 8);

async function rowsOf(label: number, count: number): Promise<Rows> {
  const options = { low: -6, high: 6, balance: 1, rows: count, seed: 1, label };
  const rows = await loadRows(() => [batch], features, options);
  standardise(rows);
  return rows;
}

describe('a neural net', () => {
  for (const [number, loss] of LOSSES.entries()) {
    it(`has the slopes of its finite differences, by loss ${number}`, async () => {
      const rows = await rowsOf(number === 1 ? 3 : 0, 64);
      const everything = allDecisions(rows);
      const task = { rows, loss, constant: 0.1, train: everything, test: everything };
      const options = { ...NETWORK_DEFAULTS, hidden1: 5, hidden2: 4, batch: 2 };
      const trainer = new NetworkTrainer(task, options);
      // So that the last layer, zero at first, passes something back.
      for (let epoch = 0; epoch < 3; epoch++) trainer.step();
      const slope = trainer.batchSlope(everything).slice();
      expect(Math.max(...slope.map(Math.abs))).toBeGreaterThan(1e-3);
      // A rectifier has a corner, and our logarithm an error of 3·10⁻⁶: hence a few misses allowed.
      let missed = 0;
      for (let i = 0; i < slope.length; i++) {
        const weight = trainer.weights[i];
        const step = 0.01;
        trainer.weights[i] = weight + step;
        const above = trainer.heldOutLoss();
        trainer.weights[i] = weight - step;
        const below = trainer.heldOutLoss();
        trainer.weights[i] = weight;
        if (Math.abs((above - below) / (2 * step) - slope[i]) > 0.002) missed++;
      }
      expect(missed).toBeLessThan(0.05 * slope.length);
    });
  }

  it('recovers a policy of two features with a threshold, where a line cannot', async () => {
    const options = { label: 0, epochs: 40, cooling: 0.95, low: -6, high: 6 };
    const model = await learner.fit(() => [batch], features, options, PROVENANCE);
    const line = await fit([batch], { low: -6, high: 6 }, features);
    expect(line.fit.r2).toBeLessThan(0.75);
    expect(model.fit.r2).toBeGreaterThan(0.98);
  });

  it('scores what its layers say, added up by hand', async () => {
    const options = { label: 0, epochs: 2, hidden1: 3, hidden2: 0 };
    const model = await learner.fit(() => [batch], features, options, PROVENANCE);
    const [hidden, last] = model.layers;
    expect(hidden.biases.length).toBe(3);
    const out = new Float64Array(50);
    createModelScore(model).score(batch.features, 7, 50, 1, out);
    out.forEach((score, row) => {
      const z = model.features.map(
        ({ mean, deviation }, i) => (batch.features[i][7 + row] - mean) / deviation,
      );
      const inner = hidden.biases.map((bias, o) =>
        Math.max(0, bias + z[0] * hidden.weights[2 * o] + z[1] * hidden.weights[2 * o + 1]),
      );
      const wanted = inner.reduce((sum, x, o) => sum + x * last.weights[o], last.biases[0]);
      expect(score).toBeCloseTo(wanted, 10);
    });
  });

  it('is trained for as many epochs as serve what is held out', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `f${i}`);
    const parts = ['one', 'two', 'three'].map((fingerprint): DecisionBatch => {
      const noise = Object.fromEntries(names.map((name) => [name, draw(64)]));
      return { ...madeUpBatch(noise, draw(64), 8), fingerprint };
    });
    const many = names.map(madeUpFeature);
    const options = { label: 0, low: -6, high: 6, epochs: 60, batch: 1, rate: 0.01, cooling: 1 };
    const model = await learner.fit(() => parts, many, options, PROVENANCE);
    const all = await learner.fit(() => parts, many, { ...options, folds: 0 }, PROVENANCE);
    expect(all.fit.r2).toBeGreaterThan(0.5);
    expect(model.fit.r2).toBeLessThan(0.4);
    expect(model.fit.heldOutR2).toBeLessThan(0.1);
  });

  it('refuses a loss that does not suit the labels', async () => {
    const fitting = learner.fit(() => [batch], features, { loss: 1 }, PROVENANCE);
    await expect(fitting).rejects.toThrow(/loss=1 with label=1/);
  });
});

describe('the number of steps', () => {
  /** Held-out losses one after the other. */
  function scripted(losses: readonly number[]): Trainer & { steps: number } {
    return {
      steps: 0,
      step(): void {
        this.steps++;
      },
      heldOutLoss(): number {
        return losses[Math.min(this.steps, losses.length - 1)];
      },
    };
  }

  it('is that of the least mean loss of all folds', () => {
    const one = scripted([8, 4, 3, 5, 6]);
    const two = scripted([8, 6, 5, 2, 9]);
    expect(chooseSteps([one, two], 10, 9)).toEqual({ steps: 3, heldOutR2: 1 - 3.5 / 8 });
  });

  it('is looked for until the loss has not fallen for as long as patience lasts', () => {
    const trainer = scripted([8, 4, 5, 6, 7, 1]);
    expect(chooseSteps([trainer], 10, 2).steps).toBe(1);
    expect(trainer.steps).toBe(3);
  });
});
