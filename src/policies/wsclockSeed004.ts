/*
 * WSClock by the letter of a pseudo-code that is about, to be compared with the real one.
 *
 *   for each frame in clock order:
 *       age = current_time - last_use_time
 *       if age > τ and not dirty:   evict
 *       elif age > τ and dirty:     schedule write-back, continue
 *       else:                       give second chance
 *
 * The differences from WSClock: times are exact and those of the whole machine, so the accessed bit
 * is not looked at; a second chance is to be passed over; any number of writes may be scheduled at
 * a time. The text does not say what is to happen when a lap finds no victim: here the first page
 * scheduled leaves, being the first to be clean; where none is, the page at which the lap began.
 *
 * Per reference: a time noted. Per eviction: the hand's walk, a lap at most. Metadata: 4 bytes a
 * frame.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
  type Tallies,
} from '../engine/policy.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { HAND_TAU, type TauOptions, tauOption } from './variableSpace/tauOption.ts';

export const policy = definePolicy({
  id: 'wsclock-seed004',
  title: 'WSClock by the letter of a pseudo-code',
  source: 'AdityaPandey-DEV/VMM, EXTENSIONS.md, 2025',
  observes: 'every-reference',
  usesPager: true,
  cost: {
    bytesPerFrame: 4,
    perReference: 'a time noted',
    perEviction: 'pages looked at on the way, a lap at most',
  },
  defaults: { tau: -1, perFrame: HAND_TAU },
  create: (context, options) => new WsClockSeed004(context, options),
});

class WsClockSeed004 implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #tau: number;
  #hand: Frame = 0;
  /** Before this tick a lap would find no page old enough. */
  #quietUntil: Tick = 0;
  /** Frames whose pages are to be written when the victim has left. */
  #scheduled: Frame[] = [];
  // Victims by rule.
  #oldClean = 0;
  #writtenFirst = 0;
  #lapStart = 0;

  constructor({ frames, pager }: PolicyContext, options: TauOptions) {
    this.#frames = frames;
    this.#pager = pager;
    this.#tau = tauOption(options, frames.frameCount);
  }

  onLoad(): void {
    for (const frame of this.#scheduled) {
      if (!this.#pager.isWriting(frame)) this.#pager.clean(frame);
    }
    this.#scheduled = [];
  }

  onReference(): void {}

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    // A lap that found all pages young knows how long it would find nothing else.
    if (tick < this.#quietUntil) {
      this.#lapStart++;
      return this.#hand;
    }
    const { dirty, lastUsedAt, frameCount } = this.#frames;
    this.#scheduled = [];
    let oldest = tick;
    for (let looked = 0; looked < frameCount; looked++) {
      const hand = this.#hand;
      const last = lastUsedAt[hand];
      if (last < oldest) oldest = last;
      if (tick - last > this.#tau) {
        if (dirty[hand] === 0) {
          this.#oldClean++;
          return hand;
        }
        this.#scheduled.push(hand);
      }
      this.#advance();
    }
    if (this.#scheduled.length > 0) {
      this.#writtenFirst++;
      this.#hand = this.#scheduled[0];
    } else {
      this.#lapStart++;
      this.#quietUntil = oldest + this.#tau + 1;
    }
    return this.#hand;
  }

  onFree(frame: Frame): void {
    if (frame === this.#hand) this.#advance();
    const at = this.#scheduled.indexOf(frame);
    if (at >= 0) this.#scheduled.splice(at, 1);
  }

  onInterval(): void {}

  /** Where no page was old, the one at which the lap began left. */
  tallies(): Tallies {
    return {
      oldClean: this.#oldClean,
      writtenFirst: this.#writtenFirst,
      lapStart: this.#lapStart,
    };
  }

  #advance(): void {
    const next = this.#hand + 1;
    this.#hand = next === this.#frames.frameCount ? 0 : next;
  }
}
