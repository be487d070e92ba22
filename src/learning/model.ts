/*
 * A fitted model: plain data, which is all that is needed to evict. As a file it is JSON with every
 * field present and none unknown, because a model read wrongly evicts wrongly without a word.
 */
import { InputError } from '../support/assert.ts';
import { ADDITIVE_FIELDS, type AdditivePart, checkAdditive } from './kinds/additive.ts';
import { checkLinear, LINEAR_FIELDS, type LinearPart } from './kinds/linear.ts';
import { checkNetwork, NETWORK_FIELDS, type NetworkPart } from './kinds/network.ts';
import { checkPolynomial, POLYNOMIAL_FIELDS, type PolynomialPart } from './kinds/polynomial.ts';
import { checkTrees, TREES_FIELDS, type TreesPart } from './kinds/trees.ts';
import { count, fieldsOf, isObject, list, number, numbers, oneOf, text } from './modelFields.ts';

/** How well the model describes the decisions it was fitted on. */
export interface ModelFit {
  readonly rows: number;
  readonly decisions: number;
  /**
   * Share of the loss that is taken away, 0 for scores that are all the same. For squares: of the
   * target's variance; of its variance within decisions, centred.
   */
  readonly r2: number;
  /** Root mean square error, in the target's unit; absent when scores estimate no target. */
  readonly rmse?: number;
  /** Share of the loss taken away on fingerprints held out in turn, where settings were chosen. */
  readonly heldOutR2?: number;
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
  /** A control: its labels had nothing to do with their rows. Absent: a model. */
  readonly control?: 'shuffled';
  /** Options that the policy costs least with, on these fingerprints; absent: none were tried. */
  readonly tuned?: Readonly<Record<string, number>>;
}

/** What every model says, whatever its kind. */
export interface ModelHead {
  readonly format: 'evictlab-model';
  readonly version: 1;
  readonly learner: string;
  readonly options: Readonly<Record<string, number>>;
  /** What the score estimates, in words. */
  readonly target: string;
  readonly fit: ModelFit;
  readonly provenance: ModelProvenance;
}

/** What is scored by, one for each kind. */
export type ModelPart = LinearPart | PolynomialPart | AdditivePart | TreesPart | NetworkPart;

export type ModelOf<Part extends ModelPart> = ModelHead & Part;
export type FittedModel = ModelHead & ModelPart;

/** The model as a file: same model, same bytes. A list of numbers stands on one line. */
export function modelToText(model: FittedModel): string {
  const text = JSON.stringify(checkModel(model), undefined, 2);
  return `${text.replace(/\[\n[-+.eE\d,\s]+\]/g, (numbers) => numbers.replace(/\s+/g, ''))}\n`;
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

/** The fields of the part of each kind besides `kind`, and what checks them. */
const PARTS = {
  linear: { fields: LINEAR_FIELDS, check: checkLinear },
  polynomial: { fields: POLYNOMIAL_FIELDS, check: checkPolynomial },
  additive: { fields: ADDITIVE_FIELDS, check: checkAdditive },
  trees: { fields: TREES_FIELDS, check: checkTrees },
  network: { fields: NETWORK_FIELDS, check: checkNetwork },
};

/** A copy with the fields in a fixed order. Numbers written as text keep every bit. */
function checkModel(value: unknown): FittedModel {
  const kinds = Object.keys(PARTS) as readonly ModelPart['kind'][];
  const kind = isObject(value) ? oneOf(value.kind, 'kind', kinds) : 'linear';
  // Which fields there may be depends on the kind, and each check looks at its own.
  const part: {
    readonly fields: readonly string[];
    readonly check: (root: never) => ModelPart;
  } = PARTS[kind];
  const root = fieldsOf(value, 'the model', [
    'format',
    'version',
    'kind',
    'learner',
    'options',
    ...part.fields,
    'target',
    'fit',
    'provenance',
  ]);
  const shares = ['rows', 'decisions', 'r2', 'victimAgreement'] as const;
  const fit = fieldsOf(root.fit, 'fit', shares, ['rmse', 'heldOutR2']);
  const origin = ['inputs', 'fingerprints', 'seed', 'program'] as const;
  const provenance = fieldsOf(root.provenance, 'provenance', origin, ['control', 'tuned']);
  const head = {
    format: oneOf(root.format, 'format', ['evictlab-model']),
    version: oneOf(root.version, 'version', [1]),
    kind,
    learner: text(root.learner, 'learner'),
    options: numbers(root.options, 'options'),
  };
  return {
    ...head,
    // `fieldsOf` found the fields that the check of this kind takes.
    ...part.check(root as never),
    target: text(root.target, 'target'),
    fit: {
      rows: count(fit.rows, 'fit.rows'),
      decisions: count(fit.decisions, 'fit.decisions'),
      r2: number(fit.r2, 'fit.r2'),
      ...(fit.rmse !== undefined && { rmse: number(fit.rmse, 'fit.rmse') }),
      ...(fit.heldOutR2 !== undefined && { heldOutR2: number(fit.heldOutR2, 'fit.heldOutR2') }),
      victimAgreement: number(fit.victimAgreement, 'fit.victimAgreement'),
    },
    provenance: {
      inputs: list(provenance.inputs, 'provenance.inputs', text),
      fingerprints: list(provenance.fingerprints, 'provenance.fingerprints', text),
      seed: count(provenance.seed, 'provenance.seed'),
      program: text(provenance.program, 'provenance.program'),
      ...(provenance.control !== undefined && {
        control: oneOf(provenance.control, 'provenance.control', ['shuffled']),
      }),
      ...(provenance.tuned !== undefined && {
        tuned: numbers(provenance.tuned, 'provenance.tuned'),
      }),
    },
  };
}
