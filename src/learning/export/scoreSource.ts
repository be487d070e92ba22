/*
 * The score of one candidate as source text, in C or JavaScript: the same sums in the same order as
 * modelScore.ts, so that all three agree to the last bit.
 *
 *   tables of numbers   then   score(v, log2_frames): v holds a raw value a feature
 *
 * Written once for both languages, which differ in how a number, an array and a variable begin. C
 * must not contract a product and a sum into one rounding: -std=c11 or -ffp-contract=off.
 */
import type { FeatureScale } from '../../dataset/feature.ts';
import { log2 } from '../../support/log2.ts';
import { slopesOf } from '../kinds/additive.ts';
import { weightsOf } from '../kinds/linear.ts';
import { CLIP } from '../kinds/polynomial.ts';
import { flatTrees } from '../kinds/trees.ts';
import type { FittedModel, ModelPart } from '../model.ts';

export interface Dialect {
  /** Declares a double that changes. */
  readonly real: string;
  /** Declares an integer that changes. */
  readonly int: string;
  reals(name: string, values: ArrayLike<number>): string;
  ints(name: string, values: ArrayLike<number>): string;
}

export interface ScoreSource {
  /** Declarations, a line each. */
  readonly tables: readonly string[];
  /** Lines of a body that ends by returning the score. */
  readonly body: readonly string[];
}

/** A number that reads as a double in C too, and gives back every bit. */
export function real(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

export function scoreSource(model: FittedModel, dialect: Dialect): ScoreSource {
  switch (model.kind) {
    case 'linear':
      return linearSource(model, dialect);
    case 'polynomial':
      return polynomialSource(model, dialect);
    case 'additive':
      return additiveSource(model, dialect);
    case 'trees':
      return treesSource(model, dialect);
    case 'network':
      return networkSource(model, dialect);
  }
}

type PartOf<Kind extends ModelPart['kind']> = Extract<ModelPart, { readonly kind: Kind }>;

/** The scaled value of feature i. */
function seen(i: number, scale: FeatureScale): string {
  if (scale === 'linear') return `v[${i}]`;
  const logarithm = `evictlab_log2(1.0 + v[${i}])`;
  return scale === 'log2' ? logarithm : `(${logarithm} - log2_frames)`;
}

function linearSource(model: PartOf<'linear'>, { real: declared }: Dialect): ScoreSource {
  const { bias, weights } = weightsOf(model);
  const terms = model.features.map(
    ({ id, scale }, i) => `score += ${real(weights[i])} * ${seen(i, scale)}; /* ${id} */`,
  );
  return { tables: [], body: [`${declared} score = ${real(bias)};`, ...terms, 'return score;'] };
}

function polynomialSource(model: PartOf<'polynomial'>, dialect: Dialect): ScoreSource {
  const factors = model.features.flatMap(({ id, scale, mean, deviation }, i) => [
    `${dialect.real} z${i} = (${seen(i, scale)} - ${real(mean)}) / ${real(deviation)}; /* ${id} */`,
    `if (z${i} > ${real(CLIP)}) z${i} = ${real(CLIP)};`,
    `if (z${i} < ${real(-CLIP)}) z${i} = ${real(-CLIP)};`,
  ]);
  const terms = model.terms.map(({ of: [i, j], coefficient }) => {
    const product = j === undefined ? `z${i}` : `(z${i} * z${j})`;
    return `score += ${real(coefficient)} * ${product};`;
  });
  const start = `${dialect.real} score = ${real(model.intercept)};`;
  return { tables: [], body: [...factors, start, ...terms, 'return score;'] };
}

function additiveSource(model: PartOf<'additive'>, dialect: Dialect): ScoreSource {
  const tables = model.features.flatMap(({ knots, values }, i) => [
    dialect.reals(`knots${i}`, knots),
    dialect.reals(`heights${i}`, values),
    dialect.reals(`rises${i}`, slopesOf({ knots, values })),
  ]);
  const curves = model.features.flatMap(({ id, scale, knots }, i) => [
    `x = ${seen(i, scale)}; /* ${id} */`,
    'k = 0;',
    `while (k < ${knots.length - 1} && knots${i}[k + 1] <= x) k++;`,
    `if (x <= knots${i}[k]) score += heights${i}[k];`,
    `else score += heights${i}[k] + rises${i}[k] * (x - knots${i}[k]);`,
  ]);
  const start = [
    `${dialect.real} score = ${real(model.intercept)};`,
    `${dialect.real} x;`,
    `${dialect.int} k;`,
  ];
  return { tables, body: [...start, ...curves, 'return score;'] };
}

function treesSource(model: PartOf<'trees'>, dialect: Dialect): ScoreSource {
  const { feature, threshold, children, roots, leaves } = flatTrees(model.trees);
  const width = model.features.length;
  const scales = model.features.map(({ scale }) => (model.values === 'raw' ? 'linear' : scale));
  return {
    tables: [
      dialect.ints('feature', feature),
      dialect.reals('threshold', threshold),
      dialect.ints('children', children),
      dialect.ints('roots', roots),
      dialect.reals('leaves', leaves),
      dialect.reals('row', new Float64Array(width)),
    ],
    body: [
      ...scales.map((scale, i) => `row[${i}] = ${seen(i, scale)}; /* ${model.features[i].id} */`),
      `${dialect.real} score = ${real(model.intercept)};`,
      `${dialect.int} t = 0;`,
      `for (; t < ${roots.length}; t++) {`,
      `  ${dialect.int} node = roots[t];`,
      '  while (node >= 0)',
      '    node = children[2 * node + (row[feature[node]] <= threshold[node] ? 0 : 1)];',
      '  score += leaves[-1 - node];',
      '}',
      'return score;',
    ],
  };
}

function networkSource(model: PartOf<'network'>, dialect: Dialect): ScoreSource {
  const last = model.layers.length - 1;
  const tables = model.layers.flatMap(({ weights, biases }, layer) => [
    dialect.reals(`weights${layer}`, weights),
    dialect.reals(`biases${layer}`, biases),
    dialect.reals(`outputs${layer}`, new Float64Array(biases.length)),
  ]);
  const inputs = model.features.map(
    ({ id, scale, mean, deviation }, i) =>
      `inputs[${i}] = (${seen(i, scale)} - ${real(mean)}) / ${real(deviation)}; /* ${id} */`,
  );
  const layers = model.layers.flatMap(({ biases }, layer) => {
    const from = layer === 0 ? 'inputs' : `outputs${layer - 1}`;
    const width = layer === 0 ? inputs.length : model.layers[layer - 1].biases.length;
    return [
      `for (o = 0; o < ${biases.length}; o++) {`,
      `  sum = biases${layer}[o];`,
      `  for (i = 0; i < ${width}; i++) sum += weights${layer}[o * ${width} + i] * ${from}[i];`,
      layer === last
        ? `  outputs${layer}[o] = sum;`
        : `  outputs${layer}[o] = sum < 0.0 ? 0.0 : sum;`,
      '}',
    ];
  });
  return {
    tables: [...tables, dialect.reals('inputs', new Float64Array(inputs.length))],
    body: [
      `${dialect.real} sum;`,
      `${dialect.int} o;`,
      `${dialect.int} i;`,
      ...inputs,
      ...layers,
      `return outputs${last}[0];`,
    ],
  };
}

const LOG2_INTERVALS = 256;

/** The table behind `evictlab_log2`: log2 of 1, 1 + 1/256 … 2, every bit of it. */
export function log2Table(): Float64Array {
  return Float64Array.from({ length: LOG2_INTERVALS + 1 }, (_, i) => log2(1 + i / LOG2_INTERVALS));
}
