/*
 * Labelled decisions: replays a reference string under a policy and, at its evictions, writes down
 * what a kernel could see of the candidates and what the future says about them.
 *
 *   replay ── eviction ──► candidates ──► features (now)  +  labels (the future)  =  rows
 *
 * The policy only decides which states are visited. The run is made twice: once to count its
 * evictions, once to record. Of more than `maxDecisions` one is recorded from each of as many equal
 * stretches, a seeded one, so that decisions are spread evenly but keep no step with a loop.
 */

import { CandidateSampler } from '../engine/candidates.ts';
import type { Frame } from '../engine/frameTable.ts';
import type { EvictionObserver, Memory } from '../engine/memory.ts';
import type { NextUse } from '../engine/nextUse.ts';
import type { PolicyOptions, PolicySpec } from '../engine/policy.ts';
import { replay } from '../engine/replay.ts';
import type { ReferenceString, Tick } from '../fingerprint/fingerprint.ts';
import type { PriceRegrets } from '../optimal/regret.ts';
import { assert, InputError } from '../support/assert.ts';
import { Random } from '../support/random.ts';
import { assertDecisionBatch, type CandidateCount, type DecisionTable } from './decisionTable.ts';
import type { Feature } from './feature.ts';
import { type FeatureSet, withFeatures } from './featureSet.ts';
import { forwardDistance, ioScore } from './labels.ts';
import { type OptimalVictims, withOptimalVictims } from './optimalVictims.ts';

export interface Labelling {
  /** Name and digest of the fingerprint the references are of. */
  readonly fingerprint: string;
  readonly digest: string;
  readonly policy: PolicySpec;
  /** Laid over the policy's defaults. */
  readonly options?: PolicyOptions;
  readonly frameCount: number;
  readonly seed: number;
  readonly nextUse: NextUse;
  readonly features: readonly Feature[];
  /** All resident pages, or the optimum's choice, the policy's own and a sample: at least 2. */
  readonly candidates: CandidateCount;
  /** Absent: every eviction is a decision. */
  readonly maxDecisions?: number;
  /** Adds the column `regret`. */
  readonly regrets?: PriceRegrets;
}

/** A table is held in memory whole: 2²⁸ rows of four features are 9 GB. */
const ROW_COUNT_MAX = 2 ** 28;

/** The decisions of one run. Same labelling, same table. */
export function labelDecisions(references: ReferenceString, labelling: Labelling): DecisionTable {
  const { candidates, maxDecisions, seed, policy, frameCount, features } = labelling;
  assert(candidates === 'all' || candidates >= 2, 'two candidates or more make a choice');
  assert(maxDecisions === undefined || maxDecisions >= 1, 'at least one decision is asked for');
  if (policy.usesPager === true) {
    throw new InputError(
      `${policy.id} evicts when nobody needs a frame: such an eviction is no choice to learn from.`,
      'label the states of another policy',
    );
  }
  const options = { ...policy.defaults, ...labelling.options };
  const run = { frameCount, policy, options, seed, nextUse: labelling.nextUse };

  const { evictions } = replay(references, run);
  // A stream of its own: the policy draws from the seed itself.
  const random = new Random(new Random(seed).next());
  const chosen = chooseEvictions(evictions, maxDecisions ?? evictions, random);
  const recorder = new Recorder(labelling, chosen, random);
  const featured = withFeatures(policy, options, features, (set) => recorder.use(set));
  const watched = withOptimalVictims(featured, labelling.nextUse, (victims) =>
    recorder.compareWith(victims),
  );
  replay(references, { ...run, policy: watched, observe: (memory) => recorder.watch(memory) });
  return recorder.table({
    version: 1,
    fingerprint: labelling.fingerprint,
    digest: labelling.digest,
    frames: frameCount,
    policy: policy.id,
    options,
    seed,
    candidates,
    features: features.map((feature) => feature.id),
    evictions,
    decisions: chosen.length,
  });
}

/** At most `count` of `evictionCount` evictions, ascending: one from each equal stretch. */
function chooseEvictions(evictionCount: number, count: number, random: Random): Int32Array {
  if (count >= evictionCount) return Int32Array.from({ length: evictionCount }, (_, i) => i);
  return Int32Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * evictionCount) / count);
    const end = Math.floor(((i + 1) * evictionCount) / count);
    return start + random.below(end - start);
  });
}

