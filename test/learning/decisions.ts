/** Decision tables for the tests of learning: recorded ones, and some made up from columns. */
import {
  type DecisionBatch,
  type DecisionTable,
  sliceDecisions,
} from '../../src/dataset/decisionTable.ts';
import { defineFeature, type Feature } from '../../src/dataset/feature.ts';
import { feature as age } from '../../src/dataset/features/age.ts';
import { feature as dirty } from '../../src/dataset/features/dirty.ts';
import { feature as frequency } from '../../src/dataset/features/frequency.ts';
import { feature as recency } from '../../src/dataset/features/recency.ts';
import { type Labelling, labelDecisions } from '../../src/dataset/recorder.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import type { LinearPart } from '../../src/learning/kinds/linear.ts';
import { learner } from '../../src/learning/learners/leastSquares.ts';
import type { ModelOf } from '../../src/learning/model.ts';
import { min } from '../../src/optimal/min.ts';
import { Random } from '../../src/support/random.ts';
import { stringOf } from '../support/references.ts';

export const FEATURES: readonly Feature[] = [age, dirty, frequency, recency];

/** Hot pages, a loop over some and a scan over others, mixed; a third of it written. */
export function mixedString(length: number, seed: number): ReferenceString {
  const random = new Random(seed);
  const pages = Array.from({ length }, (_, tick) => {
    const kind = random.below(3);
    if (kind === 0) return random.below(6) * random.below(6);
    return kind === 1 ? 30 + (tick % 40) : 70 + (Math.floor(tick / 9) % 60);
  });
  return stringOf(
    pages,
    pages.map((page) => (page % 3 === 0 ? 1 : 0)),
  );
}

export function tableOf(string: ReferenceString, changes: Partial<Labelling> = {}): DecisionTable {
  return labelDecisions(string, {
    fingerprint: 'test',
    digest: 'none',
    policy: min,
    frameCount: 20,
    seed: 1,
    nextUse: computeNextUse(string),
    features: FEATURES,
    candidates: 8,
    maxDecisions: 300,
    ...changes,
  });
}

export const PROVENANCE = {
  inputs: ['none'],
  fingerprints: ['test'],
  seed: 1,
  program: 'evictlab test',
};

export function fit(
  batches: readonly DecisionBatch[],
  options: Readonly<Record<string, number>> = {},
  features: readonly Feature[] = FEATURES,
): Promise<ModelOf<LinearPart>> {
  return learner.fit(() => batches, features, options, PROVENANCE);
}

/** The table in batches of so many decisions. */
export function inBatches(table: DecisionBatch, decisionCount: number): readonly DecisionBatch[] {
  const batches: DecisionBatch[] = [];
  for (let from = 0; from < table.tick.length; from += decisionCount) {
    batches.push(sliceDecisions(table, from, Math.min(from + decisionCount, table.tick.length)));
  }
  return batches;
}

/** The table with other forward distances; the victim is the farthest of each decision. */
export function relabelled(
  table: DecisionTable,
  distanceOf: (row: number) => number,
): DecisionTable {
  const forwardDistance = table.forwardDistance.map((_, row) => distanceOf(row));
  const optimalVictim = new Uint8Array(forwardDistance.length);
  for (let decision = 0; decision < table.tick.length; decision++) {
    let best = table.firstRow[decision];
    for (let row = best; row < table.firstRow[decision + 1]; row++) {
      if (forwardDistance[row] > forwardDistance[best]) best = row;
    }
    optimalVictim[best] = 1;
  }
  return { ...table, forwardDistance, optimalVictim };
}

/** A feature whose values a test makes up; it has no values of its own. */
export function madeUpFeature(id: string): Feature {
  return defineFeature({
    id,
    title: id,
    unit: 'references',
    observes: 'faults',
    scale: 'linear',
    bytesPerPage: 0,
    create() {
      throw new Error('made-up values have no frame');
    },
  });
}

/** How a learner sees a raw value, by Math.log2. */
export function seenAs(value: number, { scale }: Feature, frames: number): number {
  if (scale === 'linear') return value;
  return Math.log2(1 + value) - (scale === 'per-memory' ? Math.log2(frames) : 0);
}

/** One batch of made-up columns; decisions of `width` rows, targets in powers of two of 1 frame. */
export function madeUpBatch(
  columns: Readonly<Record<string, readonly number[]>>,
  targets: readonly number[],
  width: number,
): DecisionBatch {
  const rowCount = targets.length;
  const decisionCount = rowCount / width;
  return {
    fingerprint: 'made up',
    frames: 1,
    featureIds: Object.keys(columns),
    firstRow: Uint32Array.from({ length: decisionCount + 1 }, (_, i) => i * width),
    tick: new Int32Array(decisionCount),
    page: new Uint32Array(rowCount),
    features: Object.values(columns).map((column) => Float32Array.from(column)),
    forwardDistance: Float32Array.from(targets, (target) => 2 ** target - 1),
    optimalVictim: Uint8Array.from({ length: rowCount }, (_, row) => (row % width === 0 ? 1 : 0)),
    ioScore: new Float32Array(rowCount),
  };
}
