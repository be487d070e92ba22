/* What a study asks of its fitted policy, looked at before anything is labelled or fitted. */
import { checkLearnedOptions, LEARNED_DEFAULTS } from '../learning/learnedPolicy.ts';
import { InputError } from '../support/assert.ts';
import { readFeatures } from './featureCatalog.ts';
import { optionsText, parseOptions } from './namedOptions.ts';
import type { Study } from './studyFile.ts';
import { gridOf } from './studyTune.ts';
import { findTrainer } from './trainFiles.ts';

/** Options with which a policy closes some of the gap whatever it was fitted to. */
const WITHOUT_LABELS = ['adapt', 'guard', 'duel'];

export async function checkTraining(study: Study): Promise<void> {
  const { learner: id, learnerOptions, features: ids, policyOptions, tune, control } = study;
  const learner = await findTrainer(id, learnerOptions);
  const features = await readFeatures(ids);
  const options = { ...learner.defaults, ...learnerOptions };
  const model = { kind: learner.kind, learner: learner.id, options };
  if (control === 'shuffled' && Object.keys(tune).length > 0) {
    throw new InputError(
      'train.control: shuffled shows nothing with train.tune, which needs no labels',
      'leave out train.tune, and give train.policy one value of each option',
    );
  }
  for (const setting of gridOf(tune)) {
    const all = { ...policyOptions, ...setting };
    const asked = { kind: 'policy', name: `fitted by ${id}`, defaults: LEARNED_DEFAULTS };
    parseOptions(optionsText(all), asked);
    checkLearnedOptions(all, features, model);
    const helping = WITHOUT_LABELS.find((name) => (all[name] ?? 0) > 0);
    if (control === 'shuffled' && helping !== undefined) {
      throw new InputError(
        `train.control: shuffled shows nothing with ${helping}=${all[helping]}, which needs no labels`,
        `leave ${WITHOUT_LABELS.join(', ')} out of train.policy and train.tune`,
      );
    }
  }
}
