/** A fitted model of each kind, for what is done to models after they are fitted. */
import type { DecisionTable } from '../../../src/dataset/decisionTable.ts';
import type { Learner } from '../../../src/learning/learner.ts';
import { learner as leastSquares } from '../../../src/learning/learners/leastSquares.ts';
import { learner as network } from '../../../src/learning/learners/network.ts';
import { learner as piecewise } from '../../../src/learning/learners/piecewise.ts';
import { learner as polynomial } from '../../../src/learning/learners/polynomial.ts';
import { learner as trees } from '../../../src/learning/learners/trees.ts';
import type { FittedModel } from '../../../src/learning/model.ts';
import { fifo } from '../../dataset/policies.ts';
import { FEATURES, mixedString, PROVENANCE, tableOf } from '../decisions.ts';

export const table: DecisionTable = tableOf(mixedString(4000, 1), { policy: fifo });

const fitted = (learner: Learner, options = {}): Promise<FittedModel> =>
  learner.fit(() => [table], FEATURES, options, PROVENANCE);

export const modelsByKind: Readonly<Record<FittedModel['kind'], FittedModel>> = {
  linear: await fitted(leastSquares),
  polynomial: await fitted(polynomial),
  additive: await fitted(piecewise),
  trees: await fitted(trees, { rounds: 12, leafRows: 20 }),
  network: await fitted(network, { epochs: 3, hidden1: 8, hidden2: 4 }),
};

export const models: readonly FittedModel[] = Object.values(modelsByKind);
