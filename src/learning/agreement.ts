/** How often a model chooses as MIN does, whatever its kind. */
import type { DecisionBatch } from '../dataset/decisionTable.ts';
import { highest } from '../engine/candidates.ts';
import { InputError } from '../support/assert.ts';
import type { DecisionSource } from './learner.ts';
import type { FittedModel } from './model.ts';
import type { ModelInput } from './modelInput.ts';
import { createModelScore } from './modelScore.ts';

/** Share of decisions where the model's choice is used no sooner than MIN's. */
export async function agreementWithMin(
  model: FittedModel,
  decisions: DecisionSource,
): Promise<number> {
  const scorer = createModelScore(model);
  let agreed = 0;
  let decisionCount = 0;
  let scores = new Float64Array(0);
  for await (const batch of decisions()) {
    const { firstRow, forwardDistance, optimalVictim, frames } = batch;
    const columns = columnsOf(batch, model.features);
    for (let decision = 0; decision + 1 < firstRow.length; decision++) {
      const first = firstRow[decision];
      const count = firstRow[decision + 1] - first;
      if (scores.length < count) scores = new Float64Array(count);
      scorer.score(columns, first, count, frames, scores);
      const optimal = optimalVictim.indexOf(1, first);
      const chosen = first + highest(scores, count);
      if (chosen === optimal || forwardDistance[chosen] >= forwardDistance[optimal]) agreed++;
      decisionCount++;
    }
  }
  return agreed / decisionCount;
}

/** The raw columns of these features. */
export function columnsOf(
  batch: DecisionBatch,
  features: readonly Pick<ModelInput, 'id'>[],
): readonly Float32Array[] {
  return features.map(({ id }) => {
    const i = batch.featureIds.indexOf(id);
    if (i < 0) {
      throw new InputError(
        `the decisions of ${batch.fingerprint} have no column "${id}"`,
        'label them again with this feature, or train without it',
      );
    }
    return batch.features[i];
  });
}
