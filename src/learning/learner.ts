/** What a learner is: decisions in, a model of plain numbers out. One file of learners/ each. */
import type { DecisionBatch } from '../dataset/decisionTable.ts';
import type { Feature } from '../dataset/feature.ts';
import type { FittedModel, ModelProvenance } from './model.ts';

export type LearnerOptions = Readonly<Record<string, number>>;

/** The decisions to fit, from the start each time it is called. A batch holds whole decisions. */
export type DecisionSource = () => AsyncIterable<DecisionBatch> | Iterable<DecisionBatch>;

export interface Learner<Model extends FittedModel = FittedModel> {
  /** Lower case with dashes: command line, models. */
  readonly id: string;
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
  ): Promise<Model>;
}

/** Declares a learner; the file's export `learner`. */
export function defineLearner<Model extends FittedModel>(learner: Learner<Model>): Learner<Model> {
  return learner;
}
