/*
 * Which of the resident pages are looked at when one has to leave: all of them, or a sample.
 *
 *   sampler   so many frames, each set of them as likely as any, with some that must be in it
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

/** Draws frames without replacement; 8 bytes a frame. */
export class CandidateSampler {
  /** Drawn so far at the front, the others behind, in an order that drifts from draw to draw. */
  readonly #order: Int32Array;
  readonly #placeOf: Int32Array;
  readonly #random: Random;

  constructor(frameCount: number, random: Random) {
    this.#order = Int32Array.from({ length: frameCount }, (_, frame) => frame);
    this.#placeOf = this.#order.slice();
    this.#random = random;
  }

  /**
   * Fills `out` with different frames: those of `required`, then others, each as likely as any.
   * At least as many frames as `out` is long exist.
   */
  draw(required: readonly Frame[], out: Int32Array): void {
    assert(out.length <= this.#order.length, 'no more frames are drawn than there are');
    let drawn = 0;
    for (const frame of required) {
      const place = this.#placeOf[frame];
      if (place >= drawn) this.#swap(drawn++, place);
    }
    assert(drawn <= out.length, 'the required frames fit in the sample');
    for (; drawn < out.length; drawn++) {
      this.#swap(drawn, drawn + this.#random.below(this.#order.length - drawn));
    }
    out.set(this.#order.subarray(0, out.length));
  }

  #swap(a: number, b: number): void {
    const order = this.#order;
    const frameOfA = order[a];
    order[a] = order[b];
    order[b] = frameOfA;
    this.#placeOf[order[a]] = a;
    this.#placeOf[order[b]] = b;
  }
}

/** How a policy that scores candidates finds them. */
export interface CandidateOptions {
  /** Frames looked at for each eviction; 0, or as many as there are: all. */
  readonly candidates: number;
  /** Of these, so many are the ones that scored highest, but for the victim, last time. */
  readonly pool: number;
}

export function checkCandidateOptions({ candidates, pool }: CandidateOptions, who: string): void {
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
  readonly #sampler: CandidateSampler | undefined;
  /** The best frames of last time, and the pages they held. */
  readonly #pool: Frame[] = [];
  readonly #poolPages: Page[] = [];
  readonly #poolSize: number;
  readonly #pageOf: Int32Array;

  constructor(
    { frameCount, pageOf }: FrameTable,
    { candidates, pool }: CandidateOptions,
    random: Random,
  ) {
    const isSample = candidates !== 0 && candidates < frameCount;
    const count = isSample ? candidates : frameCount;
    this.candidates = Int32Array.from({ length: count }, (_, frame) => frame);
    this.#sampler = isSample ? new CandidateSampler(frameCount, random) : undefined;
    this.#poolSize = isSample ? Math.min(pool, count) : 0;
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

  /**
   * Remembers the highest of the first `count` scores but the victim's; those it takes become −∞.
   */
  keepBest(scores: Float64Array, count: number, victimRow: number): void {
    if (this.#poolSize === 0) return;
    this.#pool.length = 0;
    this.#poolPages.length = 0;
    scores[victimRow] = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.#poolSize; i++) {
      const row = highest(scores, count);
      if (scores[row] === Number.NEGATIVE_INFINITY) return;
      scores[row] = Number.NEGATIVE_INFINITY;
      this.#pool.push(this.candidates[row]);
      this.#poolPages.push(this.#pageOf[this.candidates[row]]);
    }
  }
}

/** Where the highest of the first `count` scores is, the first of equals. */
export function highest(scores: Float64Array, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (scores[i] > scores[best]) best = i;
  return best;
}
