/*
 * The linear relaxation of a packing, by HiGHS (WebAssembly, imported only here and only when
 * called).
 *
 *   columns   x(gap) ∈ [0, 1]   y(epoch) ∈ [0, 1]   c(segment) ∈ [0, capacity]
 *   rows      c(s) = c(s − 1) + Σ x of gaps that begin at s − Σ x of gaps that ended before s
 *             y(epoch) + x(gap) ≥ 1
 *
 * Written as a chain the matrix has at most four entries a column, however long the gaps are. The
 * price of a segment is the reduced cost of its c. On real strings x is nearly always whole, which
 * is counted, never assumed. The prices are not trusted either: certificate.ts evaluates them anew.
 */
import type { Highs } from 'highs';
import { assert } from '../support/assert.ts';
import { NO_EPOCH } from './gaps.ts';
import type { Packing } from './packing.ts';

export interface PackingSolution {
  /** Share kept of each gap. */
  readonly kept: Float64Array;
  /** Price of each segment, 0 or more. */
  readonly prices: Float64Array;
  /** Gaps whose share is neither 0 nor 1. */
  readonly fractional: number;
}

export interface SolverOptions {
  /** Ask for whole x: the exact optimum of the packing, but no prices (all 0). */
  readonly integer?: boolean;
  /** Wall-clock limit in seconds; without it the result does not depend on time. */
  readonly seconds?: number;
}

/** A share nearer than this to 0 or 1 is whole. */
const TOLERANCE = 1e-6;

/**
 * Real strings take 0.5 to 0.8 simplex iterations a gap. Where frames are very few HiGHS may crawl
 * (a window of sqlite on 14 frames: 29,950 gaps, over 42,760 iterations, unsolved after 20 s), and
 * is stopped by a count, not by a clock.
 */
const ITERATIONS_PER_GAP = 1.5;
const ITERATIONS_AT_LEAST = 5_000;

/** Undefined when the solver ran out of iterations or time. */
export async function solvePacking(
  packing: Packing,
  options: SolverOptions = {},
): Promise<PackingSolution | undefined> {
  const highs = await loadHighs();
  const { gapCount, segmentCount, epochCount } = packing;
  const matrix = chainMatrix(packing);
  const columns = gapCount + epochCount + segmentCount;
  const colCost = new Float64Array(columns);
  const colUpper = new Float64Array(columns).fill(1, 0, gapCount + epochCount);
  for (let gap = 0; gap < gapCount; gap++) colCost[gap] = -packing.reward[gap];
  colCost.fill(packing.epochCost, gapCount, gapCount + epochCount);
  colUpper.set(packing.capacity, gapCount + epochCount);
  const rowUpper = new Float64Array(matrix.numRows).fill(highs.infinity, segmentCount);
  const rowLower = new Float64Array(matrix.numRows).fill(1, segmentCount);
  const model = highs.createModel({
    numCols: columns,
    numRows: matrix.numRows,
    colCost,
    colLower: new Float64Array(columns),
    colUpper,
    rowLower,
    rowUpper,
    matrix: { format: 'csc', ...matrix },
    ...(options.integer === true && {
      integrality: new Int32Array(columns).fill(1, 0, gapCount + epochCount),
    }),
  });
  try {
    model.options.set({ output_flag: false, random_seed: 1 });
    if (options.integer === true) model.options.set({ mip_rel_gap: 0, mip_abs_gap: 0.5e-6 });
    else {
      const limit = Math.round(ITERATIONS_AT_LEAST + ITERATIONS_PER_GAP * gapCount);
      model.options.set('simplex_iteration_limit', limit);
    }
    if (options.seconds !== undefined) model.options.set('time_limit', options.seconds);
    model.run();
    if (model.getModelStatus() !== highs.constants.modelStatus.optimal) return undefined;
    const { colValue, colDual } = model.getSolution();
    const kept = Float64Array.from(colValue.subarray(0, gapCount));
    const prices = new Float64Array(segmentCount);
    if (options.integer !== true) {
      const firstSegment = gapCount + epochCount;
      for (let s = 0; s < segmentCount; s++) prices[s] = Math.max(0, -colDual[firstSegment + s]);
    }
    const isWhole = (share: number): boolean => share < TOLERANCE || share > 1 - TOLERANCE;
    const fractional = kept.reduce((count, share) => count + (isWhole(share) ? 0 : 1), 0);
    assert(kept.length === gapCount, 'the solver answers for every gap');
    return { kept, prices, fractional };
  } finally {
    model.dispose();
  }
}

let highsLoaded: Promise<Highs> | undefined;

/** Loaded once: the module keeps no state between models. */
function loadHighs(): Promise<Highs> {
  highsLoaded ??= import('highs').then((module) => {
    // Its types describe the CommonJS build, whose default is one level deeper than the ES
    // module's.
    return (module as unknown as { default: typeof module.default.default }).default();
  });
  return highsLoaded;
}

/** The rows above, column by column: gaps, epochs, segments. */
function chainMatrix(packing: Packing) {
  const { gapCount, segmentCount, epochCount, first, last, epoch } = packing;
  const entriesMax = 4 * gapCount + 2 * segmentCount;
  const indices = new Int32Array(entriesMax);
  const values = new Float64Array(entriesMax);
  const starts = new Int32Array(gapCount + epochCount + segmentCount + 1);
  let entries = 0;
  let column = 0;
  const put = (row: number, value: number): void => {
    indices[entries] = row;
    values[entries++] = value;
  };
  // Coupling rows are numbered by epoch, so that a column of y is a run of them.
  const firstRow = new Int32Array(epochCount + 1);
  for (let gap = 0; gap < gapCount; gap++) {
    if (epoch[gap] !== NO_EPOCH) firstRow[epoch[gap] + 1]++;
  }
  for (let e = 0; e < epochCount; e++) firstRow[e + 1] += firstRow[e];
  const nextRow = firstRow.slice();
  for (let gap = 0; gap < gapCount; gap++) {
    put(first[gap], -1);
    if (last[gap] < segmentCount) put(last[gap], 1);
    if (epoch[gap] !== NO_EPOCH) put(segmentCount + nextRow[epoch[gap]]++, 1);
    starts[++column] = entries;
  }
  for (let e = 0; e < epochCount; e++) {
    for (let row = firstRow[e]; row < firstRow[e + 1]; row++) put(segmentCount + row, 1);
    starts[++column] = entries;
  }
  for (let segment = 0; segment < segmentCount; segment++) {
    put(segment, 1);
    if (segment + 1 < segmentCount) put(segment + 1, -1);
    starts[++column] = entries;
  }
  return {
    numCols: column,
    numRows: segmentCount + firstRow[epochCount],
    starts,
    indices: indices.subarray(0, entries),
    values: values.subarray(0, entries),
  };
}
