/*
 * A fitted model as a replacement policy: score some resident pages, evict the one predicted to be
 * used farthest ahead.
 *
 *   frames ── candidates ──► features, raw ──► scores ──► highest leaves
 *             sample of K, and the best `pool` of last time
 *             or, guarded: what the best of the experts has let go
 *
 * With `duel` it competes with the experts, each in the shadow of a memory: engine/expertDuel.ts.
 * With `adapt` its weights follow what the run shows: adaptation.ts.
 *
 * Plain loops over columns; nothing is allocated after the start, no learning library is loaded.
 * Cost an eviction: K draws, and K values of each feature. Scanning more does not help a rough
 * predictor, for among many the highest score is mostly the largest error: see README.md.
 */
import type { Feature } from '../dataset/feature.ts';
import { FeatureSet, featureContext, featureInterval } from '../dataset/featureSet.ts';
import { panelExperts } from '../dataset/trackers/panelExperts.ts';
import { CandidatePool, checkCandidateOptions, highest } from '../engine/candidates.ts';
import { ExpertDuel } from '../engine/expertDuel.ts';
import { checkExpertOptions, type Experts } from '../engine/experts.ts';
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import {
  definePolicy,
  type PolicyContext,
  type PolicyOptions,
  type PolicySpec,
  type ReplacementPolicy,
  strongestObservation,
} from '../engine/policy.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { EXPERTS, TOURNAMENT_DEFAULTS } from '../policies/tournament.ts';
import { assert, InputError } from '../support/assert.ts';
import type { Random } from '../support/random.ts';
import { Adaptation, adaptableBounds, type Candidates, type ModelPlan } from './adaptation.ts';
import { compileScore, type ScoreCandidates } from './compiledScore.ts';
import type { FittedModel } from './model.ts';
import { createModelScore, type ModelScore } from './modelScore.ts';

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
  readonly #frameCount: number;
  readonly #features: FeatureSet;
  readonly #score: ModelScore;
  /** Absent where the score is of another kind, or no code may be made. */
  readonly #compiled: ScoreCandidates | undefined;
  /** Raw values of the candidates scored last, a column a feature; all, when `score` was given. */
  readonly values: readonly Float32Array[];
  /** Of the candidates scored last. */
  readonly scores: Float64Array;
  readonly #one = new Int32Array(1);

  /**
   * `features` are those of the model; at most `countMax` candidates are scored at once, by `score`
   * if it is given.
   */
  constructor(
    model: FittedModel,
    features: FeatureSet,
    frames: FrameTable,
    countMax: number,
    score?: ModelScore,
  ) {
    this.#frameCount = frames.frameCount;
    this.#features = features;
    this.#score = score ?? createModelScore(model);
    this.values = model.features.map(() => new Float32Array(countMax));
    this.scores = new Float64Array(countMax);
    if (score === undefined && model.kind === 'linear') {
      this.#compiled = compileScore(model, features, frames, this.values);
    }
  }

  /** The predicted target of one frame; the higher, the sooner it should leave. */
  score(frame: Frame, tick: Tick): number {
    this.#one[0] = frame;
    this.#scoreAll(this.#one, 1, tick);
    return this.scores[0];
  }

  /** Of the first `count` candidates the row with the highest score, the first of equals. */
  best(candidates: Int32Array, count: number, tick: Tick): number {
    if (this.#compiled !== undefined) return this.#compiled(candidates, count, tick, this.scores);
    this.#scoreAll(candidates, count, tick);
    return highest(this.scores, count);
  }

  #scoreAll(candidates: Int32Array, count: number, tick: Tick): void {
    const { values } = this;
    for (let i = 0; i < values.length; i++) {
      this.#features.fill(i, candidates, count, tick, values[i], 0);
    }
    this.#score.score(values, 0, count, this.#frameCount, this.scores);
  }
}

export const LEARNED_DEFAULTS = {
  /** Pages looked at for each eviction, a seeded sample without replacement; 0: all. */
  candidates: 32,
  /** Of these, so many are the ones that scored highest, but for the victim, last time. */
  pool: 0,
  /** 1: the others are not drawn, but the next ones in turn. */
  hand: 0,
  /** 1: only pages that the best of some hand-made policies would not hold: engine/experts.ts. */
  guard: 0,
  /** 1: it is one more expert of a tournament, and rules while it would have the fewest faults. */
  duel: 0,
  /** Labels of the run itself that the fitted weights count as much as; 0: they stay as they are. */
  adapt: 0,
  /** Taken off the score of a dirty page, for its eviction is a page-out. */
  dirtyWeight: 0,
  /** As for the policy `tournament`. */
  ...TOURNAMENT_DEFAULTS,
};

