/*
 * A linear score whose softmax over the candidates of a decision should be that of their times:
 * what is at the top of the list, the only thing that is evicted, counts most.
 */
import { defineLearner } from '../learner.ts';
import { fitLinearLoss, LINEAR_LOSS_DEFAULTS } from '../linearLoss.ts';
import { list } from '../losses.ts';

const ID = 'listwise';

export const learner = defineLearner({
  id: ID,
  kind: 'linear',
  title: 'Linear ranking of whole lists of candidates',
  source: 'Cao et al., ICML 2007 (ListNet)',
  defaults: LINEAR_LOSS_DEFAULTS,
  fit: (decisions, features, given, provenance, families = {}) =>
    fitLinearLoss(
      { id: ID, loss: list, hasBias: false, label: 0 },
      decisions,
      features,
      given,
      provenance,
      families,
    ),
});
