import { describe, expect, it } from 'vitest';
import type { LinearPart } from '../../src/learning/kinds/linear.ts';
import { type ModelOf, modelToText, parseModel } from '../../src/learning/model.ts';
import { InputError } from '../../src/support/assert.ts';

const model: ModelOf<LinearPart> = {
  format: 'evictlab-model',
  version: 1,
  kind: 'linear',
  learner: 'least-squares',
  options: { ridge: 0.1, centre: 1 },
  features: [
    {
      id: 'recency',
      unit: 'references',
      scale: 'log2',
      mean: 0.1 + 0.2,
      deviation: 1 / 3,
      coefficient: -5e-324,
    },
  ],
  intercept: 1.5,
  target: 'log2((1 + forward distance) / frames)',
  fit: { rows: 10, decisions: 2, r2: 0.5, rmse: 1, victimAgreement: 0.25 },
  provenance: { inputs: ['ab'], fingerprints: ['cc1', 'xz'], seed: 7, program: 'evictlab 0.1.0' },
};

/** The model's text with one field changed; undefined takes it away. */
function changed(path: string, value: unknown): string {
  const copy = JSON.parse(modelToText(model));
  const steps = path.split('.');
  const last = steps.pop()!;
  const place = steps.reduce((object, step) => object[step], copy);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return JSON.stringify(copy);
}

describe('a model file', () => {
  it('gives back every number to the last bit', () => {
    expect(parseModel(modelToText(model))).toEqual(model);
  });

  it('has the same bytes whatever the order the fields were written in', () => {
    const backwards = Object.fromEntries(Object.entries(model).reverse());
    const reordered = { ...backwards, options: { centre: 1, ridge: 0.1 } };
    expect(modelToText(parseModel(JSON.stringify(reordered)))).toBe(modelToText(model));
  });

  const wrongs: readonly (readonly [string, unknown, RegExp])[] = [
    ['format', 'other', /format is "other"/],
    ['version', 2, /version is 2, not 1/],
    ['kind', 'oracle', /kind is "oracle"/],
    ['intercept', '1', /intercept is not a finite number/],
    ['intercept', null, /intercept is not a finite number/],
    ['intercept', undefined, /lacks the field "intercept"/],
    ['colour', 'red', /unknown field "colour"/],
    ['features.0.colour', 'red', /features\[0\] has an unknown field "colour"/],
    ['features.0.mean', undefined, /features\[0\] lacks the field "mean"/],
    ['features.0.deviation', 0, /features\[0\]\.deviation is not positive/],
    ['features.0.coefficient', 1e308, /features\[0\]\.coefficient is too large/],
    ['features.0.coefficient', -1e300, /features\[0\]\.coefficient is too large/],
    ['features', [], /features is empty/],
    ['features.1', model.features[0], /features\[1\]\.id is "recency" a second time/],
    ['fit.rows', -1, /fit\.rows is not a whole number/],
    ['fit.decisions', 0.5, /fit\.decisions is not a whole number/],
    ['provenance.seed', -1, /provenance\.seed is not a whole number/],
    ['features.0.scale', 'log10', /features\[0\]\.scale is "log10"/],
    ['features', {}, /features is not a list/],
    ['options.ridge', 'much', /options\.ridge is not a finite number/],
    ['fit', undefined, /lacks the field "fit"/],
    ['fit.r2', null, /fit\.r2 is not a finite number/],
    ['provenance.inputs', [3], /provenance\.inputs\[0\] is not text/],
  ];
  for (const [path, value, message] of wrongs) {
    it(`is refused, by name, when ${path} is ${JSON.stringify(value)}`, () => {
      expect(() => parseModel(changed(path, value))).toThrow(InputError);
      expect(() => parseModel(changed(path, value))).toThrow(message);
    });
  }

  it('is refused when a deviation makes the scores overflow, alone or with a mean', () => {
    const [feature] = model.features;
    const text = (changes: object): string =>
      JSON.stringify({ ...model, features: [{ ...feature, coefficient: 1, ...changes }] });
    expect(() => parseModel(text({}))).not.toThrow();
    expect(() => parseModel(text({ deviation: 5e-324 }))).toThrow(/features\[0\].*overflow/);
    expect(() => parseModel(text({ mean: 1e308 }))).toThrow(/features\[0\].*overflow/);
  });

  it('is refused when it is no JSON, no object, or holds a number beyond the finite', () => {
    expect(() => parseModel('{')).toThrow(InputError);
    expect(() => parseModel('[]')).toThrow(/the model is not an object/);
    const infinite = modelToText(model).replace('"intercept": 1.5', '"intercept": 1e999');
    expect(() => parseModel(infinite)).toThrow(/intercept is not a finite number/);
    const { intercept: _, ...rest } = model;
    expect(() => modelToText({ ...rest, intercept: Number.NaN })).toThrow(/intercept/);
  });
});
