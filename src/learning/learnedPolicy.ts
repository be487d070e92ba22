/*
 * A fitted model as a replacement policy: score some resident pages, evict the one predicted to be
 * used farthest ahead.
 *
 *   frames ── sample of K ──► features, raw ──► scores ──► highest leaves
 *
 * Plain loops over columns; nothing is allocated after the start, no learning library is loaded.
 * Cost an eviction: K draws, and K values of each feature. Scanning more does not help a rough
 * predictor, for among many the highest score is mostly the largest error: see README.md.
 */
import { CandidateSampler } from '../dataset/candidates.ts';
import type { Feature, FeatureScale } from '../dataset/feature.ts';
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import {
  definePolicy,
  type PolicyContext,
  type PolicySpec,
  type ReplacementPolicy,
  strongestObservation,
} from '../engine/policy.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { assert, InputError } from '../support/assert.ts';
import { addScores, highest, weightsOf } from './linearScore.ts';
import type { FittedModel } from './model.ts';

/** The features of `model` from a catalog that has them, as they were when it was fitted. */
export function featuresOf(model: FittedModel, catalog: readonly Feature[]): readonly Feature[] {
  return model.features.map(({ id, unit, scale }) => {
    const feature = catalog.find((candidate) => candidate.id === id);
    if (feature === undefined || feature.unit !== unit || feature.scale !== scale) {
      throw new InputError(
        `the model uses the feature "${id}" in ${unit}, scale ${scale}, which is not known`,
        'list the features with `evictlab features`, or train the model again',
      );
    }
    return feature;
  });
}

/** Scores frames by a model. The two ways of asking agree to the last bit. */
export class Scorer {
  readonly #features: readonly Feature[];
  readonly #scales: readonly FeatureScale[];
  readonly #bias: number;
  readonly #weights: Float64Array;
  readonly #values: Float32Array;
  readonly #scores: Float64Array;
  readonly #one = new Int32Array(1);

  /** At most `countMax` candidates are scored at once. */
  constructor(model: FittedModel, features: readonly Feature[], countMax: number) {
    const { bias, weights } = weightsOf(model);
    this.#features = features;
    this.#scales = features.map((feature) => feature.scale);
    this.#bias = bias;
    this.#weights = weights;
    this.#values = new Float32Array(countMax);
    this.#scores = new Float64Array(countMax);
  }

  /** The predicted target of one frame; the higher, the sooner it should leave. */
  score(frames: FrameTable, frame: Frame, tick: Tick): number {
    this.#one[0] = frame;
    this.#scoreAll(frames, this.#one, 1, tick);
    return this.#scores[0];
  }

  /** Of the first `count` candidates the one with the highest score, the first of equals. */
  best(frames: FrameTable, candidates: Int32Array, count: number, tick: Tick): Frame {
    this.#scoreAll(frames, candidates, count, tick);
    return candidates[highest(this.#scores, count)];
  }

  #scoreAll(frames: FrameTable, candidates: Int32Array, count: number, tick: Tick): void {
    const values = this.#values;
    const scores = this.#scores;
    scores.fill(this.#bias, 0, count);
    for (let i = 0; i < this.#features.length; i++) {
      this.#features[i].fill(frames, candidates, count, tick, values, 0);
      addScores(scores, values, 0, count, this.#weights[i], this.#scales[i]);
    }
  }
}

/**
 * The policy of a model. Option `candidates`: pages looked at for each eviction, a seeded sample
 * without replacement; 0 looks at all.
 */
export function learnedPolicy(model: FittedModel, catalog: readonly Feature[]): PolicySpec {
  const features = featuresOf(model, catalog);
  return definePolicy({
    id: 'learned',
    title: `Fitted ${model.kind} model of ${features.map((feature) => feature.id).join(', ')}`,
    source: `${model.learner}, fitted on ${model.provenance.fingerprints.join(', ')}`,
    observes: strongestObservation(features.map((feature) => feature.observes)),
    defaults: { candidates: 32 },
    create: (context, { candidates }) => new LearnedPolicy(context, model, features, candidates),
  });
}

class LearnedPolicy implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #scorer: Scorer;
  readonly #candidates: Int32Array;
  /** Absent when every frame is looked at. */
  readonly #sampler: CandidateSampler | undefined;

  constructor(
    { frames, random }: PolicyContext,
    model: FittedModel,
    features: readonly Feature[],
    candidates: number,
  ) {
    if (!Number.isInteger(candidates) || candidates < 0) {
      throw new InputError(
        `a model cannot look at ${candidates} candidates`,
        'give a whole number, or 0 to look at every page in memory',
      );
    }
    const { frameCount } = frames;
    const isSample = candidates !== 0 && candidates < frameCount;
    const count = isSample ? candidates : frameCount;
    this.#frames = frames;
    this.#candidates = Int32Array.from({ length: count }, (_, frame) => frame);
    this.#sampler = isSample ? new CandidateSampler(frameCount, random) : undefined;
    this.#scorer = new Scorer(model, features, count);
  }

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    const candidates = this.#candidates;
    this.#sampler?.draw(NOTHING_REQUIRED, candidates);
    const victim = this.#scorer.best(this.#frames, candidates, candidates.length, tick);
    assert(victim >= 0, 'a model chooses one of its candidates');
    return victim;
  }

  onLoad(): void {}

  onReference(): void {}

  onFree(): void {}

  onInterval(): void {}
}

const NOTHING_REQUIRED: readonly Frame[] = [];
