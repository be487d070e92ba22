/*
 * WSClock: CLOCK's hand, but a page not used lately stays as long as it belongs to the working set
 * of its process, and dirty pages are written before they are wanted.
 *                               (Carr & Hennessy, SOSP 1981; Tanenbaum, Modern Operating Systems)
 *
 *   at the hand                              the hand
 *   used since it last passed                clears the bit, notes its process's time, goes on
 *   used within the last τ of that time      goes on: in the working set
 *   older, clean                             stops: the victim
 *   older, dirty                             has it written, at most `writes` at a time, goes on
 *
 * After a whole lap: a page whose write was on the way, as the first to be clean; else, all pages
 * being in some working set, the first clean one, else the one at the hand, which must be written.
 * Such a lap tells when the next page can be outside at the earliest: until then the hand looks for
 * a clean page only, and what is used meanwhile is noted by the next walk.
 * The time of a process is its references; a page belongs to whoever brought it in.
 *
 * What the hand would pass one by one is known: pages are listed by when they were last noted, so
 * those outside of working sets are found without it, and between them it only looks for set bits.
 *
 * Told by rule (`--json`: rules): victims old and clean, written first, young but clean, young and
 * dirty; writes scheduled, of these begun, and cancelled because the page left; of those begun the
 * wasted ones, whose page was dirty again before it left. Scheduled = begun + cancelled, but for
 * those whose victim has not left yet.
 *
 * Per reference: one bit, set by hardware. Per eviction: the hand's walk, a lap at most. Metadata:
 * 8 bytes a frame, a clock a process.
 * Differs from the sources: writes are begun when the hand has stopped, for whom a write delays is
 * the engine's to say; where writes take no time, whoever's write is on the way is clean at once.
 * Processes are not suspended when their working sets do not fit: the load control of the paper is
 * the engine's (loadControl.ts), for elastic runs.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import {
  definePolicy,
  type Pager,
  type PolicyContext,
  type ReplacementPolicy,
  type Tallies,
} from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import { VirtualTime } from '../engine/virtualTime.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { PositionSet } from '../support/positionSet.ts';
import { SetBytes } from '../support/setBytes.ts';
import { OwnerLists } from './variableSpace/ownerLists.ts';
import { HAND_TAU, type TauOptions, tauOption } from './variableSpace/tauOption.ts';

export const policy = definePolicy({
  id: 'wsclock',
  title: 'WSClock',
  source: 'Carr & Hennessy, SOSP 1981',
  observes: 'reference-bits',
  usesPager: true,
  cost: {
    bytesPerFrame: 8,
    perReference: 'a bit, set by hardware',
    perEviction: 'pages looked at on the way, a lap at most',
  },
  defaults: { tau: -1, perFrame: HAND_TAU, writes: 8 },
  create: (context, options) => new WsClock(context, options),
});

class WsClock implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #pager: Pager;
  readonly #time: VirtualTime;
  readonly #tau: number;
  readonly #writesMax: number;
  readonly #owner: Int32Array;
  /** In its owner's time, when it was last seen used. */
  readonly #lastUse: Int32Array;
  /** Pages in working sets; back: noted first. */
  readonly #inside: OwnerLists;
  #ownerCount = 0;
  /** Frames of the others, */
  readonly #outside: PositionSet;
  /** and of those clean when last looked at; who is written is used, too. */
  readonly #outsideClean: PositionSet;
  readonly #used: SetBytes;
  #hand: Frame = 0;
  /** Until this tick it is known that all pages are in working sets. */
  #quietUntil: Tick = 0;
  /** Frames whose pages are to be written when the victim has left; some may have left as well. */
  readonly #scheduled: Frame[] = [];
  readonly #isScheduled: Uint8Array;
  /** Frames whose pages were being written when last looked at. */
  #underWay: Frame[] = [];
  /** Frames whose pages were written and have not left; 1 until they do. */
  readonly #isWritten: Uint8Array;
  // Victims by rule, and what became of the writes.
  #oldClean = 0;
  #writtenFirst = 0;
  #youngClean = 0;
  #youngDirty = 0;
  #writesScheduled = 0;
  #writesBegun = 0;
  #writesCancelled = 0;
  #writesWasted = 0;
  #handSteps = 0;

  constructor(context: PolicyContext, options: TauOptions & { readonly writes: number }) {
    const { frames, pager } = context;
    const { frameCount } = frames;
    this.#frames = frames;
    this.#pager = pager;
    this.#time = new VirtualTime(context);
    this.#tau = tauOption(options, frameCount);
    this.#writesMax = wholeOption('writes', options.writes, 0, 2 ** 20);
    this.#owner = new Int32Array(frameCount);
    this.#lastUse = new Int32Array(frameCount);
    this.#inside = new OwnerLists(frameCount);
    this.#outside = new PositionSet(frameCount);
    this.#outsideClean = new PositionSet(frameCount);
    this.#used = new SetBytes(frames.referenced);
    this.#isScheduled = new Uint8Array(frameCount);
    this.#isWritten = new Uint8Array(frameCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    const owner = this.#time.advance(tick);
    this.#owner[frame] = owner;
    this.#ownerCount = Math.max(this.#ownerCount, owner + 1);
    this.#enter(frame);
    this.#beginWrites();
  }

  onReference(): void {}

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    this.#time.advance(tick);
    if (this.#underWay.length > 0) {
      this.#underWay = this.#underWay.filter((frame) => this.#pager.isWriting(frame));
    }
    if (tick < this.#quietUntil) return this.#fromWorkingSets();
    this.#findOutside();
    const { referenced, dirty, frameCount } = this.#frames;
    const start = this.#hand;
    let hand = start;
    let waiting = NONE;
    for (let left = frameCount; left > 0; ) {
      const end = Math.min(hand + left, frameCount);
      // Where no write can be added, dirty pages are passed as well.
      const isFull = this.#isFull() && (waiting !== NONE || this.#scheduled.length === 0);
      const found = (isFull ? this.#outsideClean : this.#outside).next(hand);
      const stop = found === NONE ? end : Math.min(found, end);
      this.#noteUsed(hand, stop);
      left -= stop - hand;
      hand = stop === frameCount ? 0 : stop;
      if (left === 0 || hand !== found) continue;
      left--;
      if (referenced[hand] === 1) this.#note(hand);
      else {
        const isWriting = this.#pager.isWriting(hand);
        if (dirty[hand] === 0 && !isWriting) {
          this.#handSteps += frameCount - left;
          this.#oldClean++;
          this.#hand = hand;
          return hand;
        }
        const isOnItsWay = dirty[hand] === 0 || (!isWriting && this.#schedule(hand));
        if (isOnItsWay && waiting === NONE) waiting = hand;
      }
      hand = hand + 1 === frameCount ? 0 : hand + 1;
    }
    this.#handSteps += frameCount;
    if (waiting !== NONE) {
      this.#hand = waiting;
      this.#writtenFirst++;
      return waiting;
    }
    // No clock of a process runs faster than that of all: nobody is out before.
    this.#quietUntil = tick + this.#soonest() + 1;
    return this.#fromWorkingSets();
  }

  /** Takes pages that have not been noted for too long out of the working sets. */
  #findOutside(): void {
    for (let owner = 0; owner < this.#ownerCount; owner++) {
      const since = this.#time.of(owner) - this.#tau;
      for (
        let frame = this.#inside.back(owner);
        frame !== NONE && this.#lastUse[frame] < since;
        frame = this.#inside.back(owner)
      ) {
        this.#inside.remove(frame);
        this.#outside.insert(frame);
        if (this.#frames.dirty[frame] === 0) this.#outsideClean.insert(frame);
      }
    }
  }

  /** References until a page may be outside of its working set; negative: one is. */
  #soonest(): number {
    if (this.#outside.next(0) !== NONE) return -1;
    let soonest = this.#tau;
    for (let owner = 0; owner < this.#ownerCount; owner++) {
      const frame = this.#inside.back(owner);
      if (frame === NONE) continue;
      const age = this.#time.of(owner) - this.#lastUse[frame];
      soonest = Math.min(soonest, this.#tau - age);
    }
    return soonest;
  }

  /** Frames from `from` to before `to`. */
  #noteUsed(from: Frame, to: Frame): void {
    let frame = this.#used.next(from, to);
    for (; frame < to; frame = this.#used.next(frame + 1, to)) this.#note(frame);
  }

  /** The hand sees that the page has been used. */
  #note(frame: Frame): void {
    this.#frames.referenced[frame] = 0;
    this.#leave(frame);
    this.#enter(frame);
  }

  #enter(frame: Frame): void {
    const owner = this.#owner[frame];
    this.#lastUse[frame] = this.#time.of(owner);
    this.#inside.pushFront(frame, owner);
  }

  #leave(frame: Frame): void {
    if (this.#outside.has(frame)) {
      this.#outside.remove(frame);
      this.#outsideClean.remove(frame);
    } else this.#inside.remove(frame);
  }

  onFree(frame: Frame): void {
    // The hand leaves an emptied frame behind, so that whoever comes in there has a full lap.
    if (frame === this.#hand) this.#advance();
    this.#leave(frame);
    this.#writesCancelled += this.#isScheduled[frame];
    this.#isScheduled[frame] = 0;
    if (this.#isWritten[frame] === 1 && this.#frames.dirty[frame] === 1) this.#writesWasted++;
    this.#isWritten[frame] = 0;
  }

  tallies(): Tallies {
    return {
      oldClean: this.#oldClean,
      writtenFirst: this.#writtenFirst,
      youngClean: this.#youngClean,
      youngDirty: this.#youngDirty,
      writesScheduled: this.#writesScheduled,
      writesBegun: this.#writesBegun,
      writesCancelled: this.#writesCancelled,
      writesWasted: this.#writesWasted,
      handSteps: this.#handSteps,
    };
  }

  onInterval(): void {}

  /** The first clean page from the hand on, else the one at the hand. */
  #fromWorkingSets(): Frame {
    const { dirty, frameCount } = this.#frames;
    for (let looked = 0; looked < frameCount; looked++) {
      if (dirty[this.#hand] === 0 && !this.#pager.isWriting(this.#hand)) {
        this.#youngClean++;
        return this.#hand;
      }
      this.#handSteps++;
      this.#advance();
    }
    this.#youngDirty++;
    return this.#hand;
  }

  #advance(): void {
    const next = this.#hand + 1;
    this.#hand = next === this.#frames.frameCount ? 0 : next;
  }

  /** False where so many writes are under way that there can be no further one. */
  #schedule(frame: Frame): boolean {
    if (this.#isScheduled[frame] === 1) return true;
    if (this.#isFull()) return false;
    this.#isScheduled[frame] = 1;
    this.#scheduled.push(frame);
    this.#writesScheduled++;
    return true;
  }

  #isFull(): boolean {
    return this.#underWay.length + this.#scheduled.length >= this.#writesMax;
  }

  /** Of the pages scheduled, one may have left since. */
  #beginWrites(): void {
    while (this.#scheduled.length > 0) {
      const frame = this.#scheduled.shift()!;
      if (this.#isScheduled[frame] === 0) continue;
      this.#isScheduled[frame] = 0;
      // The same page once more: what was written first was of no use.
      this.#writesWasted += this.#isWritten[frame];
      this.#isWritten[frame] = 1;
      this.#writesBegun++;
      this.#pager.clean(frame);
      if (this.#outside.has(frame)) this.#outsideClean.insert(frame);
      this.#underWay.push(frame);
    }
  }
}
