/*
 * Gradient-boosted trees on scaled values: see ../treeTrainer.ts. How many trees is chosen by
 * fingerprints held out.
 */
import { chooseSteps } from '../earlyStop.ts';
import { finishModel } from '../fittedModel.ts';
import type { TreesPart } from '../kinds/trees.ts';
import { checkBounds, checkOptions, defineLearner, optionsOf } from '../learner.ts';
import { LOSSES } from '../losses.ts';
import { inputOf } from '../modelInput.ts';
import { checkLoss } from '../networkFit.ts';
import { allDecisions, decisionFolds, labelText, loadRows, meanLabel, ROW_RULES } from '../rows.ts';
import { BINS_MAX, binRows, TreeTrainer } from '../treeTrainer.ts';

const ID = 'trees';

const DEFAULTS = {
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
  /** Trees, at most. */
  rounds: 150,
  leaves: 16,
  /** Share of each tree's correction that is kept. */
  rate: 0.1,
  /** Rows a leaf has at least. */
  leafRows: 50,
  /** Added to every sum of curvatures. */
  lambda: 1,
  /** Of a feature, at most 255. */
  bins: 64,
  /** Fingerprints are held out in so many turns to choose the trees; below 2: all are made. */
  folds: 3,
  /** Trees without less held-out loss before the search ends. */
  patience: 10,
  /** 1: every fingerprint and memory size counts as much as any other, however many its rows. */
  balance: 1,
  /** Rows held in memory; of more a seeded share of the decisions is kept. */
  rows: 300_000,
  seed: 1,
};

export const learner = defineLearner({
  id: ID,
  kind: 'trees',
  title: 'Gradient-boosted trees on histograms',
  source: 'Friedman 2001; Chen & Guestrin, KDD 2016; Ke et al., NeurIPS 2017',
  defaults: DEFAULTS,
  async fit(decisions, features, given, provenance, families = {}) {
    const options = optionsOf(ID, DEFAULTS, given);
    checkBounds(ID, options);
    checkOptions(ID, options, {
      ...ROW_RULES,
      rounds: 'count',
      leaves: 'count',
      leafRows: 'count',
      patience: 'count',
      bins: 'count',
      rate: 'share',
      lambda: 'not negative',
      folds: 'not negative',
    });
    checkLoss(ID, options);
    const loss = LOSSES[options.loss];
    const rows = await loadRows(decisions, features, options);
    const binned = binRows(rows, Math.min(options.bins, BINS_MAX));
    const task = { binned, loss, constant: loss.constant(meanLabel(rows)) };
    const trainers = decisionFolds(rows, options.folds, families).map(
      (fold) => new TreeTrainer({ ...task, ...fold }, options),
    );
    const chosen =
      trainers.length === 0 ? undefined : chooseSteps(trainers, options.rounds, options.patience);
    const everything = allDecisions(rows);
    const trainer = new TreeTrainer({ ...task, train: everything, test: everything }, options);
    const start = trainer.heldOutLoss();
    for (let round = 0; round < (chosen?.steps ?? options.rounds); round++) trainer.step();
    const end = trainer.heldOutLoss();
    const part: TreesPart = {
      kind: 'trees',
      features: features.map(inputOf),
      intercept: task.constant,
      values: 'scaled',
      trees: trainer.trees,
    };
    const fit = {
      rows: rows.rowCount,
      decisions: rows.decisionCount,
      r2: start === 0 ? 0 : 1 - end / start,
      ...(options.loss === 0 && { rmse: Math.sqrt(2 * end) }),
      ...(chosen !== undefined && { heldOutR2: chosen.heldOutR2 }),
    };
    const head = { learner: ID, options, target: labelText(options), provenance };
    return finishModel(head, part, fit, decisions);
  },
});
