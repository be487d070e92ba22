/*
 * MIN — evict the page whose next use is farthest away.           (Bélády, IBM Systems J. 1966)
 *
 * No policy under demand paging has fewer page-ins on the same string. That stays true with
 * anonymous pages: a blank one costs no page-in when it comes back, so it goes first, like a page
 * never used again. Page-outs are not looked at except to break ties: among pages that will never
 * be read again the clean leave first. (With page-outs priced, MIN is not the optimum.)
 *
 * Per reference: one insertion into a bit set. Per eviction: one find-max.
 * Not a cache's Bélády, which may refuse the newcomer.
 */
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { FarthestNextUse } from './farthestNextUse.ts';

export const min = definePolicy({
  id: 'min',
  title: 'MIN (farthest next use)',
  source: 'Bélády, IBM Systems Journal 1966',
  observes: 'future',
  readsHistory: false,
  inclusion: true,
  cost: {
    bytesPerFrame: 0,
    perReference: 'one insertion in a tree of bits',
    perEviction: 'one find-max in that tree',
  },
  defaults: {},
  create: (context) => new Min(context),
});

class Min implements ReplacementPolicy {
  readonly #resident: FarthestNextUse;

  constructor({ frames, pageCount, nextUse }: PolicyContext) {
    assert(nextUse !== undefined, 'MIN is given the future');
    this.#resident = new FarthestNextUse(frames, pageCount, nextUse, false);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#resident.load(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#resident.reference(frame, tick);
  }

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    const frame = this.#resident.neverRead();
    return frame >= 0 ? frame : this.#resident.farthest(tick);
  }

  onFree(frame: Frame): void {
    this.#resident.free(frame);
  }

  onInterval(): void {}
}
