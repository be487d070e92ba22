/*
 * What a model says, for people: a formula with units where there is one, and curves as tables.
 *
 *   score = 0.380 · log2((1 + recency) / frames)      recency in references
 *         − 0.093 · log2(1 + frequency)               frequency in count
 *
 * What does not depend on the page is left out: it changes no order. Trees and nets have no
 * formula: their partial effects (effects.ts) and a distilled model (distil.ts) have to do.
 */
import type { FeatureScale } from '../../dataset/feature.ts';
import { weightsOf } from '../kinds/linear.ts';
import { CLIP } from '../kinds/polynomial.ts';
import type { FittedModel } from '../model.ts';

/** Lines. */
export function formulaOf(model: FittedModel): readonly string[] {
  const units = model.features.map(({ id, unit }) => `${id} in ${unit}`).join(', ');
  const end = `the page with the highest score leaves; ${units}`;
  return [...termsOf(model), end];
}

function termsOf(model: FittedModel): readonly string[] {
  switch (model.kind) {
    case 'linear': {
      const { weights } = weightsOf(model);
      return sumOf(
        model.features.map(({ id, scale }, i) => [weights[i], scaledText(id, scale)] as const),
      );
    }
    case 'polynomial': {
      const standard = model.features.map(
        ({ id, scale, mean, deviation }) =>
          `  z(${id}) = (${scaledText(id, scale)} ${signed(-mean)}) / ${short(deviation)}, ` +
          `between ${-CLIP} and ${CLIP}`,
      );
      const terms = model.terms.map(({ of, coefficient }) => {
        const factors = of.map((i) => `z(${model.features[i].id})`);
        return [coefficient, factors.join(' · ')] as const;
      });
      return [...sumOf(terms), ...standard];
    }
    case 'additive':
      return [
        ...sumOf(model.features.map(({ id }) => [1, `curve(${id})`] as const)),
        ...model.features.map(({ id, scale, knots, values }) => {
          const points = knots.map((knot, k) => `${short(knot)} → ${short(values[k])}`);
          return `  curve(${id}), straight between ${scaledText(id, scale)}: ${points.join(', ')}`;
        }),
      ];
    case 'trees':
      return [`score = sum of ${model.trees.length} trees`];
    case 'network': {
      const sizes = model.layers.map(({ biases }) => biases.length);
      return [`score = net of ${[model.features.length, ...sizes].join('-')}, rectified`];
    }
  }
}

export function scaledText(id: string, scale: FeatureScale): string {
  if (scale === 'linear') return id;
  return scale === 'log2' ? `log2(1 + ${id})` : `log2((1 + ${id}) / frames)`;
}

/** The largest first. */
function sumOf(terms: readonly (readonly [number, string])[]): readonly string[] {
  const sorted = terms
    .filter(([factor]) => factor !== 0)
    .sort(([a], [b]) => Math.abs(b) - Math.abs(a));
  if (sorted.length === 0) return ['score = 0'];
  return sorted.map(([factor, text], i) => {
    const size = Math.abs(factor) === 1 ? text : `${short(Math.abs(factor))} · ${text}`;
    if (i === 0) return `score = ${factor < 0 ? '−' : ''}${size}`;
    return `      ${factor < 0 ? '−' : '+'} ${size}`;
  });
}

function signed(value: number): string {
  return value < 0 ? `− ${short(-value)}` : `+ ${short(value)}`;
}

/** Three digits that count. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
