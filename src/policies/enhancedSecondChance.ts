/*
 * Enhanced second chance: CLOCK that would rather take a page that need not be written. A hand goes
 * round the frames and takes the first page of the lowest class that is not empty.
 *                (Macintosh virtual memory; Silberschatz, Galvin & Gagne; Stallings)
 *
 *   class          hand goes round looking for     on its way
 *   1  ○ clean  ┐  1st lap: unused and clean       changes nothing
 *   2  ○ dirty  │  2nd lap: unused and dirty       clears the accessed bits
 *   3  ● clean  │  3rd lap: as the 1st             (all are unused now)
 *   4  ● dirty  ┘  4th lap: as the 2nd             ● used since the hand last passed
 *
 * The first lap finds nothing to change, so it is not walked: a page becomes unused only when the
 * hand clears its bit, and is remembered then if it is clean. Of those remembered the next one
 * ahead of the hand is looked up in a tree of words; what has been used or written since is
 * forgotten as it is met.
 *
 * Per reference: one bit, set by hardware. Per eviction: the hand's walk, O(1) amortised, where the
 * textbook's may be four laps. Metadata: a bit a frame, and one hand.
 * Differs from the source: a frame emptied by an exit is refilled in place, ahead of or behind the
 * hand, as in clock.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { PositionSet } from '../support/positionSet.ts';

export const policy = definePolicy({
  id: 'enhanced-second-chance',
  title: 'Enhanced second chance, four classes',
  source: 'Silberschatz, Galvin & Gagne, Operating System Concepts; Stallings, Operating Systems',
  observes: 'reference-bits',
  cost: {
    bytesPerFrame: 0.125,
    perReference: 'a bit, set by hardware',
    perEviction: 'bits looked at and cleared on the way, four laps at most',
  },
  defaults: {},
  create: (context) => new EnhancedSecondChance(context),
});

class EnhancedSecondChance implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** All unused clean pages are in it, by place; others may be. */
  readonly #unusedClean: PositionSet;
  /** The frame to be looked at next. */
  #hand: Frame = 0;

  constructor({ frames }: PolicyContext) {
    this.#frames = frames;
    this.#unusedClean = new PositionSet(frames.frameCount);
  }

  onLoad(): void {}

  onReference(): void {}

  chooseVictim(): Frame {
    const clean = this.#findUnusedClean();
    const victim = clean >= 0 ? clean : this.#sweep();
    this.#hand = victim;
    return victim;
  }

  onFree(frame: Frame): void {
    if (frame === this.#hand) this.#hand = this.#after(frame);
  }

  onInterval(): void {}

  #after(frame: Frame): Frame {
    return frame + 1 === this.#frames.frameCount ? 0 : frame + 1;
  }

  /** The first unused clean page from the hand on, −1 when there is none. */
  #findUnusedClean(): Frame {
    const { referenced, dirty } = this.#frames;
    for (;;) {
      let frame = this.#unusedClean.next(this.#hand);
      if (frame < 0) frame = this.#unusedClean.next(0);
      if (frame < 0 || (referenced[frame] === 0 && dirty[frame] === 0)) return frame;
      this.#unusedClean.remove(frame);
    }
  }

  /** The laps after the first: all pages are used or dirty. */
  #sweep(): Frame {
    const { referenced, dirty } = this.#frames;
    let frame = this.#hand;
    do {
      if (referenced[frame] === 0) return frame;
      referenced[frame] = 0;
      if (dirty[frame] === 0) this.#unusedClean.insert(frame);
      frame = this.#after(frame);
    } while (frame !== this.#hand);
    // All were used: the third lap, and where all are dirty as well, the fourth.
    const clean = this.#findUnusedClean();
    return clean >= 0 ? clean : this.#hand;
  }
}
