/*
 * The score of candidates by a model of any kind: the one interface between what was fitted and
 * who evicts. The highest leaves first.
 *
 *   raw columns, one a feature of the model ──► createModelScore(model).score ──► a score a row
 *
 * Learner, fitted policy and exports go through it or are compared with it, so that they agree.
 * Scores are sums, products, comparisons and our own logarithm: the same bits on every machine.
 */
import { additiveScore } from './kinds/additive.ts';
import { linearScore } from './kinds/linear.ts';
import { networkScore } from './kinds/network.ts';
import { polynomialScore } from './kinds/polynomial.ts';
import { treesScore } from './kinds/trees.ts';
import type { FittedModel } from './model.ts';

export interface ModelScore {
  /**
   * Writes the scores of rows `first` … `first + count − 1` of `values`, a column of raw values for
   * each feature of the model, in its order, to `out[0]` …; `frames` is the memory's size.
   * Allocates nothing.
   */
  score(
    values: readonly Float32Array[],
    first: number,
    count: number,
    frames: number,
    out: Float64Array,
  ): void;
}

export function createModelScore(model: FittedModel): ModelScore {
  switch (model.kind) {
    case 'linear':
      return linearScore(model);
    case 'polynomial':
      return polynomialScore(model);
    case 'additive':
      return additiveScore(model);
    case 'trees':
      return treesScore(model);
    case 'network':
      return networkScore(model);
  }
}
