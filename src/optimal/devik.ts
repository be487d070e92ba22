/*
 * devik's rule — evict the frame that causes the least I/O per unit of time until its next use:
 *
 *   io = (dirty + 1) / time to nearest future hit                 (M. Devera, the first proposal)
 *
 * A heuristic for page-ins plus page-outs: usually within a few percent of the optimum, not always.
 * A page never used again has io 0; among those the clean leave first. Of equal io > 0 the one in
 * the lower frame leaves, as in the program whose counts we compare with. `weight` is the price of
 * a page-out in page-ins: io = (1 + weight · dirty) / time.
 *
 * Inside a class, clean or dirty, the order by next use does not change with time: two bit sets,
 * one find-max each per eviction.
 */
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { assert, InputError } from '../support/assert.ts';
import { FarthestNextUse } from './farthestNextUse.ts';

export const devik = definePolicy({
  id: 'devik',
  title: "devik's rule",
  source: 'M. Devera, How to find the best VM strategy for Linux',
  observes: 'future',
  readsHistory: false,
  cost: {
    bytesPerFrame: 0,
    perReference: 'one insertion in a tree of bits',
    perEviction: 'one find-max in each of two trees',
  },
  defaults: { weight: 1 },
  create: (context, { weight }) => new Devik(context, weight),
});

class Devik implements ReplacementPolicy {
  readonly #resident: FarthestNextUse;
  readonly #weight: number;

  constructor({ frames, pageCount, nextUse }: PolicyContext, weight: number) {
    assert(nextUse !== undefined, "devik's rule is given the future");
    if (weight < 0) {
      throw new InputError(
        `devik's rule cannot weigh a page-out by ${weight}`,
        'give a weight of 0 or more: the price of a page-out in page-ins',
      );
    }
    this.#resident = new FarthestNextUse(frames, pageCount, nextUse, true);
    this.#weight = weight;
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#resident.load(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#resident.reference(frame, tick);
  }

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    return this.#resident.leastIo(tick, this.#weight);
  }

  onFree(frame: Frame): void {
    this.#resident.free(frame);
  }

  onInterval(): void {}
}
