import { describe, expect, it } from 'vitest';
import { costOf, policyCostOf } from '../../../src/learning/export/cost.ts';
import { agreementOf, distil } from '../../../src/learning/export/distil.ts';
import { EFFECT_QUANTILES, partialEffects } from '../../../src/learning/export/effects.ts';
import { formulaOf } from '../../../src/learning/export/formula.ts';
import { quantisationError, quantise, stepsOf } from '../../../src/learning/export/quantise.ts';
import { weightsOf } from '../../../src/learning/kinds/linear.ts';
import { LEARNED_DEFAULTS, type LearnedOptions } from '../../../src/learning/learnedPolicy.ts';
import type { FittedModel } from '../../../src/learning/model.ts';
import { modelToText, parseModel } from '../../../src/learning/model.ts';
import { policy as tournament } from '../../../src/policies/tournament.ts';
import { FEATURES, seenAs } from '../decisions.ts';
import { models, modelsByKind, table } from './models.ts';

const source = () => [table];

describe('what a model costs', () => {
  it('is counted by hand for a linear model of four features', () => {
    expect(costOf(modelsByKind.linear, FEATURES)).toEqual({
      // age, frequency and recency are seen by their logarithm.
      perCandidate: { logarithms: 3, products: 4, comparisons: 0, lookups: 4 },
      numbers: 5,
      bytesPerPage: 12,
      bytesPerGhost: 0,
      featuresPerReference: 2,
    });
  });

  it('is counted by hand for the policy of a linear model, with what its options add', () => {
    const counted = (changes: Partial<LearnedOptions>) =>
      policyCostOf(modelsByKind.linear, FEATURES, { ...LEARNED_DEFAULTS, ...changes });
    // A candidate: 4 values, 3 logarithms, 4 products of 4 coefficients, a comparison; 6 to draw it.
    expect(counted({ candidates: 10 })).toMatchObject({
      bytesPerFrame: 12,
      bytesPerGhost: 0,
      // frequency and recency, read and written.
      operations: {
        perReference: 4,
        perEviction: 0,
        sample: { frames: 10, perFrame: 16, perDraw: 6 },
      },
    });
    expect(counted({ candidates: 0, dirtyWeight: 1 }).operations).toEqual({
      perReference: 4,
      perEviction: 0,
      perEvictionAndFrame: 17,
    });
    // Two labels of five columns, and a decomposition for every 64.
    const learning = counted({ candidates: 10, adapt: 1 }).operations;
    expect(learning?.perEviction).toBeCloseTo(2 * (25 + 125 / 6 / 64), 10);
    const { operations: panel, bytesPerFrame } = tournament.cost!;
    const guarded = counted({ candidates: 10, guard: 1 });
    expect(guarded.bytesPerFrame).toBe(12 + bytesPerFrame);
    expect(guarded.operations?.perReference).toBe(4 + panel!.perReference);
    // Six experts asked by two features are asked once.
    const asking = FEATURES.map((feature) => ({ ...feature, asksExperts: true as const }));
    const asked = policyCostOf(modelsByKind.linear, asking, LEARNED_DEFAULTS);
    expect(asked.operations?.perReference).toBe(panel!.perReference);
  });

  it('is counted by hand for a net of 4-8-4-1', () => {
    const { perCandidate, numbers } = costOf(modelsByKind.network, FEATURES);
    expect(perCandidate.products).toBe(4 + 4 * 8 + 8 * 4 + 4);
    expect(perCandidate.comparisons).toBe(12);
    expect(numbers).toBe(8 + (4 * 8 + 8) + (8 * 4 + 4) + (4 + 1));
  });

  it('of trees is the longest way through each, by following every way', () => {
    const model = modelsByKind.trees;
    if (model.kind !== 'trees') return expect.unreachable();
    const longest = ({ left, right }: (typeof model.trees)[number], node: number): number =>
      node < 0
        ? 0
        : 1 +
          Math.max(
            longest({ ...model.trees[0], left, right }, left[node]),
            longest({ ...model.trees[0], left, right }, right[node]),
          );
    const wanted = model.trees.reduce(
      (sum, tree) => sum + longest(tree, tree.left.length === 0 ? -1 : 0),
      0,
    );
    expect(wanted).toBeGreaterThan(model.trees.length);
    expect(costOf(model, FEATURES).perCandidate.comparisons).toBe(wanted);
  });
});

