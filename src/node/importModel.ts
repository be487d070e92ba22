/** Trees that XGBoost or LightGBM fitted to decision files, as a model of ours. */

import { columnsOf } from '../learning/agreement.ts';
import { CoMoments } from '../learning/coMoments.ts';
import { finishModel } from '../learning/fittedModel.ts';
import { type ImportedTrees, importTrees } from '../learning/importTrees.ts';
import type { TreesPart } from '../learning/kinds/trees.ts';
import { treesScore } from '../learning/kinds/trees.ts';
import type { DecisionSource } from '../learning/learner.ts';
import type { FittedModel } from '../learning/model.ts';
import { inputOf } from '../learning/modelInput.ts';
import { targetOf } from '../learning/target.ts';
import { InputError } from '../support/assert.ts';
import { log2 } from '../support/log2.ts';
import { readText } from './readText.ts';
import { trainingOf } from './trainFiles.ts';

const MODEL_BYTES_MAX = 2 ** 26;

/** What they are judged by: as the learners of times, by default. */
const BOUNDS = { low: 0, high: 6 };

/**
 * `path`: a file of either program, whose feature names are columns of `inputs`, the decisions it
 * was fitted on, in raw values.
 */
export async function importModel(path: string, inputs: readonly string[]): Promise<FittedModel> {
  let imported: ImportedTrees;
  try {
    imported = importTrees(await readText(path, MODEL_BYTES_MAX));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path}: ${error.message}`, error.hint);
  }
  const { program, featureNames, intercept, trees } = imported;
  const { features, decisions, provenance } = await trainingOf(inputs, featureNames);
  const part: TreesPart = {
    kind: 'trees',
    features: features.map(inputOf),
    intercept,
    values: 'raw',
    trees,
  };
  const head = { learner: 'trees', options: {}, target: `as fitted by ${program}`, provenance };
  return finishModel(head, part, await fitOf(part, decisions), decisions);
}

/** r2: the squared correlation of scores with times, for what the trees estimate is not known. */
async function fitOf(part: TreesPart, decisions: DecisionSource) {
  const scorer = treesScore(part);
  const moments = new CoMoments(2);
  let scores = new Float64Array(0);
  let rows = new Float64Array(0);
  let decisionCount = 0;
  for await (const batch of decisions()) {
    const columns = columnsOf(batch, part.features);
    const log2Frames = log2(batch.frames);
    for (let decision = 0; decision + 1 < batch.firstRow.length; decision++) {
      const first = batch.firstRow[decision];
      const count = batch.firstRow[decision + 1] - first;
      if (scores.length < count) {
        scores = new Float64Array(count);
        rows = new Float64Array(2 * count);
      }
      scorer.score(columns, first, count, batch.frames, scores);
      for (let row = 0; row < count; row++) {
        rows[2 * row] = scores[row];
        rows[2 * row + 1] = targetOf(batch.forwardDistance[first + row], log2Frames, BOUNDS);
      }
      moments.addDecision(rows, count);
      decisionCount++;
    }
  }
  const [ofScores, product, , ofTimes] = moments.scatter;
  const isFlat = ofScores === 0 || ofTimes === 0;
  return {
    rows: moments.weight,
    decisions: decisionCount,
    r2: isFlat ? 0 : (product * product) / (ofScores * ofTimes),
  };
}
