/*
 * Least squares on standardised features, their squares and the products of any two: the simplest
 * model in which one feature changes what another means. Two passes over the decisions, the first
 * to standardise.
 */
import {
  EXPANDED_DEFAULTS,
  EXPANDED_RULES,
  fitExpanded,
  timeTarget,
} from '../expandedLeastSquares.ts';
import { finishModel } from '../fittedModel.ts';
import { clipped, type PolynomialPart } from '../kinds/polynomial.ts';
import { checkBounds, checkOptions, defineLearner, optionsOf } from '../learner.ts';
import { inputOf } from '../modelInput.ts';
import { type Expansion, gatherMoments, mergedMoments } from '../moments.ts';
import { standardise } from '../normalEquations.ts';

const ID = 'polynomial';

export const learner = defineLearner({
  id: ID,
  kind: 'polynomial',
  title: 'Least squares on features, their squares and products',
  source: 'Gergonne 1815; clipped, ridge by held-out fingerprints',
  defaults: EXPANDED_DEFAULTS,
  async fit(decisions, features, given, provenance, families = {}) {
    const options = optionsOf(ID, EXPANDED_DEFAULTS, given);
    checkBounds(ID, options);
    checkOptions(ID, options, EXPANDED_RULES);
    const gathered = await gatherMoments(decisions, features, options);
    const moments = mergedMoments(gathered.groups.values());
    const { deviations } = standardise(moments, false);
    const terms = termsOf(features.length);
    const expansion = products(terms, moments.mean, deviations);
    const fitted = await fitExpanded(decisions, features, options, expansion, families);
    const { slopes, means, targetMean } = fitted;
    const part: PolynomialPart = {
      kind: 'polynomial',
      features: features.map((feature, i) => ({
        ...inputOf(feature),
        mean: moments.mean[i],
        deviation: deviations[i],
      })),
      intercept: slopes.reduce((sum, slope, t) => sum - slope * means[t], targetMean),
      terms: terms.flatMap((of, t) => (slopes[t] === 0 ? [] : [{ of, coefficient: slopes[t] }])),
    };
    const head = { learner: ID, options, target: timeTarget(options), provenance };
    return finishModel(head, part, fitted.fit, decisions);
  },
});

type Factors = PolynomialPart['terms'][number]['of'];

/** Every feature, then every square and product. */
function termsOf(width: number): readonly Factors[] {
  const terms: Factors[] = Array.from({ length: width }, (_, i) => [i] as const);
  for (let i = 0; i < width; i++) for (let j = i; j < width; j++) terms.push([i, j]);
  return terms;
}

function products(
  terms: readonly Factors[],
  means: Float64Array,
  deviations: Float64Array,
): Expansion {
  const z = new Float64Array(deviations.length);
  return {
    width: terms.length,
    expand(values, out, at) {
      for (let i = 0; i < z.length; i++) z[i] = clipped((values[i] - means[i]) / deviations[i]);
      for (let t = 0; t < terms.length; t++) {
        const [i, j] = terms[t];
        out[at + t] = j === undefined ? z[i] : z[i] * z[j];
      }
    },
  };
}
