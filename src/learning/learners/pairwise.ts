/*
 * A linear score by which, of any two candidates, the one used later should be above: the logistic
 * loss of the difference of their scores. Every pair of a decision is used.
 */
import { defineLearner } from '../learner.ts';
import { fitLinearLoss, LINEAR_LOSS_DEFAULTS } from '../linearLoss.ts';
import { pairs } from '../losses.ts';

const ID = 'pairwise';

export const learner = defineLearner({
  id: ID,
  kind: 'linear',
  title: 'Linear ranking of pairs of candidates',
  source: 'Burges et al., ICML 2005 (RankNet); Joachims, KDD 2002',
  defaults: LINEAR_LOSS_DEFAULTS,
  fit: (decisions, features, given, provenance, families = {}) =>
    fitLinearLoss(
      { id: ID, loss: pairs, hasBias: false, label: 0 },
      decisions,
      features,
      given,
      provenance,
      families,
    ),
});
