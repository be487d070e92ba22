/*
 * The net of network.ts trained by TensorFlow.js: native where it is installed, else WebAssembly.
 * The model is the same plain data, and no TensorFlow evicts. Slower than our loops for nets this
 * small; for larger ones, and as a check of ours. The last bits of a model depend on the machine.
 */
import { defineLearner } from '../learner.ts';
import { fitNetwork, NETWORK_DEFAULTS } from '../networkFit.ts';
import { openTensorFlow } from '../tensorFlow.ts';
import { TensorFlowTrainer } from '../tensorFlowTrainer.ts';

const ID = 'tensorflow';

export const learner = defineLearner({
  id: ID,
  kind: 'network',
  title: 'Small neural net, trained by TensorFlow.js',
  source: 'Abadi et al., OSDI 2016; Smilkov et al., MLSys 2019',
  defaults: NETWORK_DEFAULTS,
  async fit(decisions, features, given, provenance, families = {}) {
    const tf = await openTensorFlow();
    return fitNetwork(
      ID,
      (task, options) => new TensorFlowTrainer(tf, task, options),
      decisions,
      features,
      given,
      provenance,
      families,
    );
  },
});
