/** Fitted models as files of JSON, and as policies: `model:FILE`. */
import { policyCostOf } from '../learning/export/cost.ts';
import { featuresOf, LEARNED_DEFAULTS, learnedPolicy } from '../learning/learnedPolicy.ts';
import { type FittedModel, modelToText, parseModel } from '../learning/model.ts';
import { InputError } from '../support/assert.ts';
import { writeAtomically } from './atomicWrite.ts';
import { readFeaturesOf } from './featureCatalog.ts';
import { findLearner } from './learnerCatalog.ts';
import { optionsText } from './namedOptions.ts';
import type { LoadedPolicy } from './policyCatalog.ts';
import { readText } from './readText.ts';

/** A linear model is a page of text, a thousand trees are some megabytes; longer is no model. */
const MODEL_BYTES_MAX = 2 ** 24;

/** The model in the file `path`; an InputError that names the file when there is none. */
export async function readModel(path: string): Promise<FittedModel> {
  const text = await readText(path, MODEL_BYTES_MAX);
  try {
    return await checkLearner(parseModel(text));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path}: ${error.message}`, error.hint);
  }
}

/** Names a learner there is, and none but its options; else somebody has edited the file. */
async function checkLearner(model: FittedModel): Promise<FittedModel> {
  const learner = await findLearner(model.learner);
  const hint = 'list learners and their options with `evictlab learners`';
  if (learner === undefined) {
    throw new InputError(`the model is not valid: learner "${model.learner}" is not known`, hint);
  }
  const unknown = Object.keys(model.options).find((name) => !Object.hasOwn(learner.defaults, name));
  if (unknown === undefined) return model;
  throw new InputError(`the model is not valid: options.${unknown} is not known`, hint);
}

/** Same model, same bytes. */
export function writeModel(path: string, model: FittedModel): Promise<void> {
  return writeAtomically(path, (sink) => sink.write(new TextEncoder().encode(modelToText(model))));
}

/** How a user names the policy of a model file, with these options. */
export function modelPolicyName(path: string, options: Readonly<Record<string, number>>): string {
  const text = optionsText(options);
  return text === undefined ? `model:${path}` : `model:${path}:${text}`;
}

/** The policy that a model file describes. */
export async function loadModelPolicy(path: string): Promise<LoadedPolicy> {
  const model = await readModel(path);
  const catalog = await readFeaturesOf(model.features.map(({ id }) => id));
  return {
    spec: learnedPolicy(model, catalog),
    fittedOn: model.provenance.fingerprints,
    costWith: (options) =>
      policyCostOf(model, featuresOf(model, catalog), { ...LEARNED_DEFAULTS, ...options }),
  };
}
