/** Fitted models as files of JSON; and every way to name a policy, `model:FILE` among them. */
import type { PolicySpec } from '../engine/policy.ts';
import { learnedPolicy } from '../learning/learnedPolicy.ts';
import { type FittedModel, modelToText, parseModel } from '../learning/model.ts';
import { InputError } from '../support/assert.ts';
import { writeAtomically } from './atomicWrite.ts';
import { readFeatureCatalog } from './featureCatalog.ts';
import { loadPlanPolicy } from './planFile.ts';
import { type ResolvedPolicy, resolvePolicy } from './policyCatalog.ts';
import { readText } from './readText.ts';

/** A model is a page of text; what is longer is something else. */
const MODEL_BYTES_MAX = 2 ** 20;

/** The model in the file `path`; an InputError that names the file when there is none. */
export async function readModel(path: string): Promise<FittedModel> {
  const text = await readText(path, MODEL_BYTES_MAX);
  try {
    return parseModel(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path}: ${error.message}`, error.hint);
  }
}

/** Same model, same bytes. */
export function writeModel(path: string, model: FittedModel): Promise<void> {
  return writeAtomically(path, (sink) => sink.write(new TextEncoder().encode(modelToText(model))));
}

/** The policy that a model file describes. */
export async function loadModelPolicy(path: string): Promise<PolicySpec> {
  const model = await readModel(path);
  return learnedPolicy(model, await readFeatureCatalog());
}

const PLAN_PREFIX = 'plan:';

/** What a user may name: an id with options, a module's path, `model:FILE` or `plan:FILE`. */
export async function resolvePolicyOrModel(text: string): Promise<ResolvedPolicy> {
  if (!text.startsWith(PLAN_PREFIX)) return resolvePolicy(text, loadModelPolicy);
  const spec = await loadPlanPolicy(text.slice(PLAN_PREFIX.length));
  return { spec, options: {}, label: text };
}
