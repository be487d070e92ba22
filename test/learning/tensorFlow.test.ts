import { describe, expect, it } from 'vitest';
import type { Feature } from '../../src/dataset/feature.ts';
import { learner as network } from '../../src/learning/learners/network.ts';
import { learner as tensorFlow } from '../../src/learning/learners/tensorFlow.ts';
import { LOSSES } from '../../src/learning/losses.ts';
import { NETWORK_DEFAULTS } from '../../src/learning/networkFit.ts';
import { NetworkTrainer } from '../../src/learning/networkTrainer.ts';
import { allDecisions, loadRows, standardise } from '../../src/learning/rows.ts';
import { openTensorFlow } from '../../src/learning/tensorFlow.ts';
import { TensorFlowTrainer } from '../../src/learning/tensorFlowTrainer.ts';
import { Random } from '../../src/support/random.ts';
import { madeUpBatch, madeUpFeature, PROVENANCE } from './decisions.ts';

const random = new Random(51);
const draw = (count: number): number[] =>
  Array.from({ length: count }, () => Math.fround(random.unit()));
const features: readonly Feature[] = ['a', 'b'].map(madeUpFeature);
const columns = { a: draw(640), b: draw(640) };
const truth = columns.a.map((a, row) => (a > 0.5 ? 2 * columns.b[row] : -columns.b[row]));
/** Decisions of 8 rows and of 5, so that some are padded. */
const batches = [
  madeUpBatch(columns, truth, 8),
  { ...madeUpBatch(columns, truth, 5), fingerprint: 'narrow' },
];

describe('the net trained by TensorFlow.js', () => {
  for (const [number, loss] of LOSSES.entries()) {
    it(`has our losses, epoch by epoch, by loss ${number}`, async () => {
      const label = number === 1 ? 3 : 0;
      const bounds = { low: -6, high: 6, balance: 1, rows: 10_000, seed: 1, label };
      const rows = await loadRows(() => batches, features, bounds);
      standardise(rows);
      const everything = allDecisions(rows);
      const task = { rows, loss, constant: 0.1, train: everything, test: everything };
      const options = { ...NETWORK_DEFAULTS, hidden1: 6, hidden2: 4 };
      const ours = new NetworkTrainer(task, options);
      const theirs = new TensorFlowTrainer(await openTensorFlow(), task, options);
      const start = ours.heldOutLoss();
      expect(theirs.heldOutLoss()).toBeCloseTo(start, 4);
      for (let epoch = 0; epoch < 3; epoch++) {
        ours.step();
        theirs.step();
        expect(Math.abs(theirs.heldOutLoss() / ours.heldOutLoss() - 1)).toBeLessThan(2e-3);
      }
      expect(ours.heldOutLoss()).toBeLessThan(0.98 * start);
    });
  }

  it('is a model like ours, which is scored without TensorFlow', async () => {
    const options = { label: 0, low: -6, high: 6, epochs: 4, hidden1: 6, hidden2: 4 };
    const ours = await network.fit(() => batches, features, options, PROVENANCE);
    const theirs = await tensorFlow.fit(() => batches, features, options, PROVENANCE);
    expect(theirs.layers.map(({ weights }) => weights.length)).toEqual([12, 24, 4]);
    expect(theirs.fit.r2).toBeCloseTo(ours.fit.r2, 2);
    expect(theirs.fit.heldOutR2).toBeCloseTo(ours.fit.heldOutR2!, 2);
  });
});

describe('the loader of TensorFlow.js', () => {
  it('takes WebAssembly where there is no native one, whatever way it is missing', async () => {
    const missing = Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' });
    for (const error of [missing, new Error('native addon module can not be found')]) {
      const tf = await openTensorFlow(() => Promise.reject(error));
      expect(tf.getBackend()).toBe('wasm');
    }
  });

  it('takes the native one where it registers itself', async () => {
    const tf = await openTensorFlow(async () => {
      const core = await import('@tensorflow/tfjs-core');
      // A stand-in: the machine that is there, under the native one's name.
      core.registerBackend('tensorflow', core.findBackendFactory('wasm'));
      core.copyRegisteredKernels('wasm', 'tensorflow');
    });
    expect(tf.getBackend()).toBe('tensorflow');
    tf.removeBackend('tensorflow');
    await tf.setBackend('wasm');
  });
});
