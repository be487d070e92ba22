/*
 * CAR: ARC with two clocks for its two lists, so that a use costs a bit.
 *                                                              (Bansal & Modha, FAST 2004)
 *
 *   ghosts B1 ◄── T1 ◄── load                  ┌───── used ─────┐
 *          oldest │ newest                     ▼                │
 *                 └── used since ──► newest  T2  ... oldest ────┴─► B2 ghosts
 *
 * The hand of T1 turns while T1 has at least `target` pages, else that of T2: a page with its bit
 * set goes behind T2, its bit cleared; the first with its bit clear leaves and becomes a ghost. A
 * fault on a ghost of B1 raises the target and one of B2 lowers it, as in ARC.
 *
 * Per reference: a bit, set by hardware. Per eviction: what the hands pass, O(1) amortised.
 * Metadata: 8 bytes and 2 bits a frame, as many ghosts as frames.
 * Differs from the paper: hardware sets the bit at load, so it is cleared there; a frame freed by
 * an exit leaves its list and no ghost.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { LinkedLists, NO_LIST } from '../support/linkedLists.ts';

export const policy = definePolicy({
  id: 'car',
  title: 'CAR',
  source: 'Bansal & Modha, FAST 2004',
  observes: 'reference-bits',
  cost: {
    bytesPerFrame: 8.25,
    bytesPerGhost: 16.125,
    ghostsPerFrame: 1,
    perReference: 'a bit, set by hardware',
    perEviction: 'what two hands pass, O(1) amortised',
  },
  defaults: {},
  create: (context) => new Car(context),
});

/** The lists, of frames and of ghosts alike: T1 and B1, T2 and B2. */
const ONCE = 0;
const AGAIN = 1;

class Car implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Back: where the hand is. */
  readonly #residents: LinkedLists;
  /** Pages; front: evicted last. */
  readonly #ghosts: LinkedLists;
  /** Pages that T1 should have. */
  #target = 0;
  /** From the choice of a victim until it leaves. */
  #isEvicting = false;

  constructor({ frames, pageCount }: PolicyContext) {
    this.#frames = frames;
    this.#residents = new LinkedLists(frames.frameCount, 2);
    this.#ghosts = new LinkedLists(pageCount, 2);
  }

  onLoad(frame: Frame): void {
    const { pageOf, referenced, frameCount } = this.#frames;
    const ghosts = this.#ghosts;
    const page = pageOf[frame];
    const list = ghosts.listOf[page];
    referenced[frame] = 0;
    if (list === NO_LIST) {
      this.#trim();
      this.#residents.pushFront(frame, ONCE);
      return;
    }
    const step = Math.max(1, ghosts.length(1 - list) / ghosts.length(list));
    const target = this.#target + (list === ONCE ? step : -step);
    this.#target = Math.min(Math.max(target, 0), frameCount);
    ghosts.remove(page);
    this.#residents.pushFront(frame, AGAIN);
  }

  onReference(): void {}

  chooseVictim(): Frame {
    this.#isEvicting = true;
    const { referenced } = this.#frames;
    const residents = this.#residents;
    for (;;) {
      const isOver = residents.length(ONCE) >= Math.max(1, this.#target);
      const hand = residents.back(isOver ? ONCE : AGAIN);
      if (referenced[hand] === 0) return hand;
      referenced[hand] = 0;
      residents.moveToFront(hand, AGAIN);
    }
  }

  onFree(frame: Frame): void {
    const list = this.#residents.listOf[frame];
    this.#residents.remove(frame);
    if (this.#isEvicting) this.#ghosts.pushFront(this.#frames.pageOf[frame], list);
    this.#isEvicting = false;
  }

  onInterval(): void {}

  /** Forgets a ghost where a page nobody remembers needs its place in the directory. */
  #trim(): void {
    const { frameCount } = this.#frames;
    const once = this.#residents.length(ONCE) + this.#ghosts.length(ONCE);
    const again = this.#residents.length(AGAIN) + this.#ghosts.length(AGAIN);
    if (once === frameCount) this.#ghosts.remove(this.#ghosts.back(ONCE));
    else if (once + again === 2 * frameCount) this.#ghosts.remove(this.#ghosts.back(AGAIN));
  }
}
