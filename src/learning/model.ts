/*
 * A fitted model: plain data, which is all that is needed to evict. As a file it is JSON with every
 * field present and none unknown, because a model read wrongly evicts wrongly without a word.
 */
import type { Feature, FeatureScale } from '../dataset/feature.ts';
import { InputError } from '../support/assert.ts';

/** One term: coefficient · (scaled value − mean) ÷ deviation. */
export interface ModelFeature {
  readonly id: string;
  readonly unit: Feature['unit'];
  readonly scale: FeatureScale;
  /** Of the scaled values it was fitted on; the deviation is never 0. */
  readonly mean: number;
  readonly deviation: number;
  readonly coefficient: number;
}

/** How well the model describes the decisions it was fitted on. */
export interface ModelFit {
  readonly rows: number;
  readonly decisions: number;
  /**
   * Share of the target's variance that is described; of its variance within decisions, centred.
   */
  readonly r2: number;
  /** Root mean square error, in the target's unit. */
  readonly rmse: number;
  /** Share of decisions where the model's choice is used no sooner than MIN's. */
  readonly victimAgreement: number;
}

/** Where a model is from. */
export interface ModelProvenance {
  /** Digests of the decision files, or of the fingerprints when there was no file. */
  readonly inputs: readonly string[];
  readonly fingerprints: readonly string[];
  /** Of the labelling. */
  readonly seed: number;
  /** Name and version of the program. */
  readonly program: string;
}

export interface FittedModel {
  readonly format: 'evictlab-model';
  readonly version: 1;
  readonly kind: 'linear';
  readonly learner: string;
  readonly options: Readonly<Record<string, number>>;
  readonly features: readonly ModelFeature[];
  readonly intercept: number;
  /** What the score estimates, in words. */
  readonly target: string;
  readonly fit: ModelFit;
  readonly provenance: ModelProvenance;
}

/** The model as a file: same model, same bytes. */
export function modelToText(model: FittedModel): string {
  return `${JSON.stringify(checkModel(model), undefined, 2)}\n`;
}

/** The model in `text`, or an InputError that names the field which is wrong. */
export function parseModel(text: string): FittedModel {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError('the model is not JSON', 'give a file that `evictlab train` wrote');
  }
  return checkModel(value);
}

/** A copy with the fields in a fixed order. Numbers written as text keep every bit. */
function checkModel(value: unknown): FittedModel {
  const root = fieldsOf(value, 'the model', [
    'format',
    'version',
    'kind',
    'learner',
    'options',
    'features',
    'intercept',
    'target',
    'fit',
    'provenance',
  ]);
  const fit = fieldsOf(root.fit, 'fit', ['rows', 'decisions', 'r2', 'rmse', 'victimAgreement']);
  const provenance = fieldsOf(root.provenance, 'provenance', [
    'inputs',
    'fingerprints',
    'seed',
    'program',
  ]);
  const features = list(root.features, 'features', checkFeature);
  const intercept = number(root.intercept, 'intercept');
  checkScores(features, intercept);
  return {
    format: oneOf(root.format, 'format', ['evictlab-model']),
    version: oneOf(root.version, 'version', [1]),
    kind: oneOf(root.kind, 'kind', ['linear']),
    learner: text(root.learner, 'learner'),
    options: numbers(root.options, 'options'),
    features,
    intercept,
    target: text(root.target, 'target'),
    fit: {
      rows: count(fit.rows, 'fit.rows'),
      decisions: count(fit.decisions, 'fit.decisions'),
      r2: number(fit.r2, 'fit.r2'),
      rmse: number(fit.rmse, 'fit.rmse'),
      victimAgreement: number(fit.victimAgreement, 'fit.victimAgreement'),
    },
    provenance: {
      inputs: list(provenance.inputs, 'provenance.inputs', text),
      fingerprints: list(provenance.fingerprints, 'provenance.fingerprints', text),
      seed: count(provenance.seed, 'provenance.seed'),
      program: text(provenance.program, 'provenance.program'),
    },
  };
}

/** Scaled values are less: times are below 2³¹, and no count is above the time it took. */
const SCALED_VALUE_MAX = 2 ** 31;

/** Something is scored, each feature once, and the score is finite whatever the values are. */
function checkScores(features: readonly ModelFeature[], intercept: number): void {
  if (features.length === 0) throw wrong('features', 'is empty');
  // No partial sum of a score is greater.
  let bound = Math.abs(intercept);
  for (const [i, { id, mean, deviation, coefficient }] of features.entries()) {
    if (features.findIndex((feature) => feature.id === id) < i) {
      throw wrong(`features[${i}].id`, `is "${id}" a second time`);
    }
    bound += Math.abs(coefficient / deviation) * (SCALED_VALUE_MAX + Math.abs(mean));
    if (Number.isFinite(bound)) continue;
    throw wrong(`features[${i}].coefficient`, 'is too large for its deviation: scores overflow');
  }
}

function checkFeature(value: unknown, where: string): ModelFeature {
  const names = ['id', 'unit', 'scale', 'mean', 'deviation', 'coefficient'] as const;
  const fields = fieldsOf(value, where, names);
  const deviation = number(fields.deviation, `${where}.deviation`);
  if (deviation <= 0) throw wrong(`${where}.deviation`, 'is not positive');
  return {
    id: text(fields.id, `${where}.id`),
    unit: oneOf(fields.unit, `${where}.unit`, ['references', 'count', 'bit']),
    scale: oneOf(fields.scale, `${where}.scale`, ['log2', 'linear']),
    mean: number(fields.mean, `${where}.mean`),
    deviation,
    coefficient: number(fields.coefficient, `${where}.coefficient`),
  };
}

/** The fields of an object that has exactly those named. */
function fieldsOf<const Name extends string>(
  value: unknown,
  where: string,
  names: readonly Name[],
): Readonly<Record<Name, unknown>> {
  if (!isObject(value)) throw wrong(where, 'is not an object');
  const unknownName = Object.keys(value).find((key) => !names.some((name) => name === key));
  if (unknownName !== undefined) throw wrong(where, `has an unknown field "${unknownName}"`);
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw wrong(where, `lacks the field "${missing}"`);
  // Every name was just found, and nothing else.
  return value as Record<Name, unknown>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function oneOf<const T>(value: unknown, where: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) {
    throw wrong(where, `is ${JSON.stringify(value)}, not ${allowed.join(' or ')}`);
  }
  return found;
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw wrong(where, 'is not text');
  return value;
}

function number(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw wrong(where, 'is not a finite number');
  }
  return value;
}

function count(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw wrong(where, 'is not a whole number of at least 0');
  }
  return value;
}

/** By name, in order of name. */
function numbers(value: unknown, where: string): Readonly<Record<string, number>> {
  if (!isObject(value)) throw wrong(where, 'is not an object');
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, number(value[name], `${where}.${name}`)]));
}

function list<T>(
  value: unknown,
  where: string,
  check: (item: unknown, where: string) => T,
): readonly T[] {
  if (!Array.isArray(value)) throw wrong(where, 'is not a list');
  return value.map((item, i) => check(item, `${where}[${i}]`));
}

function wrong(where: string, what: string): InputError {
  return new InputError(
    `the model is not valid: ${where} ${what}`,
    'give a file that this version of `evictlab train` wrote, or train it again',
  );
}
