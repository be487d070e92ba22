import { describe, expect, it, vi } from 'vitest';
import { feature as idleIntervals } from '../../src/dataset/features/idleIntervals.ts';
import { feature as recency } from '../../src/dataset/features/recency.ts';
import { NONE } from '../../src/engine/frameTable.ts';
import type { PolicyOptions, PolicySpec } from '../../src/engine/policy.ts';
import { replay, replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { Adaptation } from '../../src/learning/adaptation.ts';
import { DelayedLabels } from '../../src/learning/delayedLabels.ts';
import type { LinearPart } from '../../src/learning/kinds/linear.ts';
import { learnedPolicy } from '../../src/learning/learnedPolicy.ts';
import { learner as pairwise } from '../../src/learning/learners/pairwise.ts';
import type { FittedModel, ModelOf } from '../../src/learning/model.ts';
import { Random } from '../../src/support/random.ts';
import { lru } from '../dataset/policies.ts';
import { stringOf } from '../support/references.ts';
import { FEATURES, fit, mixedString, PROVENANCE, tableOf } from './decisions.ts';

const string = mixedString(20_000, 1);
const FRAMES = 20;

function pageInsOf(model: FittedModel, options: PolicyOptions, on = string): number {
  const policy = learnedPolicy(model, FEATURES);
  return replayVerified(on, { frameCount: FRAMES, policy, options, seed: 3 }).pageIns;
}

/** The model that says the opposite. */
function reversed(model: ModelOf<LinearPart>): ModelOf<LinearPart> {
  const features = model.features.map((term) => ({ ...term, coefficient: -term.coefficient }));
  return { ...model, features };
}

/** Of dense equations, by Gauss and Jordan with pivots. */
function solveNaively(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, row) => (Math.abs(row[i]) > Math.abs(best[i]) ? row : best));
    rows.splice(rows.indexOf(pivot), 1, rows[i]);
    rows[i] = pivot.map((value) => value / pivot[i]);
    for (let k = 0; k < rows.length; k++) {
      if (k !== i) rows[k] = rows[k].map((value, j) => value - rows[k][i] * rows[i][j]);
    }
  }
  return rows.map((row) => row[rows.length]);
}

