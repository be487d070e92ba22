/*
 * The decisions' moments, in one pass: what every least squares here is solved from.
 *
 *   scaled features ──expand──► columns, then the target ──► CoMoments of each group
 *
 * A group is a fingerprint at a memory size; balanced, each counts as much as any other. Memory:
 * 24 bytes a pair of columns for each group, however many the rows.
 */
import type { Feature } from '../dataset/feature.ts';
import { InputError } from '../support/assert.ts';
import { log2 } from '../support/log2.ts';
import { columnsOf } from './agreement.ts';
import { CoMoments } from './coMoments.ts';
import type { DecisionSource } from './learner.ts';
import { scaled } from './scale.ts';
import { type TargetBounds, targetOf } from './target.ts';

/** What is made of the scaled features of a row before anything is fitted. */
export interface Expansion {
  /** Columns that come out. */
  readonly width: number;
  /** Writes them to `out[at]` …. */
  expand(scaledFeatures: Float64Array, out: Float64Array, at: number): void;
}

export interface GroupMoments {
  readonly fingerprint: string;
  readonly moments: CoMoments;
  /** How often one of its rows counts. */
  readonly times: number;
}

export interface GatheredMoments {
  readonly rowCount: number;
  readonly decisionCount: number;
  readonly groups: ReadonlyMap<string, GroupMoments>;
}

/** The groups as one. */
export function mergedMoments(groups: Iterable<GroupMoments>): CoMoments {
  let merged: CoMoments | undefined;
  for (const { moments, times } of groups) {
    merged ??= new CoMoments(moments.width);
    merged.merge(moments, times);
  }
  if (merged === undefined) {
    throw new InputError('there are no decisions to fit', 'label a run that evicts something');
  }
  return merged;
}

export async function gatherMoments(
  decisions: DecisionSource,
  features: readonly Feature[],
  options: TargetBounds & { readonly balance: number },
  expansion: Expansion = unexpanded(features.length),
): Promise<GatheredMoments> {
  const parts = new Map<string, { readonly fingerprint: string; readonly moments: CoMoments }>();
  let rowCount = 0;
  let decisionCount = 0;
  const visit: DecisionVisitor = (group, rows, count, fingerprint) => {
    let part = parts.get(group);
    if (part === undefined) {
      parts.set(group, (part = { fingerprint, moments: new CoMoments(expansion.width + 1) }));
    }
    part.moments.addDecision(rows, count);
    rowCount += count;
    decisionCount++;
  };
  await forEachDecision(decisions, features, options, expansion, visit);
  const groups = new Map(
    [...parts].map(([group, part]) => {
      const times = options.balance === 1 ? rowCount / parts.size / part.moments.weight : 1;
      return [group, { ...part, times }] as const;
    }),
  );
  return { rowCount, decisionCount, groups };
}

export function unexpanded(width: number): Expansion {
  return { width, expand: (values, out, at) => out.set(values, at) };
}

export type DecisionVisitor = (
  group: string,
  rows: Float64Array,
  rowCount: number,
  fingerprint: string,
) => void;

/** Calls `visit` with the expanded features and the target of each decision, row by row. */
export async function forEachDecision(
  decisions: DecisionSource,
  features: readonly Feature[],
  bounds: TargetBounds,
  expansion: Expansion,
  visit: DecisionVisitor,
): Promise<void> {
  const width = expansion.width + 1;
  const values = new Float64Array(features.length);
  let rows = new Float64Array(0);
  for await (const batch of decisions()) {
    const { firstRow, forwardDistance, fingerprint } = batch;
    const group = JSON.stringify([fingerprint, batch.frames]);
    const columns = columnsOf(batch, features);
    const log2Frames = log2(batch.frames);
    for (let decision = 0; decision + 1 < firstRow.length; decision++) {
      const first = firstRow[decision];
      const count = firstRow[decision + 1] - first;
      if (rows.length < count * width) rows = new Float64Array(count * width);
      for (let row = 0; row < count; row++) {
        for (let i = 0; i < columns.length; i++) {
          values[i] = scaled(columns[i][first + row], features[i].scale, log2Frames);
        }
        expansion.expand(values, rows, row * width);
        const distance = forwardDistance[first + row];
        rows[row * width + width - 1] = targetOf(distance, log2Frames, bounds);
      }
      visit(group, rows, count, fingerprint);
    }
  }
}
