/*
 * Decisions held in memory, for learners that go over them many times.
 *
 *   values    row by row, scaled                        label    a row each
 *   decision  owns rows firstRow[d] … firstRow[d + 1] − 1, and belongs to a group
 *
 * Two passes: the first counts, the second fills. Of more rows than `rows` a seeded share of the
 * decisions is kept, all groups alike. Memory: 4 bytes a feature and row, and 8 a row besides.
 */
import type { Feature } from '../dataset/feature.ts';
import { InputError } from '../support/assert.ts';
import { log2 } from '../support/log2.ts';
import { Random } from '../support/random.ts';
import { columnsOf } from './agreement.ts';
import { type Families, innerFolds } from './folds.ts';
import type { DecisionSource } from './learner.ts';
import { scaled } from './scale.ts';
import { targetOf } from './target.ts';

/** A fingerprint at a memory size. */
export interface RowGroup {
  readonly fingerprint: string;
  /** How often one of its rows counts: on average 1. */
  readonly times: number;
}

export interface Rows {
  readonly width: number;
  /** One more than there are decisions. */
  readonly firstRow: Uint32Array;
  /** `width` to a row. */
  readonly values: Float32Array;
  /** What is predicted, see `labelOption`. */
  readonly labels: Float32Array;
  /** A place in `groups` for each decision. */
  readonly groupOf: Uint16Array;
  readonly groups: readonly RowGroup[];
  /** All there were; those kept may be fewer. */
  readonly rowCount: number;
  readonly decisionCount: number;
}

export interface RowOptions {
  /** Bounds of the target, in powers of two of the memory's size, or of the optimum's boundary. */
  readonly low: number;
  readonly high: number;
  /** See LABELS. */
  readonly label: number;
  readonly balance: number;
  /** At most so many are held. */
  readonly rows: number;
  readonly seed: number;
}

export const ROW_RULES = { balance: 'switch', rows: 'count', seed: 'whole' } as const;

/**
 * What a row's label is, by the number of the option `label`:
 *   0  log2((1 + forward distance) ÷ frames)
 *   1  the same, from the optimum's boundary: what 15 % of its victims' times are below
 *   2  its rank among the candidates, 0 for the one used first to 1; the mean of equals
 *   3  1 to evict, when it is used later than that boundary, or 0 to keep
 */
export const LABELS = [
  (low: number, high: number) => `log2((1 + forward distance) / frames) between ${low} and ${high}`,
  (low: number, high: number) =>
    `log2(forward distance / what MIN keeps) between ${low} and ${high}`,
  () => 'rank among the candidates by forward distance, 0 to 1',
  () => 'evict (above 0) or keep, as MIN',
] as const;

/** Pages that MIN evicts although they come back sooner are taken for accidents. */
const BOUNDARY_SHARE = 0.15;

/** Forward distances are below 2³¹ references: no power of two of a memory is above. */
const UNBOUNDED = { low: -31, high: 31 };

export function labelText({ label, low, high }: RowOptions): string {
  return LABELS[label](low, high);
}

export async function loadRows(
  decisions: DecisionSource,
  features: readonly Feature[],
  options: RowOptions,
): Promise<Rows> {
  if (LABELS[options.label] === undefined) {
    throw new InputError(`there is no label ${options.label}`, 'give label=0, 1, 2 or 3');
  }
  const counts = await countRows(decisions);
  const share = Math.min(1, options.rows / counts.rowCount);
  const random = new Random(options.seed);
  const width = features.length;
  const rowsMax = Math.min(counts.rowCount, options.rows);
  const values = new Float32Array(rowsMax * width);
  const labels = new Float32Array(rowsMax);
  const firstRow: number[] = [0];
  const groupOf: number[] = [];
  const victimTimes: number[][] = counts.groups.map(() => []);
  let filled = 0;
  for await (const batch of decisions()) {
    const columns = columnsOf(batch, features);
    const log2Frames = log2(batch.frames);
    const group = counts.indexOf.get(groupName(batch.fingerprint, batch.frames))!;
    for (let decision = 0; decision + 1 < batch.firstRow.length; decision++) {
      const first = batch.firstRow[decision];
      const count = batch.firstRow[decision + 1] - first;
      if (share < 1 && random.unit() >= share) continue;
      if (filled + count > rowsMax) continue;
      for (let row = 0; row < count; row++) {
        const at = (filled + row) * width;
        for (let i = 0; i < width; i++) {
          values[at + i] = scaled(columns[i][first + row], features[i].scale, log2Frames);
        }
        const distance = batch.forwardDistance[first + row];
        labels[filled + row] = targetOf(distance, log2Frames, UNBOUNDED);
        if (batch.optimalVictim[first + row] === 1) victimTimes[group].push(labels[filled + row]);
      }
      filled += count;
      firstRow.push(filled);
      groupOf.push(group);
    }
  }
  const rows: Rows = {
    width,
    firstRow: Uint32Array.from(firstRow),
    values: values.subarray(0, filled * width),
    labels: labels.subarray(0, filled),
    groupOf: Uint16Array.from(groupOf),
    groups: balancedGroups(counts, groupOf, firstRow, options.balance),
    rowCount: counts.rowCount,
    decisionCount: counts.decisionCount,
  };
  relabel(rows, victimTimes, options);
  return rows;
}

interface Counts {
  readonly rowCount: number;
  readonly decisionCount: number;
  /** Fingerprint of each group. */
  readonly groups: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
}

function groupName(fingerprint: string, frames: number): string {
  return JSON.stringify([fingerprint, frames]);
}

