/* A net fitted by a trainer: what our own and TensorFlow's learner share. */
import type { Feature } from '../dataset/feature.ts';
import { InputError } from '../support/assert.ts';
import { chooseSteps, type Trainer } from './earlyStop.ts';
import { finishModel } from './fittedModel.ts';
import type { Families } from './folds.ts';
import type { Layer, NetworkPart } from './kinds/network.ts';
import {
  checkBounds,
  checkOptions,
  type DecisionSource,
  type LearnerOptions,
  optionsOf,
} from './learner.ts';
import { LOSSES } from './losses.ts';
import type { ModelOf, ModelProvenance } from './model.ts';
import { inputOf } from './modelInput.ts';
import type { NetworkOptions, NetworkTask } from './networkTrainer.ts';
import {
  allDecisions,
  decisionFolds,
  labelText,
  loadRows,
  meanLabel,
  ROW_RULES,
  standardise,
} from './rows.ts';

export const NETWORK_DEFAULTS = {
  /**
   * 0: log2 of the time in memories, 1: from the boundary of MIN, 2: rank among the candidates, 3:
   * evict or keep.
   */
  label: 1,
  /** 0: squares, 1: logistic (label 3), 2: pairs, 3: lists. */
  loss: 0,
  /** Bounds of labels that are times. */
  low: -6,
  high: 2,
  /** Outputs of the two layers between; 0: no such layer. */
  hidden1: 32,
  hidden2: 16,
  /** Passes over the rows, at most. */
  epochs: 20,
  /** Fingerprints are held out in so many turns to choose the epochs; below 2: all are made. */
  folds: 3,
  /** Epochs without less held-out loss before the search ends. */
  patience: 4,
  /** Adam's; it falls by the factor `cooling` an epoch. */
  rate: 0.003,
  cooling: 0.85,
  /** Share of the rate by which weights shrink at every batch. */
  decay: 0.01,
  /** Decisions between two changes of the weights. */
  batch: 16,
  /** 1: every fingerprint and memory size counts as much as any other, however many its rows. */
  balance: 1,
  /** Rows held in memory; of more a seeded share of the decisions is kept. */
  rows: 500_000,
  seed: 1,
};

export type NetworkFitOptions = typeof NETWORK_DEFAULTS;

/** A trainer that can give up its weights. */
export interface LayersTrainer extends Trainer {
  layers(): readonly Layer[];
}

export type TrainerMaker = (task: NetworkTask, options: NetworkOptions) => LayersTrainer;

export async function fitNetwork(
  id: string,
  makeTrainer: TrainerMaker,
  decisions: DecisionSource,
  features: readonly Feature[],
  given: LearnerOptions,
  provenance: ModelProvenance,
  families: Families,
): Promise<ModelOf<NetworkPart>> {
  const options = checkedOptions(id, given);
  const loss = LOSSES[options.loss];
  const rows = await loadRows(decisions, features, options);
  const { means, deviations } = standardise(rows);
  const everything = allDecisions(rows);
  const constant = loss.constant(meanLabel(rows));
  const task = { rows, loss, constant };
  const trainers = decisionFolds(rows, options.folds, families).map((fold) =>
    makeTrainer({ ...task, ...fold }, options),
  );
  const chosen =
    trainers.length === 0 ? undefined : chooseSteps(trainers, options.epochs, options.patience);
  const trainer = makeTrainer({ ...task, train: everything, test: everything }, options);
  const start = trainer.heldOutLoss();
  for (let epoch = 0; epoch < (chosen?.steps ?? options.epochs); epoch++) trainer.step();
  const end = trainer.heldOutLoss();
  const part: NetworkPart = {
    kind: 'network',
    features: features.map((feature, i) => ({
      ...inputOf(feature),
      mean: means[i],
      deviation: deviations[i],
    })),
    layers: trainer.layers(),
  };
  const fit = {
    rows: rows.rowCount,
    decisions: rows.decisionCount,
    r2: start === 0 ? 0 : 1 - end / start,
    // Squares are halved in the loss.
    ...(options.loss === 0 && { rmse: Math.sqrt(2 * end) }),
    ...(chosen !== undefined && { heldOutR2: chosen.heldOutR2 }),
  };
  const head = { learner: id, options, target: labelText(options), provenance };
  return finishModel(head, part, fit, decisions);
}

function checkedOptions(id: string, given: LearnerOptions): NetworkFitOptions {
  const options = optionsOf(id, NETWORK_DEFAULTS, given);
  checkBounds(id, options);
  checkOptions(id, options, {
    ...ROW_RULES,
    hidden1: 'whole',
    hidden2: 'whole',
    epochs: 'count',
    patience: 'count',
    batch: 'count',
    rate: 'share',
    cooling: 'share',
    decay: 'not negative',
    folds: 'not negative',
  });
  checkLoss(id, options);
  return options;
}

/** The logistic loss is of labels that are 0 or 1, and of no others. */
export function checkLoss(
  id: string,
  { loss, label }: { readonly loss: number; readonly label: number },
): void {
  if (LOSSES[loss] !== undefined && (loss === 1) === (label === 3)) return;
  throw new InputError(
    `${id} cannot use loss=${loss} with label=${label}`,
    'give loss=0, 2 or 3 with label=0, 1 or 2, or loss=1 with label=3',
  );
}