describe('the formula of a model', () => {
  it('has every weight of a linear one, with units and scales, the largest first', () => {
    const { linear } = modelsByKind;
    if (linear.kind !== 'linear') return expect.unreachable();
    const lines = formulaOf(linear);
    const text = lines.join('\n');
    for (const [i, weight] of weightsOf(linear).weights.entries()) {
      expect(text).toContain(String(Number(Math.abs(weight).toPrecision(3))));
      expect(text).toContain(linear.features[i].id);
    }
    expect(text).toContain('log2((1 + recency) / frames)');
    expect(text).toContain('log2(1 + frequency)');
    expect(text).toContain('recency in references');
    const sizes = lines.slice(0, 4).map((line) => Number(/[\d.]+/.exec(line)?.[0]));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it('is there for every kind', () => {
    for (const model of models) {
      const [first] = formulaOf(model);
      expect(first).toMatch(/^score = /);
    }
    expect(formulaOf(modelsByKind.additive).join('\n')).toContain('curve(recency)');
  });
});

describe('partial effects', () => {
  it('of a linear model are its weights times the difference to the mean', async () => {
    const { linear } = modelsByKind;
    if (linear.kind !== 'linear') return expect.unreachable();
    const effects = await partialEffects(linear, source);
    const { weights } = weightsOf(linear);
    for (const [i, { id, values, effects: own }] of effects.entries()) {
      expect(id).toBe(FEATURES[i].id);
      expect(values.length).toBe(EFFECT_QUANTILES.length);
      for (let q = 1; q < values.length; q++) {
        const seen = (value: number): number => seenAs(value, FEATURES[i], table.frames);
        const wanted = weights[i] * (seen(values[q]) - seen(values[0]));
        expect(own[q] - own[0]).toBeCloseTo(wanted, 4);
      }
    }
  });
});

describe('a distilled model', () => {
  it('of as many terms as there are is a linear model again, and evicts the same', async () => {
    const { agreement, r2, model } = await distil(modelsByKind.linear, FEATURES, source, 8);
    expect(r2).toBeGreaterThan(0.9999);
    expect(agreement).toBeGreaterThan(0.99);
    expect(await agreementOf(modelsByKind.linear, model, source)).toBe(agreement);
    expect(parseModel(modelToText(model))).toEqual(model);
  });

  it('describes more with more terms, and chooses as the model does oftener than chance', async () => {
    for (const model of [modelsByKind.trees, modelsByKind.network]) {
      const few = await distil(model, FEATURES, source, 1);
      const more = await distil(model, FEATURES, source, 4);
      expect(few.model.features.length).toBe(1);
      expect(more.r2).toBeGreaterThan(few.r2);
      // Chance is one in eight; trees score many candidates alike.
      expect(more.agreement).toBeGreaterThan(0.375);
    }
  });
});

describe('integer scoring', () => {
  it('has the logarithm of Mitchell: exact at powers of two, never more, at most 0.09 less', () => {
    for (let power = 0; power < 31; power++) expect(stepsOf(2 ** power - 1)).toBe(8 * power);
    let last = -1;
    for (let value = 0; value < 5000; value++) {
      const steps = stepsOf(value);
      const exact = 8 * Math.log2(1 + value);
      expect(steps).toBeLessThanOrEqual(exact + 1e-9);
      expect(exact - steps).toBeLessThan(8 * 0.0861 + 1);
      expect(steps).toBeGreaterThanOrEqual(last);
      last = steps;
    }
  });

  for (const kind of ['linear', 'additive'] as const) {
    it(`chooses as the ${kind} model does, in most decisions, and says how far it is off`, async () => {
      const model: FittedModel = modelsByKind[kind];
      const quantised = quantise(model);
      const { rms, agreement } = await quantisationError(model, quantised, source);
      expect(agreement).toBeGreaterThan(0.7);
      expect(rms).toBeGreaterThan(0);
      expect(rms).toBeLessThan(0.15);
      const scores = new Float64Array(8);
      quantised.score.score(table.features, 0, 8, table.frames, scores);
      expect(scores.every(Number.isInteger)).toBe(true);
    });
  }

  it('asks to distil what has no integer form', () => {
    expect(() => quantise(modelsByKind.trees)).toThrow(/no integer form/);
  });
});
