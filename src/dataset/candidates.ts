/*
 * Which resident pages of a decision become rows: all of them, or a sample that always holds the
 * optimum's choice and the policy's own. All candidates of all decisions would be too many: four
 * million evictions from twenty thousand frames are 84 billion rows.
 */
import type { Frame } from '../engine/frameTable.ts';
import { assert } from '../support/assert.ts';
import type { Random } from '../support/random.ts';

/** Rows a decision gets: every resident page, or so many of them. */
export type CandidateCount = 'all' | number;

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
