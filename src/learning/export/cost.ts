/* What a model costs a kernel: from its own numbers and from what its features declare. */
import type { Feature } from '../../dataset/feature.ts';
import type { Operations, PolicyCost } from '../../engine/policy.ts';
import { EXPERTS_COST } from '../../policies/tournament.ts';
import { LABELS_A_FIT, PER_DECISION } from '../adaptation.ts';
import type { LearnedOptions } from '../learnedPolicy.ts';
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

/** Ghosts are bounded by so many a frame, for all features together: dataset/trackers/ghosts.ts. */
const GHOSTS_A_FRAME = 4;

/** Of the policy of `model` with these options. */
export function policyCostOf(
  model: FittedModel,
  features: readonly Feature[],
  options: LearnedOptions,
): PolicyCost {
  const { bytesPerPage, bytesPerGhost, featuresPerReference } = costOf(model, features);
  const asksExperts = features.some((feature) => feature.asksExperts === true);
  // A guard and a duel have shadows of their own.
  const panels = (asksExperts ? 1 : 0) + (options.guard === 1 || options.duel === 1 ? 1 : 0);
  const experts = EXPERTS_COST;
  const ofExperts = (of: (operations: Operations) => number): number =>
    experts.operations === undefined ? 0 : panels * of(experts.operations);
  const own = ownOperations(model, features, options);
  return {
    bytesPerFrame: bytesPerPage + panels * experts.bytesPerFrame,
    bytesPerGhost: bytesPerGhost + (panels * (experts.bytesPerGhost ?? 0)) / GHOSTS_A_FRAME,
    ghostsPerFrame: GHOSTS_A_FRAME,
    perReference: `${featuresPerReference} features written`,
    perEviction: `${options.candidates === 0 ? 'all' : options.candidates} candidates scored`,
    operations: {
      perReference: own.perReference + ofExperts((operations) => operations.perReference),
      perEviction: own.perEviction + ofExperts((operations) => operations.perEviction),
      ...(own.perEvictionAndFrame !== undefined && {
        perEvictionAndFrame: own.perEvictionAndFrame,
      }),
      ...(own.sample !== undefined && { sample: own.sample }),
    },
  };
}

function ownOperations(
  model: FittedModel,
  features: readonly Feature[],
  { candidates, pool, adapt, dirtyWeight }: LearnedOptions,
): Operations {
  const { logarithms, products, comparisons, lookups } = costOf(model, features).perCandidate;
  // Each feature is read, and the score compared.
  const scored =
    features.length + logarithms + products + comparisons + lookups + 1 + (dirtyWeight > 0 ? 1 : 0);
  const width = 1 + features.length;
  // A label goes into half a square of sums, and each so many make a Cholesky decomposition.
  const label = width ** 2 + width ** 3 / 6 / LABELS_A_FIT;
  const learning = adapt > 0 ? PER_DECISION * label : 0;
  const seen = features.filter(
    ({ observes, asksExperts }) => observes === 'every-reference' && asksExperts !== true,
  ).length;
  // A value is read and written; whether a label waits for the page is looked up.
  const perReference = 2 * seen + (adapt > 0 ? 2 : 0);
  if (candidates === 0) {
    return { perReference, perEviction: learning, perEvictionAndFrame: scored };
  }
  // A draw is two frames that change places; of a pool each place is a search.
  const perDraw = 6 + Math.log2(1 + pool);
  const sample = { frames: candidates, perFrame: scored, perDraw };
  return { perReference, perEviction: learning, sample };
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
