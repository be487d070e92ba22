/*
 * CFLRU, clean-first LRU: a page that must be written when it leaves costs more than one that need
 * not, so among the pages LRU would lose soon the clean ones leave first.
 *                                                   (Park, Jung, Kang, Kim & Lee 2006)
 *
 *   most recent ⇄ … working region … ⇄ │ ⇄ ○ ⇄ ● ⇄ ○ ⇄ ● ⇄ ●  least recent       ● dirty
 *                                      └── window ──┘    ↑ cursor: all behind it are dirty
 *                                                   the victim: the last clean page of the window;
 *                                                   of a window all dirty, the least recent page
 *
 * Dirty pages of the window are kept at the cost of reading clean ones again: fewer page-outs, more
 * page-ins. Made for flash memory, where a write costs several reads.
 *
 * A page once dirty stays dirty until it leaves, so the pages behind the cursor need no second
 * look. Per reference: one move in the list. Per eviction: the cursor's walk, O(1) amortised.
 * Metadata: 9 bytes a frame.
 * Differs from the source: the window is fixed, as in its CFLRU-static, a third of the frames; the
 * variant that adapts it to the measured costs of reads and writes is left out.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption } from '../engine/policyOptions.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'cflru',
  title: 'CFLRU, clean first',
  source: 'Park, Jung, Kang, Kim & Lee, CASES 2006',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 9,
    perReference: 'one move in a list',
    perEviction: 'dirty pages passed on the way to a clean one, once each',
  },
  /** Share of the frames in the window; rounded down. */
  defaults: { window: 1 / 3 },
  create: (context, { window }) => new Cflru(context, numberOption('window', window, 0, 1)),
});

class Cflru implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Front: the page used last. */
  readonly #recency: FrameList;
  readonly #windowSize: number;
  /** 1 for pages known to be dirty and to have only such behind them. */
  readonly #isPassed: Uint8Array;
  #passedCount = 0;
  /** The most recent of those; the sentinel when there are none. */
  #lastPassed: Frame;

  constructor({ frames }: PolicyContext, window: number) {
    this.#frames = frames;
    this.#recency = new FrameList(frames.frameCount);
    this.#windowSize = Math.floor(frames.frameCount * window);
    this.#isPassed = new Uint8Array(frames.frameCount);
    this.#lastPassed = this.#recency.sentinel;
  }

  onLoad(frame: Frame): void {
    this.#recency.pushFront(frame);
  }

  onReference(frame: Frame): void {
    this.#leave(frame);
    this.#recency.moveToFront(frame);
  }

  chooseVictim(): Frame {
    const { dirty } = this.#frames;
    const recency = this.#recency;
    let candidate = recency.previous(this.#lastPassed);
    while (this.#passedCount < this.#windowSize && dirty[candidate] === 1) {
      this.#isPassed[candidate] = 1;
      this.#passedCount++;
      this.#lastPassed = candidate;
      candidate = recency.previous(candidate);
    }
    return this.#passedCount < this.#windowSize ? candidate : recency.back;
  }

  onFree(frame: Frame): void {
    this.#leave(frame);
    this.#recency.remove(frame);
  }

  onInterval(): void {}

  /** Before the page's place in the list changes. */
  #leave(frame: Frame): void {
    if (this.#isPassed[frame] === 0) return;
    this.#isPassed[frame] = 0;
    this.#passedCount--;
    if (frame === this.#lastPassed) this.#lastPassed = this.#recency.next(frame);
  }
}
