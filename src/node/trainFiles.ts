/** Files of labelled decisions to a fitted model. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { DecisionBatch } from '../dataset/decisionTable.ts';
import { drawnLabels } from '../dataset/drawnLabels.ts';
import type { Feature } from '../dataset/feature.ts';
import type { Families } from '../learning/folds.ts';
import type { DecisionSource, Learner, LearnerOptions } from '../learning/learner.ts';
import type { FittedModel, ModelProvenance } from '../learning/model.ts';
import { assert, InputError } from '../support/assert.ts';
import { Random } from '../support/random.ts';
import { nearest } from '../support/text.ts';
import { type DecisionFileInfo, readDecisionFileInfo, readDecisions } from './decisionFile.ts';
import { readFeatures } from './featureCatalog.ts';
import { readLearnerCatalog } from './learnerCatalog.ts';
import { programVersion } from './version.ts';

export interface TrainRequest {
  /** Files of decisions, at least one. */
  readonly inputs: readonly string[];
  /** Id of a learner. */
  readonly learner: string;
  /** Laid over the learner's defaults. */
  readonly options: LearnerOptions;
  /** Ids; undefined: all that the first file has. */
  readonly features: readonly string[] | undefined;
  /** Of the fingerprints: what is held out to choose settings never parts one. */
  readonly families?: Families;
  /** Labels that have nothing to do with their rows: the model must be worth nothing. */
  readonly control?: 'shuffled';
}

/** The model. Same files and request, same model. */
export async function trainFiles(request: TrainRequest): Promise<FittedModel> {
  const { inputs, options, families, control } = request;
  assert(inputs.length > 0, 'a model is fitted to something');
  const learner = await findTrainer(request.learner, options);
  const { features, decisions, provenance } = await trainingOf(inputs, request.features);
  if (control === undefined) return learner.fit(decisions, features, options, provenance, families);
  const blind = () => shuffledBatches(decisions(), provenance.seed);
  return learner.fit(blind, features, options, { ...provenance, control }, families);
}

/** The learner of this id, if these are options of it. */
export async function findTrainer(id: string, options: LearnerOptions): Promise<Learner> {
  const learner = findById(await readLearnerCatalog(), id, 'learner');
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(learner.defaults, name));
  if (unknown === undefined) return learner;
  throw unknownName(`option of ${learner.id}`, unknown, Object.keys(learner.defaults));
}

/** The same each time, for a learner may go over them more than once. */
async function* shuffledBatches(
  batches: ReturnType<DecisionSource>,
  seed: number,
): AsyncGenerator<DecisionBatch> {
  const random = new Random(seed);
  let pool: DecisionBatch | undefined;
  for await (const batch of batches) {
    pool ??= batch;
    yield drawnLabels(batch, pool, random);
  }
}

/** What a model is fitted to, and where that is from. */
export interface Training {
  readonly features: readonly Feature[];
  readonly decisions: DecisionSource;
  readonly provenance: ModelProvenance;
}

/** The decisions of these files with these features; undefined: all that the first file has. */
export async function trainingOf(
  inputs: readonly string[],
  featureIds: readonly string[] | undefined,
): Promise<Training> {
  const infos: DecisionFileInfo[] = [];
  const digests: string[] = [];
  for (const input of inputs) {
    infos.push(await readDecisionFileInfo(input));
    digests.push(await digestOf(input));
  }
  const tables = infos.flatMap((info) => info.tables);
  return {
    features: await chooseFeatures(featureIds ?? infos[0].features, inputs, infos),
    decisions: () => batchesOf(inputs),
    provenance: {
      inputs: digests,
      fingerprints: [...new Set(tables.map((table) => table.fingerprint))],
      seed: tables[0]?.seed ?? 0,
      program: `evictlab ${programVersion()}`,
    },
  };
}

/** The decisions of one file after the other. */
export async function* batchesOf(inputs: readonly string[]): AsyncGenerator<DecisionBatch> {
  for (const input of inputs) yield* readDecisions(input);
}

async function chooseFeatures(
  ids: readonly string[],
  inputs: readonly string[],
  infos: readonly DecisionFileInfo[],
): Promise<readonly Feature[]> {
  const features = await readFeatures(ids);
  if (features.length === 0) {
    throw new InputError(`${inputs[0]} has no feature to fit`, 'label again with --features');
  }
  for (const { id } of features) {
    const without = infos.findIndex((info) => !info.features.includes(id));
    if (without < 0) continue;
    throw new InputError(
      `${inputs[without]} has no column "${id}"`,
      `it has ${infos[without].features.join(', ')}; label again, or choose by --features`,
    );
  }
  return features;
}

function findById<T extends { readonly id: string }>(
  items: readonly T[],
  id: string,
  what: string,
): T {
  const item = items.find((candidate) => candidate.id === id);
  if (item === undefined) {
    throw unknownName(
      what,
      id,
      items.map((candidate) => candidate.id),
    );
  }
  return item;
}

function unknownName(what: string, name: string, names: readonly string[]): InputError {
  const meant = nearest(name, names);
  return new InputError(
    `unknown ${what} "${name}"`,
    meant === undefined ? `one of: ${names.join(' ')}` : `did you mean ${meant}?`,
  );
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
