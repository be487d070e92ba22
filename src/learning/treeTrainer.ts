/*
 * Gradient-boosted trees on histograms: each tree is fitted to the slopes of the loss, and a split
 * is looked for among the edges of at most 255 bins a feature.
 *
 *   values ──bins──► a byte each     leaf: sums of slope and curvature in every bin
 *   best split: the gain G²÷(H+λ) of both sides less that of the leaf; the leaf of most gain first
 *
 * Of two new leaves only the smaller is summed, the other is what remains. Cost a tree: rows ×
 * features × about log2(leaves); memory a byte a value and 20 bytes a row. Sources: Friedman 2001;
 * Chen & Guestrin, KDD 2016; Ke et al., NeurIPS 2017 (leaf-wise growth).
 */
import type { Trainer } from './earlyStop.ts';
import type { Tree } from './kinds/trees.ts';
import type { Loss } from './losses.ts';
import type { Rows } from './rows.ts';

export interface TreeOptions {
  readonly leaves: number;
  /** Share of each tree's correction that is kept. */
  readonly rate: number;
  /** Rows a leaf has at least. */
  readonly leafRows: number;
  /** Added to every sum of curvatures: shrinks leaves of few rows. */
  readonly lambda: number;
}

/** Rows as bytes, a column a feature. */
export interface BinnedRows {
  readonly rows: Rows;
  /** Of each feature; entry b separates bin b from bin b + 1. */
  readonly edges: readonly Float64Array[];
  readonly bins: readonly Uint8Array[];
}

export const BINS_MAX = 255;

/** Edges lie midway between values that occur; between all of them where they are few. */
export function binRows(rows: Rows, binsMax: number): BinnedRows {
  const { width, values } = rows;
  const rowCount = rows.labels.length;
  const edges: Float64Array[] = [];
  const bins: Uint8Array[] = [];
  for (let i = 0; i < width; i++) {
    const column = Float32Array.from({ length: rowCount }, (_, row) => values[row * width + i]);
    const sorted = column.slice().sort();
    const own = edgesOf(sorted, binsMax);
    edges.push(own);
    bins.push(Uint8Array.from(column, (value) => binOf(own, value)));
  }
  return { rows, edges, bins };
}

function edgesOf(sorted: Float32Array, binsMax: number): Float64Array {
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const midway = (a: number, b: number): number => a + (b - a) / 2;
  if (distinct.length <= binsMax) {
    return Float64Array.from(distinct.subarray(1), (value, i) => midway(distinct[i], value));
  }
  const edges: number[] = [];
  for (let bin = 1; bin < binsMax; bin++) {
    const at = Math.floor((bin * sorted.length) / binsMax);
    const above = sorted[at];
    let below = at;
    while (below > 0 && sorted[below] === above) below--;
    const edge = midway(sorted[below], above);
    if (sorted[below] < above && edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY)) {
      edges.push(edge);
    }
  }
  return Float64Array.from(edges);
}

/** How many edges are below the value. */
function binOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

export interface TreeTask {
  readonly binned: BinnedRows;
  readonly train: Uint32Array;
  readonly test: Uint32Array;
  readonly loss: Loss;
  /** The score before the first tree. */
  readonly constant: number;
}

interface Split {
  readonly feature: number;
  /** Bins up to this one go left. */
  readonly bin: number;
  readonly gain: number;
}

interface Leaf {
  /** Its rows are `order[from]` … `order[to − 1]`. */
  readonly from: number;
  readonly to: number;
  /** Slope and curvature of each bin of each feature, then the number of rows. */
  readonly histogram: Float64Array;
  readonly best: Split | undefined;
  /** Where its number stands in the tree: the split, and on which side; none: the root. */
  readonly parent: { readonly split: number; readonly isLeft: boolean } | undefined;
}

/** Sums of a bin: slope, curvature, rows. */
const SUMS = 3;

export class TreeTrainer implements Trainer {
  readonly trees: Tree[] = [];
  readonly #task: TreeTask;
  readonly #options: TreeOptions;
  readonly #scores: Float64Array;
  readonly #slopes: Float64Array;
  readonly #curvatures: Float64Array;
  readonly #trainRows: Int32Array;
  readonly #order: Int32Array;
  readonly #spare: Int32Array;
  /** Where the bins of each feature begin in a histogram. */
  readonly #binStart: readonly number[];
  readonly #histogramLength: number;

