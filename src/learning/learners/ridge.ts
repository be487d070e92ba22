/*
 * Least squares as in leastSquares.ts, with the ridge chosen by what it does on fingerprints that
 * were held out. Worth it where features are many and alike.
 */
import {
  EXPANDED_DEFAULTS,
  EXPANDED_RULES,
  fitExpanded,
  timeTarget,
} from '../expandedLeastSquares.ts';
import { finishModel } from '../fittedModel.ts';
import type { LinearPart } from '../kinds/linear.ts';
import { checkBounds, checkOptions, defineLearner, optionsOf } from '../learner.ts';
import { inputOf } from '../modelInput.ts';
import { unexpanded } from '../moments.ts';

const ID = 'ridge';

export const learner = defineLearner({
  id: ID,
  kind: 'linear',
  title: 'Linear least squares, its ridge chosen on fingerprints held out',
  source: 'Hoerl & Kennard, Technometrics 1970',
  defaults: EXPANDED_DEFAULTS,
  async fit(decisions, features, given, provenance, families = {}) {
    const options = optionsOf(ID, EXPANDED_DEFAULTS, given);
    checkBounds(ID, options);
    checkOptions(ID, options, EXPANDED_RULES);
    const expansion = unexpanded(features.length);
    const fitted = await fitExpanded(decisions, features, options, expansion, families);
    const part: LinearPart = {
      kind: 'linear',
      features: features.map((feature, i) => ({
        ...inputOf(feature),
        mean: fitted.means[i],
        deviation: fitted.deviations[i],
        coefficient: fitted.slopes[i] * fitted.deviations[i],
      })),
      intercept: fitted.targetMean,
    };
    const head = { learner: ID, options, target: timeTarget(options), provenance };
    return finishModel(head, part, fitted.fit, decisions);
  },
});
