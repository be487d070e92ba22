/** What every learner of the folder must do. */
import { describe, expect, it } from 'vitest';
import { type DecisionBatch, sliceDecisions } from '../../src/dataset/decisionTable.ts';
import type { Learner } from '../../src/learning/learner.ts';
import type { FittedModel } from '../../src/learning/model.ts';
import { modelToText, parseModel } from '../../src/learning/model.ts';
import { createModelScore } from '../../src/learning/modelScore.ts';
import { readLearnerCatalog } from '../../src/node/learnerCatalog.ts';
import { InputError } from '../../src/support/assert.ts';
import { Random } from '../../src/support/random.ts';
import { fifo } from '../dataset/policies.ts';
import { FEATURES, inBatches, mixedString, PROVENANCE, relabelled, tableOf } from './decisions.ts';

const learners = await readLearnerCatalog();

/** Smaller than the defaults where those take seconds. */
const QUICK: Readonly<Record<string, number>> = {
  epochs: 6,
  rounds: 20,
  folds: 2,
  hidden1: 12,
  hidden2: 6,
};

function quickOptions({ defaults }: Learner): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(QUICK).filter(([name]) => Object.hasOwn(defaults, name)),
  );
}

function fitBy(
  learner: Learner,
  batches: readonly DecisionBatch[],
  options: Readonly<Record<string, number>> = {},
): Promise<FittedModel> {
  const whole = { ...quickOptions(learner), ...options };
  return learner.fit(() => batches, FEATURES, whole, PROVENANCE);
}

/** Four programs, in the states FIFO visits. */
const tables = [1, 2, 3, 4].map((seed) => ({
  ...tableOf(mixedString(3000, seed), {
    policy: fifo,
    frameCount: 16 + 4 * seed,
    maxDecisions: 200,
  }),
  fingerprint: `program ${seed}`,
}));

function scoresOf(model: FittedModel, batch: DecisionBatch): Float64Array {
  const scores = new Float64Array(batch.page.length);
  const columns = model.features.map(({ id }) => batch.features[batch.featureIds.indexOf(id)]);
  createModelScore(model).score(columns, 0, scores.length, batch.frames, scores);
  return scores;
}

/** Labels dealt anew among the candidates of each decision. */
function shuffled(batch: (typeof tables)[number], random: Random): DecisionBatch {
  const order = Array.from(batch.page, (_, row) => row);
  for (let decision = 0; decision < batch.tick.length; decision++) {
    const first = batch.firstRow[decision];
    for (let row = batch.firstRow[decision + 1] - 1; row > first; row--) {
      const other = first + random.below(row - first + 1);
      [order[row], order[other]] = [order[other], order[row]];
    }
  }
  return relabelled(batch, (row) => batch.forwardDistance[order[row]]);
}

for (const learner of learners) {
  describe(`the learner ${learner.id}`, () => {
    let fitted: Promise<FittedModel> | undefined;
    const learntFromAll = (): Promise<FittedModel> => (fitted ??= fitBy(learner, tables));

    it('chooses as MIN on programs it has not seen more often than chance', async () => {
      const model = await fitBy(learner, tables.slice(0, 3));
      const held = tables[3];
      const scores = scoresOf(model, held);
      let agreed = 0;
      let chance = 0;
      for (let decision = 0; decision < held.tick.length; decision++) {
        const first = held.firstRow[decision];
        const rows = [...scores.subarray(first, held.firstRow[decision + 1])];
        const chosen = first + rows.indexOf(Math.max(...rows));
        const optimal = held.optimalVictim.indexOf(1, first);
        if (held.forwardDistance[chosen] >= held.forwardDistance[optimal]) agreed++;
        const best = rows.filter(
          (_, i) => held.forwardDistance[first + i] >= held.forwardDistance[optimal],
        );
        chance += best.length / rows.length;
      }
      expect(agreed).toBeGreaterThan(1.5 * chance);
    });

    it('learns nothing where labels are dealt anew within each decision', async () => {
      const random = new Random(5);
      const dealt = tables.map((table) => shuffled(table, random));
      const learnt = await learntFromAll();
      const fooled = await fitBy(learner, dealt);
      const gained = learnt.fit.victimAgreement - 1 / 8;
      expect(fooled.fit.victimAgreement - 1 / 8).toBeLessThan(0.35 * gained);
    });

    it('gives the same bytes twice, and however the decisions are cut into batches', async () => {
      const few = tables.slice(0, 2).map((table) => sliceDecisions(table, 0, 80));
      const text = modelToText(await fitBy(learner, few));
      const batches = few.flatMap((table) => inBatches(table, 17));
      expect(modelToText(await fitBy(learner, batches))).toBe(text);
    });

    it('scores the same after it was saved and loaded', async () => {
      const model = await learntFromAll();
      expect(model.kind).toBe(learner.kind);
      const loaded = parseModel(modelToText(model));
      expect(loaded).toEqual(model);
      const scores = scoresOf(model, tables[0]);
      expect(new Set(scores).size).toBeGreaterThan(20);
      expect(scoresOf(loaded, tables[0])).toEqual(scores);
    });

    it('refuses an option it does not have, and a table without decisions', async () => {
      await expect(fitBy(learner, tables, { rigde: 1 })).rejects.toThrow(/no option "rigde"/);
      await expect(fitBy(learner, [])).rejects.toThrow(InputError);
    });
  });
}