  constructor(task: TreeTask, options: TreeOptions) {
    const { rows, edges } = task.binned;
    const rowCount = rows.labels.length;
    this.#task = task;
    this.#options = options;
    this.#scores = new Float64Array(rowCount).fill(task.constant);
    this.#slopes = new Float64Array(rowCount);
    this.#curvatures = new Float64Array(rowCount);
    this.#trainRows = rowsOf(rows, task.train);
    this.#order = new Int32Array(this.#trainRows.length);
    this.#spare = new Int32Array(this.#trainRows.length);
    let bins = 0;
    this.#binStart = edges.map(({ length }) => {
      const start = bins;
      bins += length + 1;
      return start * SUMS;
    });
    this.#histogramLength = bins * SUMS;
  }

  /** One more tree. */
  step(): void {
    this.#differentiate(this.#task.train);
    const tree = this.#grow();
    this.trees.push(tree);
    this.#addToScores(tree);
  }

  heldOutLoss(): number {
    return this.#differentiate(this.#task.test);
  }

  /** Mean loss a row on these decisions; leaves the slopes and curvatures of their rows. */
  #differentiate(decisions: Uint32Array): number {
    const { loss, binned } = this.#task;
    const { firstRow, labels, groups, groupOf } = binned.rows;
    let sum = 0;
    let total = 0;
    for (const decision of decisions) {
      const first = firstRow[decision];
      const count = firstRow[decision + 1] - first;
      const { times } = groups[groupOf[decision]];
      const slopes = this.#slopes.subarray(first, first + count);
      const curvatures = this.#curvatures.subarray(first, first + count);
      const scores = this.#scores.subarray(first, first + count);
      sum += times * loss.ofDecision(scores, labels, first, count, slopes, curvatures);
      for (let row = 0; row < count; row++) {
        slopes[row] *= times;
        curvatures[row] *= times;
      }
      total += times * count;
    }
    return sum / total;
  }

  #grow(): Tree {
    const { edges } = this.#task.binned;
    const { leaves: leavesMax, rate, lambda } = this.#options;
    this.#order.set(this.#trainRows);
    const feature: number[] = [];
    const threshold: number[] = [];
    const left: number[] = [];
    const right: number[] = [];
    let leaves: Leaf[] = [this.#leaf(0, this.#order.length, undefined, undefined)];
    while (leaves.length < leavesMax) {
      const chosen = leafOfMostGain(leaves);
      if (chosen?.best === undefined) break;
      const split = feature.length;
      const { best } = chosen;
      feature.push(best.feature);
      threshold.push(edges[best.feature][best.bin]);
      left.push(0);
      right.push(0);
      link(left, right, chosen.parent, split);
      const pair = this.#split(chosen, best, split);
      leaves = leaves.flatMap((leaf) => (leaf === chosen ? pair : [leaf]));
    }
    const values = leaves.map((leaf, number) => {
      link(left, right, leaf.parent, ~number);
      const [slope, curvature] = this.#sumsOf(leaf.histogram);
      return curvature + lambda === 0 ? 0 : (-rate * slope) / (curvature + lambda);
    });
    return { feature, threshold, left, right, leaves: values };
  }

  /** The rows of a leaf, parted in their order, and its two new leaves. */
  #split(leaf: Leaf, { feature, bin }: Split, split: number): readonly Leaf[] {
    const bins = this.#task.binned.bins[feature];
    const order = this.#order;
    const spare = this.#spare;
    let to = leaf.from;
    let others = 0;
    for (let i = leaf.from; i < leaf.to; i++) {
      const row = order[i];
      if (bins[row] <= bin) order[to++] = row;
      else spare[others++] = row;
    }
    for (let i = 0; i < others; i++) order[to + i] = spare[i];
    const isLeftSmaller = to - leaf.from <= leaf.to - to;
    const smaller = isLeftSmaller ? this.#histogram(leaf.from, to) : this.#histogram(to, leaf.to);
    const larger = leaf.histogram.map((sum, i) => sum - smaller[i]);
    const [leftSums, rightSums] = isLeftSmaller ? [smaller, larger] : [larger, smaller];
    return [
      this.#leaf(leaf.from, to, { split, isLeft: true }, leftSums),
      this.#leaf(to, leaf.to, { split, isLeft: false }, rightSums),
    ];
  }

  #leaf(from: number, to: number, parent: Leaf['parent'], known: Float64Array | undefined): Leaf {
    const histogram = known ?? this.#histogram(from, to);
    return { from, to, histogram, best: this.#bestSplit(histogram, to - from), parent };
  }

  #histogram(from: number, to: number): Float64Array {
    const histogram = new Float64Array(this.#histogramLength);
    const order = this.#order;
    const slopes = this.#slopes;
    const curvatures = this.#curvatures;
    for (const [feature, bins] of this.#task.binned.bins.entries()) {
      const start = this.#binStart[feature];
      for (let i = from; i < to; i++) {
        const row = order[i];
        const at = start + SUMS * bins[row];
        histogram[at] += slopes[row];
        histogram[at + 1] += curvatures[row];
        histogram[at + 2]++;
      }
    }
    return histogram;
  }

  /** Slope and curvature of all rows of a leaf: those of its first feature's bins. */
  #sumsOf(histogram: Float64Array): readonly [number, number] {
    let slope = 0;
    let curvature = 0;
    for (let bin = 0; bin <= this.#task.binned.edges[0].length; bin++) {
      slope += histogram[SUMS * bin];
      curvature += histogram[SUMS * bin + 1];
    }
    return [slope, curvature];
  }

  #bestSplit(histogram: Float64Array, rowCount: number): Split | undefined {
    const { leafRows, lambda } = this.#options;
    const { edges } = this.#task.binned;
    const [slope, curvature] = this.#sumsOf(histogram);
    const whole = gainOf(slope, curvature, lambda);
    let best: Split | undefined;
    // What rounding alone may seem to gain is no gain.
    let most = 1e-9 * whole + Number.MIN_VALUE;
    for (let feature = 0; feature < edges.length; feature++) {
      const start = this.#binStart[feature];
      let leftSlope = 0;
      let leftCurvature = 0;
      let leftRows = 0;
      for (let bin = 0; bin < edges[feature].length; bin++) {
        const at = start + SUMS * bin;
        leftSlope += histogram[at];
        leftCurvature += histogram[at + 1];
        leftRows += histogram[at + 2];
        if (leftRows < leafRows) continue;
        if (rowCount - leftRows < leafRows) break;
        const gain =
          gainOf(leftSlope, leftCurvature, lambda) +
          gainOf(slope - leftSlope, curvature - leftCurvature, lambda) -
          whole;
        if (gain <= most) continue;
        most = gain;
        best = { feature, bin, gain };
      }
    }
    return best;
  }

  #addToScores(tree: Tree): void {
    const { rows } = this.#task.binned;
    const { width, values } = rows;
    const scores = this.#scores;
    for (let row = 0; row < scores.length; row++) {
      let node = tree.feature.length === 0 ? -1 : 0;
      while (node >= 0) {
        const value = values[row * width + tree.feature[node]];
        node = value <= tree.threshold[node] ? tree.left[node] : tree.right[node];
      }
      scores[row] += tree.leaves[~node];
    }
  }
}

function gainOf(slope: number, curvature: number, lambda: number): number {
  const sum = curvature + lambda;
  return sum > 0 ? (slope * slope) / sum : 0;
}

/** The first of equals; undefined when there is none to split. */
function leafOfMostGain(leaves: readonly Leaf[]): Leaf | undefined {
  let chosen: Leaf | undefined;
  for (const leaf of leaves) {
    if (leaf.best === undefined) continue;
    if (chosen?.best === undefined || leaf.best.gain > chosen.best.gain) chosen = leaf;
  }
  return chosen;
}

function link(left: number[], right: number[], parent: Leaf['parent'], child: number): void {
  if (parent === undefined) return;
  if (parent.isLeft) left[parent.split] = child;
  else right[parent.split] = child;
}

function rowsOf({ firstRow }: Rows, decisions: Uint32Array): Int32Array {
  let count = 0;
  for (const decision of decisions) count += firstRow[decision + 1] - firstRow[decision];
  const rows = new Int32Array(count);
  let at = 0;
  for (const decision of decisions) {
    for (let row = firstRow[decision]; row < firstRow[decision + 1]; row++) rows[at++] = row;
  }
  return rows;
}
