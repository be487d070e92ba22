/** What a learner is: decisions in, a model of plain numbers out. One file of learners/ each. */
import type { DecisionBatch } from '../dataset/decisionTable.ts';
import type { Feature } from '../dataset/feature.ts';
import { InputError } from '../support/assert.ts';
import type { Families } from './folds.ts';
import type { FittedModel, ModelProvenance } from './model.ts';
import type { TargetBounds } from './target.ts';

export type LearnerOptions = Readonly<Record<string, number>>;

/** The decisions to fit, from the start each time it is called. A batch holds whole decisions. */
export type DecisionSource = () => AsyncIterable<DecisionBatch> | Iterable<DecisionBatch>;

export interface Learner<Model extends FittedModel = FittedModel> {
  /** Lower case with dashes: command line, models. */
  readonly id: string;
  /** Of its models. */
  readonly kind: Model['kind'];
  readonly title: string;
  /** Where the method is from. */
  readonly source: string;
  /** Numbers a user may change; each is explained where the learner declares it. */
  readonly defaults: LearnerOptions;
  /**
   * Fits the columns of `features`, which every batch must have; `options` are laid over the
   * defaults. Same decisions and options, same model.
   */
  fit(
    decisions: DecisionSource,
    features: readonly Feature[],
    options: LearnerOptions,
    provenance: ModelProvenance,
    /** Of the fingerprints; what is held out to choose settings never parts one. */
    families?: Families,
  ): Promise<Model>;
}

/** Declares a learner; the file's export `learner`. */
export function defineLearner<Model extends FittedModel>(learner: Learner<Model>): Learner<Model> {
  return learner;
}

/** `given` laid over `defaults`; refuses a name that is not there. */
export function optionsOf<Name extends string>(
  id: string,
  defaults: Readonly<Record<Name, number>>,
  given: LearnerOptions,
): Readonly<Record<Name, number>> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(defaults, name));
  if (unknown === undefined) return { ...defaults, ...given };
  throw new InputError(
    `${id} has no option "${unknown}"`,
    `its options are ${Object.keys(defaults).join(', ')}`,
  );
}

/** What an option's value must be. */
export type OptionRule = 'switch' | 'share' | 'count' | 'whole' | 'not negative';

const RULES: Readonly<Record<OptionRule, readonly [(value: number) => boolean, string]>> = {
  switch: [(value) => value === 0 || value === 1, '0 or 1'],
  share: [(value) => value > 0 && value <= 1, 'above 0 and at most 1'],
  count: [(value) => Number.isSafeInteger(value) && value >= 1, 'a whole number of at least 1'],
  whole: [(value) => Number.isSafeInteger(value) && value >= 0, 'a whole number'],
  'not negative': [(value) => value >= 0, '0 or more'],
};

/** Refuses the first value that breaks its rule, and bounds that cross. */
export function checkOptions<Name extends string>(
  id: string,
  options: Readonly<Record<Name, number>>,
  rules: Readonly<Partial<Record<Name, OptionRule>>>,
): void {
  for (const name of Object.keys(rules) as Name[]) {
    const [holds, what] = RULES[rules[name]!];
    if (holds(options[name])) continue;
    throw new InputError(`${id} cannot use ${name}=${options[name]}`, `it must be ${what}`);
  }
}

export function checkBounds(id: string, { low, high }: TargetBounds): void {
  if (low < high) return;
  throw new InputError(`${id} cannot use low=${low}, high=${high}`, 'low must be below high');
}
