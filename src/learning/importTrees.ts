/*
 * Trees that XGBoost (JSON) or LightGBM (text) fitted to the columns of a decision file, as ours.
 *
 *   XGBoost    left when value < threshold, both 32-bit floats    ≤ the float before the threshold
 *   LightGBM   left when value ≤ threshold, doubles               as it is
 *
 * Their values are the raw ones of the file. Splits by category, missing values that mean zero,
 * linear leaves and averages of trees are refused.
 */
import { InputError } from '../support/assert.ts';
import type { Tree } from './kinds/trees.ts';
import { isObject, list, number, text as textOf } from './modelFields.ts';

export interface ImportedTrees {
  /** Whose format it is. */
  readonly program: 'XGBoost' | 'LightGBM';
  /** Names of the columns it was fitted to, in its order. */
  readonly featureNames: readonly string[];
  readonly intercept: number;
  readonly trees: readonly Tree[];
}

export function importTrees(text: string): ImportedTrees {
  return text.trimStart().startsWith('{') ? fromXgboost(text) : fromLightgbm(text);
}

/** A node of either: inner when it has children. */
interface Node {
  readonly feature: number;
  readonly threshold: number;
  readonly children: readonly [number, number] | undefined;
  readonly value: number;
}

/** Numbers the inner nodes and the leaves in the order in which they are met, parents first. */
function treeFrom(nodes: readonly Node[], root: number): Tree {
  const tree = { feature: [], threshold: [], left: [], right: [], leaves: [] } as {
    readonly [Name in keyof Tree]: number[];
  };
  const seen = new Set<number>();
  const visit = (index: number): number => {
    const node = nodes[index];
    if (node === undefined || seen.has(index))
      throw unreadable('a tree has a child it cannot have');
    seen.add(index);
    if (node.children === undefined) return ~(tree.leaves.push(node.value) - 1);
    const split = tree.feature.push(node.feature) - 1;
    tree.threshold.push(node.threshold);
    tree.left.push(0);
    tree.right.push(0);
    tree.left[split] = visit(node.children[0]);
    tree.right[split] = visit(node.children[1]);
    return split;
  };
  visit(root);
  return tree;
}

function fromXgboost(text: string): ImportedTrees {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    throw unreadable('it is not JSON');
  }
  const learner = objectAt(root, 'learner');
  const booster = objectAt(learner, 'gradient_booster');
  if (booster.name !== 'gbtree') throw unreadable(`its booster is ${booster.name}, not gbtree`);
  const trees = list(objectAt(booster, 'model').trees, 'trees', (tree, where) => {
    const numbersAt = (name: string): readonly number[] =>
      list(objectOf(tree, where)[name], `${where}.${name}`, number);
    const left = numbersAt('left_children');
    const right = numbersAt('right_children');
    const features = numbersAt('split_indices');
    const conditions = numbersAt('split_conditions');
    if (numbersAt('split_type').some((type) => type !== 0)) {
      throw unreadable(`${where} splits by category`);
    }
    const nodes = left.map(
      (child, i): Node => ({
        feature: features[i],
        threshold: floatBefore(conditions[i]),
        children: child === -1 ? undefined : [child, right[i]],
        value: conditions[i],
      }),
    );
    return treeFrom(nodes, 0);
  });
  const objective = textOf(objectAt(learner, 'objective').name, 'objective.name');
  const base = textOf(objectAt(learner, 'learner_model_param').base_score, 'base_score');
  // Later versions write it as a list of one. The base of a probability is no score, and no order
  // depends on it.
  const isProbability = /logistic|binary|multi/.test(objective);
  return {
    program: 'XGBoost',
    featureNames: list(learner.feature_names, 'feature_names', textOf),
    intercept: isProbability ? 0 : number(Number(base.replace(/[[\]]/g, '')), 'base_score'),
    trees,
  };
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The greatest 32-bit float below x. */
function floatBefore(x: number): number {
  float[0] = x;
  if (float[0] === 0) return -(2 ** -149);
  bits[0] += float[0] > 0 ? -1 : 1;
  return float[0];
}

function fromLightgbm(text: string): ImportedTrees {
  const [head, ...blocks] = text.split(/^Tree=\d+\s*$/m);
  if (!head.startsWith('tree')) throw unreadable('it does not begin as a model of LightGBM does');
  if (/^average_output/m.test(head)) throw unreadable('it is an average of trees, not a sum');
  const names = /^feature_names=(.*)$/m.exec(head)?.[1];
  if (names === undefined) throw unreadable('it does not name its features');
  const trees = blocks.map((block, t) => {
    const where = `tree ${t}`;
    const numbersAt = (name: string): readonly number[] => {
      const line = new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1] ?? '';
      const words = line.split(' ').filter((word) => word !== '');
      return words.map((word) => number(Number(word), `${where}.${name}`));
    };
    if (numbersAt('is_linear')[0] === 1) throw unreadable(`${where} has linear leaves`);
    const features = numbersAt('split_feature');
    const thresholds = numbersAt('threshold');
    const left = numbersAt('left_child');
    const right = numbersAt('right_child');
    for (const type of numbersAt('decision_type')) {
      if ((type & 1) === 1) throw unreadable(`${where} splits by category`);
      if (((type >> 2) & 3) === 1) throw unreadable(`${where} takes zeros for missing values`);
    }
    // Its leaves stand behind its splits here.
    const place = (child: number): number => (child >= 0 ? child : left.length + ~child);
    const inner = left.map(
      (child, i): Node => ({
        feature: features[i],
        threshold: thresholds[i],
        children: [place(child), place(right[i])],
        value: 0,
      }),
    );
    const leaves = numbersAt('leaf_value').map(
      (value): Node => ({ feature: 0, threshold: 0, children: undefined, value }),
    );
    return treeFrom([...inner, ...leaves], 0);
  });
  return { program: 'LightGBM', featureNames: names.split(' '), intercept: 0, trees };
}

function objectOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw unreadable(`${where} is not an object`);
  return value;
}

function objectAt(value: unknown, name: string): Readonly<Record<string, unknown>> {
  return objectOf(objectOf(value, 'the model')[name], name);
}

function unreadable(what: string): InputError {
  return new InputError(
    `the trees cannot be imported: ${what}`,
    'give a JSON model of XGBoost (save_model) or a text model of LightGBM (save_model)',
  );
}