describe('a model that adapts', () => {
  it('has the weights of the weighted least squares of all labels and its fitted self', async () => {
    const model = await fit([tableOf(string)], { high: 2 });
    const strength = 30;
    const pageCount = 50;
    const adaptation = new Adaptation(model, strength, FRAMES, pageCount);
    const random = new Random(5);
    const samples: { z: number[]; page: number; tick: number; y?: number }[] = [];
    const labelled: { z: number[]; y: number }[] = [];
    const horizon = 4 * FRAMES;
    const width = model.features.length;
    for (let tick = 0; labelled.length < 640; tick++) {
      const used = random.below(pageCount);
      // By the sizes of the memory, as the target says; the label of a page used now comes first.
      const due = samples.filter(({ page, y }) => y === undefined && page === used);
      for (const sample of due) sample.y = Math.log2((1 + tick - sample.tick) / FRAMES);
      labelled.push(...due.map(({ z, y }) => ({ z, y: Math.min(2, Math.max(0, y!)) })));
      for (const sample of samples) {
        if (sample.y !== undefined || tick - sample.tick < horizon) continue;
        sample.y = 2;
        labelled.push({ z: sample.z, y: 2 });
      }
      adaptation.onUse(used, tick);
      const raw = Array.from({ length: 2 }, () => FEATURES.map(() => random.below(1000)));
      const columns = FEATURES.map((_, i) => Float32Array.of(raw[0][i], raw[1][i]));
      const [page, other] = [random.below(pageCount), random.below(pageCount)];
      const drawn = new Random(tick + 1);
      const rows = { pageAt: (row: number) => [page, other][row], isBitSet: () => false };
      adaptation.onDecision(columns, 2, 0, rows, tick, new Random(tick + 1));
      const sampled = drawn.below(2) === 0 ? [0] : [0, 1];
      for (const row of sampled) {
        const of = [page, other][row];
        if (samples.some((sample) => sample.y === undefined && sample.page === of)) continue;
        const z = model.features.map(({ scale, mean, deviation }, i) => {
          const value = raw[row][i];
          const log = Math.log2(1 + value) - (scale === 'per-memory' ? Math.log2(FRAMES) : 0);
          return ((scale === 'linear' ? value : log) - mean) / deviation;
        });
        samples.push({ z: [1, ...z], page: of, tick });
      }
    }
    // Refitted with each 64th label: with the 640 that came first.
    const used = labelled.slice(0, 640);
    const prior = [model.intercept, ...model.features.map(({ coefficient }) => coefficient)];
    const weightOf = (i: number) => (1 + 1 / 20_000) ** (i - used.length + 1);
    const matrix = prior.map((_, i) =>
      prior.map((_, j) =>
        used.reduce((sum, { z }, k) => sum + weightOf(k) * z[i] * z[j], i === j ? strength : 0),
      ),
    );
    const right = prior.map((value, i) =>
      used.reduce((sum, { z, y }, k) => sum + weightOf(k) * z[i] * y, strength * value),
    );
    const expected = solveNaively(matrix, right);
    const at = (value: number) => {
      const out = new Float64Array(width);
      // Row i: all features 0 but the i-th.
      const columns = FEATURES.map((_, i) =>
        Float32Array.from({ length: width }, (_, row) => (row === i ? value : 0)),
      );
      adaptation.score.score(columns, 0, width, FRAMES, out);
      return out;
    };
    const [low, high] = [at(0), at(3)];
    model.features.forEach(({ scale, deviation }, i) => {
      const step = scale === 'linear' ? 3 : 2;
      expect((high[i] - low[i]) / step).toBeCloseTo(expected[i + 1] / deviation, 6);
    });
  });

  it('is the fitted one when that speaks for a great many labels', async () => {
    const model = await fit([tableOf(string)], { high: 2 });
    const all = { candidates: 0 };
    expect(pageInsOf(model, { ...all, adapt: 1e12 })).toBe(pageInsOf(model, all));
    expect(pageInsOf(model, { ...all, adapt: 10 })).not.toBe(pageInsOf(model, all));
  });

  it('unlearns what is wrong here, told of every reference or shown accessed bits', async () => {
    // A window of a dozen pages moves on: what was used lately is used again.
    const random = new Random(8);
    const pages = Array.from({ length: 20_000 }, (_, tick) => (tick >> 4) + random.below(12));
    const drifting: ReferenceString = stringOf(
      pages,
      pages.map(() => 0),
    );
    const best = replay(drifting, { frameCount: FRAMES, policy: lru, seed: 1 }).pageIns;
    for (const feature of [recency, idleIntervals]) {
      const features = [feature];
      const wrong = reversed(await fit([tableOf(drifting, { features })], { high: 2 }, features));
      const policy = learnedPolicy(wrong, features);
      const run = (options: PolicyOptions) =>
        replayVerified(drifting, { frameCount: FRAMES, policy, options, seed: 3 }).pageIns;
      expect(run({ candidates: 0 })).toBeGreaterThan(2 * best);
      expect(run({ candidates: 0, adapt: 50 })).toBeLessThan(1.3 * best);
    }
  });

  it('says of each page it waits for whether its accessed bit was set before', async () => {
    const features = [idleIntervals];
    const model = await fit([tableOf(string, { features })], { high: 2 }, features);
    const policy = learnedPolicy(model, features);
    const add = vi.spyOn(DelayedLabels.prototype, 'add');
    let referenced: Uint8Array = new Uint8Array();
    let pageOf: Int32Array = new Int32Array();
    const watched: PolicySpec = {
      ...policy,
      create(context, options) {
        ({ referenced, pageOf } = context.frames);
        return policy.create(context, options);
      },
    };
    const expected: boolean[] = [];
    add.mockImplementation(function add(this: DelayedLabels, page) {
      expected.push(referenced[pageOf.indexOf(page)] === 1);
      return NONE;
    });
    const options = { candidates: 0, adapt: 50 };
    replay(string, { frameCount: FRAMES, policy: watched, options, seed: 3 });
    const told = add.mock.calls.map(([, , isBitSet]) => isBitSet);
    add.mockRestore();
    expect(told).toEqual(expected);
    expect(new Set(told)).toEqual(new Set([true, false]));
  });

  it('evicts the same twice', async () => {
    const model = await fit([tableOf(string)], { high: 2 });
    const options = { candidates: 12, pool: 6, adapt: 100 };
    expect(pageInsOf(model, options)).toBe(pageInsOf(model, options));
  });

  it('is refused where it makes no sense', async () => {
    const table = tableOf(string);
    const model = await fit([table], { high: 2 });
    expect(() => pageInsOf(model, { adapt: -1 })).toThrow(/adapt by -1/);
    const far = await fit([table], { high: 30 });
    expect(() => pageInsOf(far, { adapt: 1 })).toThrow(/2\^30 memories/);
    const crossed = { ...model, options: { ...model.options, low: 2, high: 1 } };
    expect(() => pageInsOf(crossed, { adapt: 1 })).toThrow(/low=2, high=1/);
    expect(() => pageInsOf(model, { adapt: 1e308 })).toThrow(/adapt by 1e\+308/);
    const ranked = await pairwise.fit(() => [table], FEATURES, {}, PROVENANCE);
    expect(() => pageInsOf(ranked, { adapt: 1 })).toThrow(/linear model of pairwise cannot adapt/);
    const blind = await fit([table], { high: 2 }, [FEATURES[0], FEATURES[1]]);
    expect(() => pageInsOf(blind, { adapt: 1 })).toThrow(/must learn of uses/);
  });
});
