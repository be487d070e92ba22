/*
 * ARC: two LRU lists, pages used once and pages used again, and a memory of what each lost that
 * moves the border between them.                                  (Megiddo & Modha, FAST 2003)
 *
 *            used once                       used again
 *   ghosts B1 ◄── T1 ◄── load      used ──► T2 ──► B2 ghosts
 *          oldest   newest            newest   oldest
 *   └───── resident: T1 │ T2, the border aims at `target` pages for T1 ─────┘
 *
 * A fault on a page of B1 says that T1 is too small, and raises the target; one on a page of B2
 * lowers it, each by the ratio of the other ghosts to its own, at least by 1. T1 gives up its
 * oldest page while it is longer than the target, else T2 does. A scan passes through T1 only.
 *
 * Per reference: one move between lists. Per eviction: one move to the ghosts. Metadata: 8 bytes
 * and a bit a frame, as many ghosts as frames.
 * Differs from the paper: a frame freed by an exit leaves its list and no ghost; a page that
 * finds a free frame adapts the target too. The target is a real number, as in the paper.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { LinkedLists, NO_LIST } from '../support/linkedLists.ts';

export const policy = definePolicy({
  id: 'arc',
  title: 'ARC',
  source: 'Megiddo & Modha, FAST 2003',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 8.125,
    bytesPerGhost: 16.125,
    ghostsPerFrame: 1,
    perReference: 'one move between lists',
    perEviction: 'one move to the ghosts',
    operations: { perReference: 12, perEviction: 22 },
  },
  defaults: {},
  create: (context) => new Arc(context),
});

/** The lists, of frames and of ghosts alike: T1 and B1, T2 and B2. */
const ONCE = 0;
const AGAIN = 1;

class Arc implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Front: used last. */
  readonly #residents: LinkedLists;
  /** Pages; front: evicted last. */
  readonly #ghosts: LinkedLists;
  /** Pages that T1 should have. */
  #target = 0;
  /** From the choice of a victim to the load it makes room for. */
  #isEvicting = false;

  constructor({ frames, pageCount }: PolicyContext) {
    this.#frames = frames;
    this.#residents = new LinkedLists(frames.frameCount, 2);
    this.#ghosts = new LinkedLists(pageCount, 2);
  }

  onLoad(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    if (!this.#isEvicting) this.#adapt(page);
    this.#isEvicting = false;
    if (this.#ghosts.listOf[page] === NO_LIST) {
      this.#trim();
      this.#residents.pushFront(frame, ONCE);
    } else {
      this.#ghosts.remove(page);
      this.#residents.pushFront(frame, AGAIN);
    }
  }

  onReference(frame: Frame): void {
    this.#residents.moveToFront(frame, AGAIN);
  }

  chooseVictim(wanted: Page): Frame {
    this.#isEvicting = true;
    this.#adapt(wanted);
    const once = this.#residents.length(ONCE);
    const isOver =
      once > this.#target || (once === this.#target && this.#ghosts.listOf[wanted] === AGAIN);
    if (once > 0 && (isOver || this.#residents.length(AGAIN) === 0)) {
      return this.#residents.back(ONCE);
    }
    return this.#residents.back(AGAIN);
  }

  onFree(frame: Frame): void {
    const list = this.#residents.listOf[frame];
    this.#residents.remove(frame);
    if (this.#isEvicting) this.#ghosts.pushFront(this.#frames.pageOf[frame], list);
  }

  onInterval(): void {}

  /** Moves the target when `wanted` is a ghost. */
  #adapt(wanted: Page): void {
    const list = this.#ghosts.listOf[wanted];
    if (list === NO_LIST) return;
    const ghosts = this.#ghosts;
    const step = Math.max(1, ghosts.length(1 - list) / ghosts.length(list));
    const target = this.#target + (list === ONCE ? step : -step);
    this.#target = Math.min(Math.max(target, 0), this.#frames.frameCount);
  }

  /** Forgets a ghost where a page nobody remembers needs its place in the directory. */
  #trim(): void {
    const { frameCount } = this.#frames;
    const once = this.#residents.length(ONCE) + this.#ghosts.length(ONCE);
    const again = this.#residents.length(AGAIN) + this.#ghosts.length(AGAIN);
    if (once === frameCount) this.#ghosts.remove(this.#ghosts.back(ONCE));
    else if (once + again === 2 * frameCount) this.#ghosts.remove(this.#ghosts.back(AGAIN));
  }
}
