/* What a model costs a kernel: from its own numbers and from what its features declare. */
import type { Feature } from '../../dataset/feature.ts';
import type { FittedModel } from '../model.ts';

/** Of one candidate: what must be worked out to score it. */
export interface ScoreOperations {
  readonly logarithms: number;
  /** Products, each with a sum. */
  readonly products: number;
  readonly comparisons: number;
  /** Numbers of the model that are looked at, at most. */
  readonly lookups: number;
}

export interface ModelCost {
  readonly perCandidate: ScoreOperations;
  /** Numbers in the model. */
  readonly numbers: number;
  /** What its features keep for each resident page, and for each that left and is remembered. */
  readonly bytesPerPage: number;
  readonly bytesPerGhost: number;
  /** Features that something must be written for at every reference. */
  readonly featuresPerReference: number;
}

/** `features` are those of the model. What several of them share is counted for each. */
export function costOf(model: FittedModel, features: readonly Feature[]): ModelCost {
  const isRaw = model.kind === 'trees' && model.values === 'raw';
  const logarithms = isRaw ? 0 : model.features.filter(({ scale }) => scale !== 'linear').length;
  const { numbers, ...counts } = countsOf(model);
  return {
    perCandidate: { logarithms, ...counts },
    numbers,
    bytesPerPage: features.reduce((sum, { bytesPerPage }) => sum + bytesPerPage, 0),
    bytesPerGhost: features.reduce((sum, { bytesPerGhost = 0 }) => sum + bytesPerGhost, 0),
    featuresPerReference: features.filter(({ observes }) => observes === 'every-reference').length,
  };
}

type Counts = Omit<ScoreOperations, 'logarithms'> & { readonly numbers: number };

function countsOf(model: FittedModel): Counts {
  const width = model.features.length;
  switch (model.kind) {
    case 'linear':
      return { products: width, comparisons: 0, lookups: width, numbers: width + 1 };
    case 'polynomial': {
      const factors = model.terms.reduce((sum, { of }) => sum + of.length, 0);
      const terms = model.terms.length;
      return {
        products: width + factors,
        comparisons: 2 * width,
        lookups: 2 * width + terms,
        numbers: 2 * width + terms + 1,
      };
    }
    case 'additive': {
      const knots = model.features.reduce((sum, { knots: own }) => sum + own.length, 0);
      return {
        products: width,
        comparisons: knots,
        lookups: knots + 2 * width,
        numbers: 3 * knots,
      };
    }
    case 'trees': {
      const depth = model.trees.reduce((sum, tree) => sum + depthOf(tree), 0);
      const leaves = model.trees.reduce((sum, tree) => sum + tree.leaves.length, 0);
      const splits = leaves - model.trees.length;
      return {
        products: 0,
        comparisons: depth,
        lookups: 3 * depth + model.trees.length,
        numbers: leaves + 4 * splits,
      };
    }
    case 'network': {
      const weights = model.layers.reduce((sum, layer) => sum + layer.weights.length, 0);
      const biases = model.layers.reduce((sum, layer) => sum + layer.biases.length, 0);
      return {
        products: width + weights,
        comparisons: biases - 1,
        lookups: 2 * width + weights + biases,
        numbers: 2 * width + weights + biases,
      };
    }
  }
}

/** Splits on the longest way to a leaf; a child comes after its parent. */
function depthOf({ left, right }: Pick<ModelTree, 'left' | 'right'>): number {
  const below = new Int32Array(left.length);
  for (let split = left.length - 1; split >= 0; split--) {
    const of = (child: number): number => (child < 0 ? 0 : below[child]);
    below[split] = 1 + Math.max(of(left[split]), of(right[split]));
  }
  return left.length === 0 ? 0 : below[0];
}

type ModelTree = Extract<FittedModel, { readonly kind: 'trees' }>['trees'][number];
