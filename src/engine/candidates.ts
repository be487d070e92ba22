/*
 * Which of the resident pages are looked at when one has to leave: all of them, or a sample.
 *
 *   sampler   so many frames, each set of them as likely as any, with some that must be in it
 *   hand      the next frames each time, in turn, as the hand of CLOCK goes
 *   pool      a sample of K each time, in which the best P of last time, but for the victim, have
 *             their place while they hold the same pages     (Redis 3.0's eviction pool, 2015)
 *
 * All candidates of all decisions would be too many: four million evictions from twenty thousand
 * frames are 84 billion rows.
 */
import type { Page } from '../fingerprint/fingerprint.ts';
import { assert, InputError } from '../support/assert.ts';
import type { Random } from '../support/random.ts';
import type { Frame, FrameTable } from './frameTable.ts';

/** Draws frames without replacement; 4 bytes a frame, 8 once some are required. */
export class CandidateSampler {
  /** Drawn so far at the front, the others behind, in an order that drifts from draw to draw. */
  readonly #order: Int32Array;
  /** The place of each frame in it; absent until a frame is required. */
  #placeOf: Int32Array | undefined;
  readonly #random: Random;

  constructor(frameCount: number, random: Random) {
    this.#order = Int32Array.from({ length: frameCount }, (_, frame) => frame);
    this.#random = random;
  }

  /**
   * Fills `out` with different frames: those of `required`, then others, each as likely as any.
   * At least as many frames as `out` is long exist.
   */
  draw(required: readonly Frame[], out: Int32Array): void {
    const order = this.#order;
    const random = this.#random;
    assert(out.length <= order.length, 'no more frames are drawn than there are');
    if (required.length > 0) this.#placeOf ??= placesIn(order);
    const placeOf = this.#placeOf;
    let drawn = 0;
    for (let i = 0; i < required.length; i++) {
      const place = placeOf![required[i]];
      if (place >= drawn) swap(order, placeOf, drawn++, place);
    }
    assert(drawn <= out.length, 'the required frames fit in the sample');
    for (; drawn < out.length; drawn++) {
      swap(order, placeOf, drawn, drawn + random.below(order.length - drawn));
    }
    for (let i = 0; i < out.length; i++) out[i] = order[i];
  }
}

function swap(order: Int32Array, placeOf: Int32Array | undefined, a: number, b: number): void {
  const frameOfA = order[a];
  order[a] = order[b];
  order[b] = frameOfA;
  if (placeOf === undefined) return;
  placeOf[order[a]] = a;
  placeOf[order[b]] = b;
}

function placesIn(order: Int32Array): Int32Array {
  const placeOf = new Int32Array(order.length);
  for (let place = 0; place < order.length; place++) placeOf[order[place]] = place;
  return placeOf;
}

/**
 * Takes the frames in turn. Pages lie in memory in no order of use, so that a turn is as good as a
 * draw, and costs none; its frames are neighbours in every column. 1 byte a frame.
 */
class CandidateHand {
  /** 1: required in this draw. */
  readonly #isRequired: Uint8Array;
  #hand: Frame = 0;

  constructor(frameCount: number) {
    this.#isRequired = new Uint8Array(frameCount);
  }

  /** As `CandidateSampler.draw`. */
  draw(required: readonly Frame[], out: Int32Array): void {
    const isRequired = this.#isRequired;
    let drawn = 0;
    for (let i = 0; i < required.length; i++) {
      if (isRequired[required[i]] === 0) out[drawn++] = required[i];
      isRequired[required[i]] = 1;
    }
    let hand = this.#hand;
    while (drawn < out.length) {
      if (isRequired[hand] === 0) out[drawn++] = hand;
      if (++hand === isRequired.length) hand = 0;
    }
    this.#hand = hand;
    for (let i = 0; i < required.length; i++) isRequired[required[i]] = 0;
  }
}

/** How a policy that scores candidates finds them. */
export interface CandidateOptions {
  /** Frames looked at for each eviction; 0, or as many as there are: all. */
  readonly candidates: number;
  /** Of these, so many are the ones that scored highest, but for the victim, last time. */
  readonly pool: number;
  /** 1: the others are not drawn, but the next ones in turn. */
  readonly hand: number;
}

export function checkCandidateOptions(
  { candidates, pool, hand }: CandidateOptions,
  who: string,
): void {
  if (hand !== 0 && hand !== 1) {
    throw new InputError(`hand is a switch, not ${hand}`, 'give 0 or 1');
  }
  if (!Number.isInteger(candidates) || candidates < 0 || !Number.isInteger(pool) || pool < 0) {
    throw new InputError(
      `${who} cannot look at ${candidates} candidates and keep ${pool}`,
      'give whole numbers; 0 candidates look at every page in memory',
    );
  }
}

/** The candidates of one eviction after the other, when every frame is occupied. */
export class CandidatePool {
  /** Frames; the first `draw()` of them. */
  readonly candidates: Int32Array;
  /** Absent when every frame is looked at. */
  readonly #sampler: CandidateSampler | CandidateHand | undefined;
  /** The best frames of last time, and the pages they held. */
  readonly #pool: Frame[] = [];
  readonly #poolPages: Page[] = [];
  /** As many as the pool holds. */
  readonly #bestRows: Int32Array;
  readonly #pageOf: Int32Array;

  constructor(
    { frameCount, pageOf }: FrameTable,
    { candidates, pool, hand }: CandidateOptions,
    random: Random,
  ) {
    const isSample = candidates !== 0 && candidates < frameCount;
    const count = isSample ? candidates : frameCount;
    this.candidates = Int32Array.from({ length: count }, (_, frame) => frame);
    if (isSample) {
      this.#sampler =
        hand === 1 ? new CandidateHand(frameCount) : new CandidateSampler(frameCount, random);
    }
    this.#bestRows = new Int32Array(isSample ? Math.min(pool, count) : 0);
    this.#pageOf = pageOf;
  }

  /** Finds the candidates of the next eviction, and says how many there are. */
  draw(): number {
    if (this.#sampler === undefined) return this.candidates.length;
    let kept = 0;
    for (let i = 0; i < this.#pool.length; i++) {
      if (this.#pageOf[this.#pool[i]] === this.#poolPages[i]) this.#pool[kept++] = this.#pool[i];
    }
    this.#pool.length = kept;
    this.#sampler.draw(this.#pool, this.candidates);
    return this.candidates.length;
  }

  /** Remembers whose are the highest of the first `count` scores, the victim's left out. */
  keepBest(scores: Float64Array, count: number, victimRow: number): void {
    const rows = this.#bestRows;
    if (rows.length === 0) return;
    // The best so far stand at the front, the first of equals before the others.
    let kept = 0;
    for (let row = 0; row < count; row++) {
      const score = scores[row];
      if (row === victimRow) continue;
      if (kept < rows.length) kept++;
      else if (scores[rows[kept - 1]] >= score) continue;
      let place = kept - 1;
      for (; place > 0 && scores[rows[place - 1]] < score; place--) rows[place] = rows[place - 1];
      rows[place] = row;
    }
    this.#pool.length = 0;
    this.#poolPages.length = 0;
    for (let place = 0; place < kept; place++) {
      const frame = this.candidates[rows[place]];
      this.#pool.push(frame);
      this.#poolPages.push(this.#pageOf[frame]);
    }
  }
}

/** Where the highest of the first `count` scores is, the first of equals. */
export function highest(scores: Float64Array, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (scores[i] > scores[best]) best = i;
  return best;
}