/** More labels than any run has. */
const ADAPT_MAX = 1e15;
/** Times differ by 31 powers of two at most: then no dirty page leaves while a clean one is seen. */
const DIRTY_WEIGHT_MAX = 64;

export type LearnedOptions = Readonly<Record<keyof typeof LEARNED_DEFAULTS, number>>;

/** The policy of a model. */
export function learnedPolicy(model: FittedModel, catalog: readonly Feature[]): PolicySpec {
  const features = featuresOf(model, catalog);
  const observes = strongestObservation(features.map((feature) => feature.observes));
  const alone = definePolicy({
    id: 'learned',
    title: `Fitted ${model.kind} model of ${features.map((feature) => feature.id).join(', ')}`,
    source: `${model.learner}, fitted on ${model.provenance.fingerprints.join(', ')}`,
    observes,
    // Experts and trackers see one reference a tick, and no page that was not wanted.
    demandOnly: true,
    interval: (frameCount) => featureInterval(features, frameCount),
    defaults: LEARNED_DEFAULTS,
    create: (context, options) => new LearnedPolicy(context, model, features, observes, options),
  });
  return {
    ...alone,
    create(context, options) {
      const given = { ...LEARNED_DEFAULTS, ...options };
      checkOptions(given, observes, featureInterval(features, context.frames.frameCount));
      if (given.duel === 0) return alone.create(context, given);
      const experts = [...Object.values(EXPERTS), { ...alone, defaults: given }];
      return new ExpertDuel(context, experts, given);
    },
  };
}

class LearnedPolicy implements ReplacementPolicy {
  readonly #features: FeatureSet;
  readonly #experts: Experts | undefined;
  readonly #adaptation: Adaptation | undefined;
  readonly #random: Random;
  readonly #scorer: Scorer;
  readonly #pool: CandidatePool;
  /** Those of the pool. */
  readonly #candidates: Int32Array;
  readonly #frames: FrameTable;
  readonly #pageOf: Int32Array;
  readonly #seesReferences: boolean;
  readonly #dirtyWeight: number;
  readonly #rows: Candidates = {
    pageAt: (row) => this.#pageOf[this.#candidates[row]],
    isBitSet: (row) => this.#frames.referenced[this.#candidates[row]] === 1,
  };

  constructor(
    context: PolicyContext,
    model: FittedModel,
    features: readonly Feature[],
    observes: PolicySpec['observes'],
    options: LearnedOptions,
  ) {
    const { guard, adapt } = options;
    const { frameCount, pageOf } = context.frames;
    this.#frames = context.frames;
    this.#pageOf = pageOf;
    this.#seesReferences = observes === 'every-reference';
    this.#dirtyWeight = options.dirtyWeight;
    this.#features = new FeatureSet(features, featureContext(context));
    // Of their own, for the experts of features know nothing of a leader's options.
    this.#experts = guard === 1 ? panelExperts(context, options) : undefined;
    this.#pool = new CandidatePool(context.frames, options, context.random);
    this.#candidates = this.#pool.candidates;
    this.#random = context.random;
    this.#adaptation =
      adapt > 0 ? new Adaptation(model, adapt, frameCount, context.pageCount) : undefined;
    const score = this.#adaptation?.score;
    this.#scorer = new Scorer(
      model,
      this.#features,
      context.frames,
      this.#candidates.length,
      score,
    );
  }

  chooseVictim(wanted: Page, tick: Tick): Frame {
    const candidates = this.#candidates;
    const count = this.#experts === undefined ? this.#pool.draw() : this.#permitted(wanted, tick);
    const likeliest = this.#scorer.best(candidates, count, tick);
    const row = this.#dirtyWeight === 0 ? likeliest : this.#cheapest(count);
    assert(row >= 0, 'a model chooses one of its candidates');
    const victim = candidates[row];
    this.#adaptation?.onDecision(this.#scorer.values, count, row, this.#rows, tick, this.#random);
    this.#pool.keepBest(this.#scorer.scores, count, row);
    return victim;
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#experts?.onLoad(frame, tick);
    this.#features.onLoad(frame, tick);
    this.#adaptation?.onUse(this.#pageOf[frame], tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#experts?.onReference(frame, tick);
    this.#features.onReference(frame, tick);
    this.#adaptation?.onUse(this.#pageOf[frame], tick);
  }

  onFree(frame: Frame, tick: Tick): void {
    this.#experts?.onFree(frame);
    this.#features.onFree(frame, tick);
  }

  onInterval(tick: Tick): void {
    // Of uses it is not told of it learns here, before the features clear the bits.
    if (this.#adaptation !== undefined && !this.#seesReferences) this.#learnOfBits(tick);
    this.#features.onInterval(tick);
  }

  #learnOfBits(tick: Tick): void {
    const { frameCount, referenced } = this.#frames;
    for (let frame = 0; frame < frameCount; frame++) {
      if (referenced[frame] === 0 || this.#pageOf[frame] === NONE) continue;
      this.#adaptation!.onBit(this.#pageOf[frame], tick);
    }
  }

  /** As `Scorer.best`, when dirty pages were made dearer. */
  #cheapest(count: number): number {
    const { scores } = this.#scorer;
    const { dirty } = this.#frames;
    for (let i = 0; i < count; i++) {
      if (dirty[this.#candidates[i]] === 1) scores[i] -= this.#dirtyWeight;
    }
    return highest(scores, count);
  }

  /** The candidates that the leading expert let go first. */
  #permitted(wanted: Page, tick: Tick): number {
    const experts = this.#experts!;
    experts.refer(wanted, tick);
    experts.elect();
    const { permitted } = experts;
    let count = 0;
    for (
      let frame = permitted.next(permitted.sentinel);
      frame !== permitted.sentinel && count < this.#candidates.length;
      frame = permitted.next(frame)
    ) {
      this.#candidates[count++] = frame;
    }
    assert(count > 0, 'one page at least may go');
    return count;
  }
}

