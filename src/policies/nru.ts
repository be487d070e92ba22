/*
 * NRU, not recently used: evict a page of the lowest class, where being used counts for more than
 * being dirty.                                                      (Tanenbaum, Modern OS, 3.4.2)
 *
 *   class   used   dirty
 *     0      –       –      goes first: not used lately, and leaves without I/O
 *     1      –       ●      used in an earlier interval, and written
 *     2      ●       –
 *     3      ●       ●
 *
 *   loaded first   3  1  3  2  3  0  3  2  2  3   loaded last       of a class, the first leaves
 *                     ↑     ↑     ↑
 *                    [1]   [2]   [0]                                a cursor each; [3] is the front
 *
 * The accessed bits are cleared every interval. Between two clearings a page's class only rises,
 * and newcomers, being used, enter class 2 or 3 at the end of the line: no cursor ever turns back.
 *
 * Per reference: one bit, set by hardware, and a quarter of a bit cleared. Per eviction: the walk
 * of the cursors, which pass each page at most once in an interval. Metadata: 8 bytes a frame.
 * Differs from the source: the book draws from the class at random, here the page loaded first
 * leaves; the clock ticks in references, by default once in four times as many as there are frames.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { intervalOption } from '../engine/interval.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'nru',
  title: 'NRU (not recently used)',
  source: 'Tanenbaum, Modern Operating Systems',
  observes: 'reference-bits',
  interval: (frameCount, { interval }) => intervalOption(frameCount, interval),
  cost: {
    bytesPerFrame: 0.25,
    perReference: 'a bit, set by hardware',
    perEviction: 'a search of the lowest class',
  },
  defaults: { interval: 0 },
  create: (context) => new Nru(context),
});

class Nru implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Front: loaded first. */
  readonly #loads: FrameList;
  /** Before the cursor of class 0, 1, 2 nobody is in it; the sentinel: nobody at all. */
  readonly #cursors: Int32Array;

  constructor({ frames }: PolicyContext) {
    this.#frames = frames;
    this.#loads = new FrameList(frames.frameCount);
    this.#cursors = new Int32Array(3).fill(this.#loads.sentinel);
  }

  onLoad(frame: Frame): void {
    this.#loads.pushBack(frame);
    // In use as it is, the newcomer is in no class below 2 before the bits are cleared.
    if (this.#cursors[2] === this.#loads.sentinel) this.#cursors[2] = frame;
  }

  onReference(): void {}

  chooseVictim(): Frame {
    for (let rank = 0; rank < 3; rank++) {
      const frame = this.#firstOf(rank);
      if (frame !== this.#loads.sentinel) return frame;
    }
    return this.#loads.front;
  }

  onFree(frame: Frame): void {
    for (let rank = 0; rank < 3; rank++) {
      if (this.#cursors[rank] === frame) this.#cursors[rank] = this.#loads.next(frame);
    }
    this.#loads.remove(frame);
  }

  onInterval(): void {
    this.#frames.referenced.fill(0);
    this.#cursors.fill(this.#loads.next(this.#loads.sentinel));
  }

  /** The first of class `rank`, all lower ones being empty, or the sentinel. */
  #firstOf(rank: number): Frame {
    const { referenced, dirty } = this.#frames;
    const loads = this.#loads;
    let frame = this.#cursors[rank];
    while (frame !== loads.sentinel && 2 * referenced[frame] + dirty[frame] !== rank)
      frame = loads.next(frame);
    this.#cursors[rank] = frame;
    return frame;
  }
}
