/*
 * NFU, not frequently used: LFU from one bit a page. Every interval each page's accessed bit is
 * added to its counter and cleared; the smallest counter leaves.   (Tanenbaum, Modern OS, 3.4.7)
 *
 *   intervals used in   7   3   3   1  ◄ the victim
 *   bit now             1   0   1   0        counts as one more, before it is added
 *
 * It forgets nothing: a page in heavy use long ago outlives one in use now. That is why there is
 * aging. Of equals the page loaded first leaves.
 *
 * What a page is worth, counter and bit, only grows while it is resident, and adding the bit does
 * not change it. So the pages wait in a heap under what they were worth when last looked at; one
 * that is worth more by now is put back when it comes out on top.
 *
 * Per reference: one bit, set by hardware, and with the default interval a quarter of a page's
 * share of the sweep. Per eviction: a few moves in the heap, each paid for by an interval in which
 * the page was used. Metadata: 4 bytes a frame for the idea, 20 as it is done here.
 * Differs from the source: the bit not added yet is looked at, without which a newcomer would be
 * the next victim; the clock ticks in references, by default once in four times as many as there
 * are frames.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { intervalOption } from '../engine/interval.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { Agenda } from '../support/agenda.ts';

export const policy = definePolicy({
  id: 'nfu',
  title: 'NFU, not frequently used',
  source: 'Tanenbaum, Modern Operating Systems',
  observes: 'reference-bits',
  interval: (frameCount, { interval }) => intervalOption(frameCount, interval),
  cost: {
    bytesPerFrame: 4,
    perReference: 'a bit, set by hardware; every interval an addition for each page',
    perEviction: 'a search of the least counter',
  },
  defaults: { interval: 0 },
  create: (context) => new Nfu(context),
});

class Nfu implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Intervals in which the page was used, but for the running one. */
  readonly #counter: Int32Array;
  /** The worth under which each page is in the heap, at most what it is worth now. */
  readonly #worth: Int32Array;
  readonly #heap: Agenda;

  constructor({ frames }: PolicyContext) {
    this.#frames = frames;
    this.#counter = new Int32Array(frames.frameCount);
    this.#worth = new Int32Array(frames.frameCount);
    this.#heap = new Agenda(frames.frameCount);
  }

  onLoad(frame: Frame): void {
    this.#counter[frame] = 0;
    this.#worth[frame] = 1;
    this.#heap.push(this.#keyOf(frame), frame);
  }

  onReference(): void {}

  chooseVictim(): Frame {
    const { referenced } = this.#frames;
    for (;;) {
      const frame = this.#heap.first;
      const worth = this.#counter[frame] + referenced[frame];
      if (worth === this.#worth[frame]) return frame;
      this.#worth[frame] = worth;
      this.#heap.move(this.#keyOf(frame), frame);
    }
  }

  onFree(frame: Frame): void {
    this.#heap.remove(frame);
  }

  onInterval(): void {
    const { referenced, frameCount } = this.#frames;
    for (let frame = 0; frame < frameCount; frame++) this.#counter[frame] += referenced[frame];
    referenced.fill(0);
  }

  /** By worth, then by load: exact below 2²² intervals. */
  #keyOf(frame: Frame): number {
    return this.#worth[frame] * 2 ** 31 + this.#frames.loadedAt[frame];
  }
}
