/*
 * NRU, not recently used: evict a page of the lowest class, where being used counts for more than
 * being dirty.                                                      (Tanenbaum, Modern OS, 3.4.2)
 *
 *   class   used   dirty
 *     0      –       –      goes first: not used lately, and leaves without I/O
 *     1      –       ●      used, in an earlier interval, and written
 *     2      ●       –
 *     3      ●       ●
 *
 *   frames  1 3 2 ▸ 2 1 0 3 …     the first of the lowest class, from where the last victim stood
 *
 * The accessed bits are cleared every interval. Between two clearings pages only ever leave classes
 * 0 and 1, so that a walk which found none of them need not look for them again: `#floor`.
 *
 * Per reference: one bit, set by hardware, and with the default interval one bit cleared. Per
 * eviction: the walk, which costs at most two laps a class in each interval; when an interval much
 * longer than memory has used up classes 0 and 1, up to a lap. Metadata: one hand.
 * Differs from the source: the book draws from the class at random, here a hand goes round; the
 * clock ticks in references, by default once for as many as there are frames.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { intervalOption } from '../engine/interval.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';

export const policy = definePolicy({
  id: 'nru',
  title: 'NRU (not recently used)',
  source: 'Tanenbaum, Modern Operating Systems',
  observes: 'reference-bits',
  interval: (frameCount, { interval }) => intervalOption(frameCount, interval),
  defaults: { interval: 0 },
  create: (context) => new Nru(context),
});

class Nru implements ReplacementPolicy {
  readonly #frames: FrameTable;
  #hand: Frame = 0;
  /** No page is in a class below this one. */
  #floor = 0;

  constructor({ frames }: PolicyContext) {
    this.#frames = frames;
  }

  onLoad(frame: Frame): void {
    const loaded = this.#classOf(frame);
    if (loaded < this.#floor) this.#floor = loaded;
  }

  onReference(): void {}

  chooseVictim(): Frame {
    const { frameCount } = this.#frames;
    let victim = this.#hand;
    let lowest = this.#classOf(victim);
    let frame = victim;
    for (let seen = 1; seen < frameCount && lowest > this.#floor; seen++) {
      frame = frame + 1 === frameCount ? 0 : frame + 1;
      const candidate = this.#classOf(frame);
      if (candidate < lowest) {
        victim = frame;
        lowest = candidate;
      }
    }
    this.#floor = lowest;
    this.#hand = victim;
    return victim;
  }

  onFree(frame: Frame): void {
    if (frame === this.#hand) this.#hand = frame + 1 === this.#frames.frameCount ? 0 : frame + 1;
  }

  onInterval(): void {
    this.#frames.referenced.fill(0);
    this.#floor = 0;
  }

  #classOf(frame: Frame): number {
    return 2 * this.#frames.referenced[frame] + this.#frames.dirty[frame];
  }
}
