/*
 * A small neural net, trained by our own loops: see ../networkTrainer.ts. Labels are times from the
 * boundary of MIN, clipped, for what is far beyond is all the same; ranks and pairs are there too.
 */
import { defineLearner } from '../learner.ts';
import { fitNetwork, NETWORK_DEFAULTS } from '../networkFit.ts';
import { NetworkTrainer } from '../networkTrainer.ts';

const ID = 'network';

export const learner = defineLearner({
  id: ID,
  kind: 'network',
  title: 'Small neural net',
  source: 'Rumelhart, Hinton & Williams, Nature 1986; Kingma & Ba 2015 (Adam)',
  defaults: NETWORK_DEFAULTS,
  fit: (decisions, features, given, provenance, families = {}) =>
    fitNetwork(
      ID,
      (task, options) => new NetworkTrainer(task, options),
      decisions,
      features,
      given,
      provenance,
      families,
    ),
});
