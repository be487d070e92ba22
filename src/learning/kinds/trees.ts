/*
 * A sum of binary trees. A tree of n splits has n + 1 leaves; a child is a later split, or ~leaf:
 *
 *   split 0: feature[0], value ≤ threshold[0] ? left[0] : right[0]
 *                                               = 1       = ~2
 *   split 1: …                                  the score grows by leaves[2]
 *
 * Thresholds are of raw values, or of scaled ones, as `values` says. Cost a candidate: a comparison
 * a level of each tree, and on scaled values a logarithm a feature.
 */
import { log2 } from '../../support/log2.ts';
import { fieldsOf, indexBelow, list, number, numbersOf, oneOf, wrong } from '../modelFields.ts';
import { inputOf, inputsFrom, type ModelInput } from '../modelInput.ts';
import type { ModelScore } from '../modelScore.ts';
import { scaled } from '../scale.ts';

export interface Tree {
  /** Of each split: the place in the model's features. */
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly leaves: readonly number[];
}

export interface TreesPart {
  readonly kind: 'trees';
  readonly features: readonly ModelInput[];
  readonly intercept: number;
  readonly values: 'raw' | 'scaled';
  readonly trees: readonly Tree[];
}

export const TREES_FIELDS = ['features', 'intercept', 'values', 'trees'] as const;

export function checkTrees(
  root: Readonly<Record<(typeof TREES_FIELDS)[number], unknown>>,
): TreesPart {
  const features = inputsFrom(root.features, [], () => ({})).map(inputOf);
  const intercept = number(root.intercept, 'intercept');
  const trees = list(root.trees, 'trees', (item, where) => treeFrom(item, where, features.length));
  const bound = trees.reduce(
    (sum, { leaves }) => leaves.reduce((most, leaf) => Math.max(most, Math.abs(leaf)), 0) + sum,
    Math.abs(intercept),
  );
  if (!Number.isFinite(bound)) throw wrong('trees', 'have leaves that make scores overflow');
  const values = oneOf(root.values, 'values', ['raw', 'scaled']);
  return { kind: 'trees', features, intercept, values, trees };
}

/** Every split but the first, and every leaf, is the child of one earlier split. */
function treeFrom(item: unknown, where: string, featureCount: number): Tree {
  const fields = fieldsOf(item, where, ['feature', 'threshold', 'left', 'right', 'leaves']);
  const leaves = list(fields.leaves, `${where}.leaves`, number);
  const splitCount = leaves.length - 1;
  if (splitCount < 0) throw wrong(`${where}.leaves`, 'is empty');
  const feature = list(fields.feature, `${where}.feature`, (place, at) =>
    indexBelow(featureCount, place, at),
  );
  if (feature.length !== splitCount) throw wrong(where, 'has not one leaf more than splits');
  const threshold = numbersOf(splitCount, fields.threshold, `${where}.threshold`);
  const left = numbersOf(splitCount, fields.left, `${where}.left`);
  const right = numbersOf(splitCount, fields.right, `${where}.right`);
  const seen = new Set<number>([0]);
  for (let split = 0; split < splitCount; split++) {
    for (const child of [left[split], right[split]]) {
      const isSplit = child > split && child < splitCount;
      const isLeaf = child < 0 && ~child < leaves.length;
      if (!Number.isInteger(child) || !(isSplit || isLeaf) || seen.has(child)) {
        throw wrong(where, `has a wrong child of split ${split}: ${child}`);
      }
      seen.add(child);
    }
  }
  return { feature, threshold, left, right, leaves };
}

/** All trees one after the other; a child is a split of the whole, or ~ a leaf of the whole. */
export interface FlatTrees {
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** Left and right of each split. */
  readonly children: Int32Array;
  /** Of each tree. */
  readonly roots: Int32Array;
  readonly leaves: Float64Array;
}

export function flatTrees(trees: readonly Tree[]): FlatTrees {
  const feature = Int32Array.from(trees.flatMap((tree) => tree.feature));
  const threshold = Float64Array.from(trees.flatMap((tree) => tree.threshold));
  const leaves = Float64Array.from(trees.flatMap((tree) => tree.leaves));
  const children = new Int32Array(2 * feature.length);
  const roots = new Int32Array(trees.length);
  let firstSplit = 0;
  let firstLeaf = 0;
  for (const [t, { left, right, leaves: own }] of trees.entries()) {
    const placed = (child: number): number =>
      child < 0 ? ~(firstLeaf + ~child) : firstSplit + child;
    roots[t] = left.length === 0 ? ~firstLeaf : firstSplit;
    for (let i = 0; i < left.length; i++) {
      children[2 * (firstSplit + i)] = placed(left[i]);
      children[2 * (firstSplit + i) + 1] = placed(right[i]);
    }
    firstSplit += left.length;
    firstLeaf += own.length;
  }
  return { feature, threshold, children, roots, leaves };
}

export function treesScore({ features, intercept, values: seen, trees }: TreesPart): ModelScore {
  const width = features.length;
  const scales = features.map(({ scale }) => (seen === 'raw' ? 'linear' : scale));
  const { feature, threshold, children, roots, leaves } = flatTrees(trees);
  const row = new Float64Array(width);
  return {
    score(values, first, count, frames, out) {
      const log2Frames = log2(frames);
      for (let i = 0; i < count; i++) {
        for (let f = 0; f < width; f++) {
          row[f] = scaled(values[f][first + i], scales[f], log2Frames);
        }
        let sum = intercept;
        for (let t = 0; t < roots.length; t++) {
          let node = roots[t];
          while (node >= 0)
            node = children[2 * node + (row[feature[node]] <= threshold[node] ? 0 : 1)];
          sum += leaves[~node];
        }
        out[i] = sum;
      }
    },
  };
}
