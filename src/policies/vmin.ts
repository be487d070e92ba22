/*
 * VMIN: a page stays after a reference if and only if it is used again within the next τ.
 *                                                                (Prieve & Fabry, CACM 1976)
 *
 *   a used at t     next at t + τ or before      stays: keeping it costs less than fetching it
 *                   later, or never              leaves at once
 *
 * The optimum of variable space: where a page-in costs as much as τ references of a frame, nothing
 * costs less, and with the same mean resident set nothing has fewer page-ins. These are those of
 * the working set of window τ, which keeps for τ what VMIN gives up at once.
 *
 * Per reference: one insertion in a tree of bits, for when memory is full: then the page used
 * farthest in the future leaves, as under MIN. Metadata: nothing a kernel could have.
 * Differs from the source: time is the references of the whole machine, for the future does not say
 * whose. A page leaves with the next reference, which may take its frame.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import type { NextUse } from '../engine/nextUse.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { FarthestNextUse } from '../optimal/farthestNextUse.ts';
import { assert } from '../support/assert.ts';
import { LEAVING_TAU, type TauOptions, tauOption } from './variableSpace/tauOption.ts';

export const policy = definePolicy({
  id: 'vmin',
  title: 'VMIN (optimal variable space)',
  source: 'Prieve & Fabry, CACM 1976',
  observes: 'future',
  readsHistory: false,
  usesPager: true,
  cost: {
    bytesPerFrame: 0,
    perReference: 'one insertion in a tree of bits',
    perEviction: 'one find-max in that tree, or nothing',
  },
  defaults: { tau: -1, perFrame: LEAVING_TAU },
  create: (context, options) => new Vmin(context, options),
});

class Vmin implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #resident: FarthestNextUse;
  readonly #future: NextUse;
  readonly #tau: number;
  /** Holds the page used last, if that is to leave. */
  #leaving: Frame = NONE;

  constructor(context: PolicyContext, options: TauOptions) {
    const { frames, pageCount, nextUse, pager } = context;
    assert(nextUse !== undefined, 'VMIN is given the future');
    this.#frames = frames;
    this.#pager = pager;
    this.#future = nextUse;
    this.#resident = new FarthestNextUse(frames, pageCount, nextUse, false);
    this.#tau = tauOption(options, frames.frameCount, 1);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#resident.load(frame, tick);
    // What is read ahead stays until it has been used.
    if (this.#frames.ahead[frame] === 0) this.#next(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#resident.reference(frame, tick);
    this.#next(frame, tick);
  }

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    if (this.#leaving !== NONE) return this.#leaving;
    const frame = this.#resident.neverRead();
    return frame >= 0 ? frame : this.#resident.farthest(tick);
  }

  onFree(frame: Frame): void {
    this.#resident.free(frame);
    if (frame === this.#leaving) this.#leaving = NONE;
  }

  onInterval(): void {}

  /** The page used before leaves, if it has to; the one used now will, or not. */
  #next(frame: Frame, tick: Tick): void {
    if (this.#leaving !== NONE && this.#leaving !== frame) this.#pager.evict(this.#leaving, tick);
    const { next, positions, referenceCount } = this.#future;
    const place = positions === undefined ? tick : positions[tick];
    const isUsedSoon = next[tick] < referenceCount && next[tick] - place <= this.#tau;
    this.#leaving = isUsedSoon ? NONE : frame;
  }
}
