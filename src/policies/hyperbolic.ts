/*
 * Hyperbolic: evict the page with the fewest uses per time since its load, of a sample.
 *                                                   (Blankstein, Sen & Freedman 2017)
 *
 *   worth │ ╲          uses / (now − load): it falls along a hyperbola between uses, a newcomer's
 *         │  ╲___/╲    steeply, an old page's hardly; so the order of the pages changes without
 *         │       ‾‾‾  anything happening, and no list could keep it
 *         └────────── time
 *
 * LFU that forgives the young: what counts is how often, not how much in all.
 *
 * Per reference: one counter. Per eviction: 64 random frames, or all where there are no more.
 * Metadata: 8 bytes a frame, of which the frame table has both numbers.
 * Differs from the source: time is counted in references; costs and classes of items are left out,
 * since all pages have the same size and price.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import type { Random } from '../support/random.ts';

export const policy = definePolicy({
  id: 'hyperbolic',
  title: 'Hyperbolic, 64 samples',
  source: 'Blankstein, Sen & Freedman, ATC 2017',
  observes: 'every-reference',
  cost: {
    bytesPerFrame: 8,
    perReference: 'one counter',
    perEviction: '64 draws and divisions',
  },
  /** Frames looked at; drawn with replacement. */
  defaults: { samples: 64 },
  create: (context, { samples }) =>
    new Hyperbolic(context, wholeOption('samples', samples, 1, 65_536)),
});

class Hyperbolic implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #random: Random;
  readonly #samples: number;

  constructor({ frames, random }: PolicyContext, samples: number) {
    this.#frames = frames;
    this.#random = random;
    this.#samples = samples;
  }

  onLoad(): void {}

  onReference(): void {}

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    const { frameCount, useCount, loadedAt } = this.#frames;
    const isWhole = frameCount <= this.#samples;
    const count = isWhole ? frameCount : this.#samples;
    let [victim, least] = [0, Number.POSITIVE_INFINITY];
    for (let i = 0; i < count; i++) {
      const frame = isWhole ? i : this.#random.below(frameCount);
      const worth = useCount[frame] / (tick - loadedAt[frame]);
      if (worth < least) [victim, least] = [frame, worth];
    }
    return victim;
  }

  onFree(): void {}

  onInterval(): void {}
}
