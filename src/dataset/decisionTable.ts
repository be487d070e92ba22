/*
 * Decisions as columns, in compressed rows: decision d owns rows firstRow[d] … firstRow[d + 1] − 1,
 * one a candidate.
 *
 *   decision   tick          firstRow   0    3    6 …
 *   row        page, features (a column each), forwardDistance, optimalVictim, ioScore
 *
 * A batch is a piece of such a table between two decisions, never through one.
 */
import type { PolicyOptions } from '../engine/policy.ts';
import { assert } from '../support/assert.ts';

/** Rows a decision gets: every resident page, or so many of them. */
export type CandidateCount = 'all' | number;

/** Decisions of one fingerprint at one memory size. */
export interface DecisionBatch {
  /** Name of the fingerprint: what tables are split by. */
  readonly fingerprint: string;
  readonly frames: number;
  readonly featureIds: readonly string[];
  /** One more than there are decisions; the last entry is the number of rows. */
  readonly firstRow: Uint32Array;
  /** A decision each: the reference that needed a frame. */
  readonly tick: Int32Array;
  /** A row each, from here on. */
  readonly page: Uint32Array;
  /** A column a feature, in the order of `featureIds`; raw values. */
  readonly features: readonly Float32Array[];
  /** References until the page is used again; +∞ when never. Rounded to 24 bits. */
  readonly forwardDistance: Float32Array;
  /** 1 for the page MIN would evict. */
  readonly optimalVictim: Uint8Array;
  /** devik's (dirty + 1) ÷ forward distance. */
  readonly ioScore: Float32Array;
  /**
   * What evicting it costs more than the best choice, at certified prices; where they were given.
   */
  readonly regret?: Float32Array;
}

/** What a table was made from; the same provenance makes the same table. */
export interface DecisionProvenance {
  readonly version: 1;
  readonly fingerprint: string;
  /** Of the fingerprint. */
  readonly digest: string;
  readonly frames: number;
  /** The decisions are those of this policy: it says which states were visited. */
  readonly policy: string;
  readonly options: PolicyOptions;
  readonly seed: number;
  readonly candidates: CandidateCount;
  readonly features: readonly string[];
  /** Evictions of the whole run, of which `decisions` were kept. */
  readonly evictions: number;
  readonly decisions: number;
}

export interface DecisionTable extends DecisionBatch {
  readonly provenance: DecisionProvenance;
}

/** Checks that the columns of a batch fit together. */
export function assertDecisionBatch(batch: DecisionBatch): void {
  const { firstRow, featureIds, features, tick } = batch;
  const decisionCount = tick.length;
  assert(firstRow.length === decisionCount + 1, 'every decision has a first row, and the end one');
  assert(firstRow[0] === 0, 'rows begin at 0');
  for (let decision = 0; decision < decisionCount; decision++) {
    assert(firstRow[decision] < firstRow[decision + 1], 'every decision has a candidate');
  }
  const rowCount = firstRow[decisionCount];
  assert(features.length === featureIds.length, 'a column a feature');
  for (const column of [batch.page, batch.forwardDistance, batch.optimalVictim, batch.ioScore]) {
    assert(column.length === rowCount, 'all columns of rows are equally long');
  }
  const { regret } = batch;
  assert(regret === undefined || regret.length === rowCount, 'a regret belongs to a row');
  for (const column of features) assert(column.length === rowCount, 'features have a value a row');
}

/** Decisions `from` … `to` − 1 as a batch that shares the columns. */
export function sliceDecisions(batch: DecisionBatch, from: number, to: number): DecisionBatch {
  const start = batch.firstRow[from];
  const end = batch.firstRow[to];
  return {
    fingerprint: batch.fingerprint,
    frames: batch.frames,
    featureIds: batch.featureIds,
    firstRow: batch.firstRow.slice(from, to + 1).map((row) => row - start),
    tick: batch.tick.subarray(from, to),
    page: batch.page.subarray(start, end),
    features: batch.features.map((column) => column.subarray(start, end)),
    forwardDistance: batch.forwardDistance.subarray(start, end),
    optimalVictim: batch.optimalVictim.subarray(start, end),
    ioScore: batch.ioScore.subarray(start, end),
    ...(batch.regret !== undefined && { regret: batch.regret.subarray(start, end) }),
  };
}
