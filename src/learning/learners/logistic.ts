/*
 * Logistic regression: the probability that MIN would not keep the page.
 *
 *   evict   its next use is later than a boundary: what 15 % of MIN's victims come back before
 *   keep    else
 *
 * The bit does not order what MIN would have dropped already: see ../README.md for what that costs.
 */
import { defineLearner } from '../learner.ts';
import { fitLinearLoss, LINEAR_LOSS_DEFAULTS } from '../linearLoss.ts';
import { logistic } from '../losses.ts';

const ID = 'logistic';

export const learner = defineLearner({
  id: ID,
  kind: 'linear',
  title: 'Logistic regression on what MIN keeps and evicts',
  source: 'Cox 1958; the boundary as in Song et al., NSDI 2020 (LRB)',
  defaults: LINEAR_LOSS_DEFAULTS,
  fit: (decisions, features, given, provenance, families = {}) =>
    fitLinearLoss(
      { id: ID, loss: logistic, hasBias: true, label: 3 },
      decisions,
      features,
      given,
      provenance,
      families,
    ),
});