async function countRows(decisions: DecisionSource): Promise<Counts> {
  const groups: string[] = [];
  const indexOf = new Map<string, number>();
  let rowCount = 0;
  let decisionCount = 0;
  for await (const { fingerprint, frames, firstRow } of decisions()) {
    const name = groupName(fingerprint, frames);
    if (!indexOf.has(name)) {
      indexOf.set(name, groups.length);
      groups.push(fingerprint);
    }
    decisionCount += firstRow.length - 1;
    rowCount += firstRow[firstRow.length - 1];
  }
  if (rowCount === 0) {
    throw new InputError('there are no decisions to fit', 'label a run that evicts something');
  }
  return { rowCount, decisionCount, groups, indexOf };
}

function balancedGroups(
  { groups }: Counts,
  groupOf: readonly number[],
  firstRow: readonly number[],
  balance: number,
): readonly RowGroup[] {
  const sizes = groups.map(() => 0);
  for (const [d, group] of groupOf.entries()) sizes[group] += firstRow[d + 1] - firstRow[d];
  const kept = firstRow[firstRow.length - 1];
  const present = sizes.filter((size) => size > 0).length;
  return groups.map((fingerprint, i) => ({
    fingerprint,
    times: balance === 1 && sizes[i] > 0 ? kept / present / sizes[i] : 1,
  }));
}

/** Turns times into the labels asked for. */
function relabel(rows: Rows, victimTimes: readonly number[][], options: RowOptions): void {
  const { labels, firstRow, groupOf } = rows;
  const boundaries = victimTimes.map(boundaryOf);
  for (let decision = 0; decision < groupOf.length; decision++) {
    const own = labels.subarray(firstRow[decision], firstRow[decision + 1]);
    if (options.label === 2) {
      own.set(ranksOf(own));
      continue;
    }
    const from = options.label === 0 ? 0 : boundaries[groupOf[decision]];
    if (options.label === 3) {
      own.set(own.map((time) => (time >= from ? 1 : 0)));
      continue;
    }
    for (let row = 0; row < own.length; row++) {
      own[row] = Math.min(options.high, Math.max(options.low, own[row] - from));
    }
  }
}

function boundaryOf(times: readonly number[]): number {
  if (times.length === 0) return 0;
  return Float64Array.from(times).sort()[Math.floor(BOUNDARY_SHARE * (times.length - 1))];
}

/** 0 for the least to 1 for the greatest; equals share the mean of their ranks. */
function ranksOf(values: Float32Array): Float32Array {
  const last = Math.max(1, values.length - 1);
  return values.map((value) => {
    let below = 0;
    let equal = -1;
    for (let i = 0; i < values.length; i++) {
      if (values[i] < value) below++;
      else if (values[i] === value) equal++;
    }
    return (below + equal / 2) / last;
  });
}

/** Each row counted by its group. */
export function meanLabel({ labels, firstRow, groupOf, groups }: Rows): number {
  let sum = 0;
  let total = 0;
  for (let decision = 0; decision < groupOf.length; decision++) {
    const { times } = groups[groupOf[decision]];
    for (let row = firstRow[decision]; row < firstRow[decision + 1]; row++) {
      sum += times * labels[row];
      total += times;
    }
  }
  return sum / total;
}

export interface Standardisation {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/**
 * Gives the values, in place, a mean of 0 and a deviation of 1 in each column, rows counted by
 * their groups; a constant column becomes 0.
 */
export function standardise(rows: Rows): Standardisation {
  const { width, values, firstRow, groupOf, groups } = rows;
  const means = new Float64Array(width);
  const squares = new Float64Array(width);
  const visit = (add: (at: number, times: number) => void): number => {
    let total = 0;
    for (let decision = 0; decision < groupOf.length; decision++) {
      const { times } = groups[groupOf[decision]];
      for (let row = firstRow[decision]; row < firstRow[decision + 1]; row++) {
        add(row * width, times);
        total += times;
      }
    }
    return total;
  };
  const total = visit((at, times) => {
    for (let i = 0; i < width; i++) means[i] += times * values[at + i];
  });
  for (let i = 0; i < width; i++) means[i] /= total;
  visit((at, times) => {
    for (let i = 0; i < width; i++) squares[i] += times * (values[at + i] - means[i]) ** 2;
  });
  const deviations = squares.map((square, i) => {
    const deviation = Math.sqrt(square / total);
    return deviation > VARIATION_MIN * Math.abs(means[i]) ? deviation : 1;
  });
  for (let at = 0; at < values.length; at += width) {
    for (let i = 0; i < width; i++) values[at + i] = (values[at + i] - means[i]) / deviations[i];
  }
  return { means, deviations };
}

/** Less than this part of the mean is the rounding of 32-bit floats. */
const VARIATION_MIN = 1e-6;

/** Decisions to fit on, and those held out. */
export interface DecisionFold {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

export function allDecisions({ groupOf }: Rows): Uint32Array {
  return Uint32Array.from(groupOf, (_, decision) => decision);
}

/** By fingerprint, never parting a family; none when there are too few. */
export function decisionFolds(
  { groupOf, groups }: Rows,
  foldCount: number,
  families: Families,
): readonly DecisionFold[] {
  const present = [...new Set(groupOf)].map((group) => groups[group].fingerprint);
  return innerFolds(present, foldCount, families).map(({ test }) => {
    const isHeldOut = groups.map(({ fingerprint }) => test.includes(fingerprint));
    const all = Array.from(groupOf, (_, decision) => decision);
    return {
      train: Uint32Array.from(all.filter((decision) => !isHeldOut[groupOf[decision]])),
      test: Uint32Array.from(all.filter((decision) => isHeldOut[groupOf[decision]])),
    };
  });
}