/** Fills the columns of one table; one eviction observed after the other. */
class Recorder {
  readonly #labelling: Labelling;
  /** Numbers of the evictions to record. */
  readonly #chosen: Int32Array;
  readonly #sampler: CandidateSampler;
  /** The candidates of one decision; all decisions have as many. */
  readonly #candidates: Int32Array;
  readonly #columns: Omit<DecisionTable, 'provenance'>;
  #features: FeatureSet | undefined;
  #victims: OptimalVictims | undefined;
  #evictions = 0;
  #decisions = 0;

  constructor(labelling: Labelling, chosen: Int32Array, random: Random) {
    const { candidates, frameCount, features, fingerprint } = labelling;
    const width = candidates === 'all' ? frameCount : Math.min(candidates, frameCount);
    const rowCount = chosen.length * width;
    if (rowCount > ROW_COUNT_MAX) {
      throw new InputError(
        `${fingerprint}: ${chosen.length} decisions of ${width} candidates are too many rows`,
        'ask for fewer decisions, or for a sample of candidates',
      );
    }
    this.#labelling = labelling;
    this.#chosen = chosen;
    this.#sampler = new CandidateSampler(frameCount, random);
    this.#candidates = new Int32Array(width);
    this.#columns = {
      fingerprint,
      frames: frameCount,
      featureIds: features.map((feature) => feature.id),
      firstRow: Uint32Array.from({ length: chosen.length + 1 }, (_, i) => i * width),
      tick: new Int32Array(chosen.length),
      page: new Uint32Array(rowCount),
      features: features.map(() => new Float32Array(rowCount)),
      forwardDistance: new Float32Array(rowCount),
      optimalVictim: new Uint8Array(rowCount),
      ioScore: new Float32Array(rowCount),
      ...(labelling.regrets !== undefined && { regret: new Float32Array(rowCount) }),
    };
  }

  use(features: FeatureSet): void {
    this.#features = features;
  }

  compareWith(victims: OptimalVictims): void {
    this.#victims = victims;
  }

  watch(memory: Memory): EvictionObserver {
    return (victim, _wanted, tick) => {
      const isChosen = this.#evictions === this.#chosen[this.#decisions];
      this.#evictions++;
      if (isChosen) this.#record(memory, victim, tick);
    };
  }

  table(provenance: DecisionTable['provenance']): DecisionTable {
    if (this.#evictions !== provenance.evictions) {
      throw new InputError(
        `the policy "${provenance.policy}" is not deterministic: two runs evicted differently often`,
        'let it draw from `random` of its context, which is seeded, and nowhere else',
      );
    }
    const table = { ...this.#columns, provenance };
    assertDecisionBatch(table);
    return table;
  }

  #record({ frames }: Memory, victim: Frame, tick: Tick): void {
    const { nextUse, features, regrets } = this.#labelling;
    const columns = this.#columns;
    const candidates = this.#candidates;
    const first = columns.firstRow[this.#decisions];
    columns.tick[this.#decisions++] = tick;
    const best = this.#victims!.best();
    this.#sampler.draw([best, victim], candidates);
    // In order of frame, so that a row's place tells nothing about its label.
    candidates.sort();
    for (let i = 0; i < features.length; i++) {
      const column = columns.features[i];
      this.#features!.fill(i, candidates, candidates.length, tick, column, first);
    }
    for (let i = 0; i < candidates.length; i++) {
      const frame = candidates[i];
      const distance = forwardDistance(frames, nextUse, frame, tick);
      columns.page[first + i] = frames.pageOf[frame];
      columns.forwardDistance[first + i] = distance;
      columns.optimalVictim[first + i] = frame === best ? 1 : 0;
      columns.ioScore[first + i] = ioScore(frames.dirty[frame], distance);
    }
    if (regrets === undefined || columns.regret === undefined) return;
    const least = regrets.least(frames, tick);
    for (let i = 0; i < candidates.length; i++) {
      columns.regret[first + i] = regrets.excess(frames, candidates[i], tick) - least;
    }
  }
}