/**
 * Refuses options with which a model of these features could not run, before it is fitted; their
 * names are those of `LEARNED_DEFAULTS`.
 */
export function checkLearnedOptions(
  options: PolicyOptions,
  features: readonly Feature[],
  model: ModelPlan,
): void {
  const given = { ...LEARNED_DEFAULTS, ...options };
  const observes = strongestObservation(features.map((feature) => feature.observes));
  // Whether it is called at all does not depend on the memory.
  checkOptions(given, observes, featureInterval(features, 1));
  if (given.adapt > 0) adaptableBounds(model);
}

function checkOptions(
  options: LearnedOptions,
  observes: PolicySpec['observes'],
  interval: number,
): void {
  const { candidates, pool, hand, guard, duel, adapt, dirtyWeight } = options;
  checkCandidateOptions(options, 'a model');
  checkExpertOptions(options);
  if (pool > 0 && (guard === 1 || pool >= candidates)) {
    throw new InputError(
      `a pool of ${pool} is part of a sample, here of ${guard === 1 ? 'none' : candidates}`,
      'leave out guard, and give more candidates than pool',
    );
  }
  if (hand === 1 && guard === 1) {
    throw new InputError(
      'a hand takes candidates in turn, and guard has them from the experts',
      'leave out hand or guard',
    );
  }
  for (const [name, value] of Object.entries({ guard, duel })) {
    if (value === 0 || value === 1) continue;
    throw new InputError(`${name} is a switch, not ${value}`, 'give 0 or 1');
  }
  if (guard === 1 && duel === 1) {
    throw new InputError('a model is guarded or in a duel, not both', 'leave out guard or duel');
  }
  if (!(adapt >= 0 && adapt <= ADAPT_MAX)) {
    throw new InputError(
      `a model cannot adapt by ${adapt}`,
      `give 0, or a number of labels up to ${ADAPT_MAX}`,
    );
  }
  if (!(dirtyWeight >= 0 && dirtyWeight <= DIRTY_WEIGHT_MAX)) {
    throw new InputError(
      `a dirty page cannot weigh ${dirtyWeight} more than a clean one`,
      `give a number, 0 to ${DIRTY_WEIGHT_MAX}`,
    );
  }
  if (dirtyWeight > 0 && observes === 'faults') {
    throw new InputError(
      'which pages are dirty is not seen by a model that observes faults only',
      'leave out dirtyWeight, or fit with a feature that observes reference-bits',
    );
  }
  const seesReferences = observes === 'every-reference';
  if ((guard === 1 || duel === 1) && !seesReferences) {
    throw new InputError(
      'experts must see every reference, and this model does not',
      'leave out guard and duel, or fit with a feature that observes every reference',
    );
  }
  if (adapt > 0 && !seesReferences && interval === 0) {
    throw new InputError(
      'a model that adapts must learn of uses, and no feature of this one does',
      'leave out adapt, or fit with recency or idleIntervals',
    );
  }
}
