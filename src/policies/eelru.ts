/*
 * EELRU: LRU, until pages that were just evicted come back more often than those that LRU would
 * keep for longest; then a younger page leaves early, so that older ones stay until they are used.
 *                                                   (Smaragdakis, Kaplan & Wilson 1999)
 *
 *   recency   1 ─────── e ─────────── F ─────────────── l          every page ever used is somewhere
 *             │ kept    │ early region│   late region   │ beyond   on the axis, resident or not
 *                       └─ evicted here ─► some of these are resident, and stay until l
 *
 * Evicting at the early point e leaves F − e frames to the l − e pages of both regions, so that a
 * use there finds its page with probability (F − e) / (l − e). LRU finds all uses up to F and none
 * after it. Uses are counted by position, and of several points e and l the pair wins for which
 *
 *   uses(e … l) · (F − e) / (l − e)  −  uses(e … F)
 *
 * is greatest; where no pair gains, the LRU page leaves. A page that has stayed past l unused
 * leaves before any other. On a loop of 2F pages this finds about a third of them where LRU finds
 * none; it can't be more than a constant factor worse than LRU (the paper: 3).
 *
 * The axis is a list cut at the points. A use shifts one page over each cut above its position, so
 * that positions are known without being counted.
 *
 * Per reference: a move in two lists, and one more move for each cut passed (none up to the first
 * early point). Per eviction: all pairs, 49. Metadata: 13 bytes a frame and for each of twice as
 * many ghosts.
 * Differs from the source: positions and pairs follow the paper, its constants could not be looked
 * up: seven early points evenly spread up to F, seven late ones up to 3F, and counts halved after F
 * uses past the first early point, for recent behaviour to prevail. Where several pairs have been
 * in force the page at e may be gone: the next resident one leaves. A page given back is forgotten.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption, wholeOption } from '../engine/policyOptions.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { LinkedLists, NO_LIST } from '../support/linkedLists.ts';

export const policy = definePolicy({
  id: 'eelru',
  title: 'EELRU, early eviction',
  source: 'Smaragdakis, Kaplan & Wilson, SIGMETRICS 1999',
  observes: 'every-reference',
  cost: {
    bytesPerFrame: 13,
    bytesPerGhost: 9,
    ghostsPerFrame: 2,
    perReference: 'one move in a list, and one for each of up to 14 cuts passed',
    perEviction: 'gains of 49 pairs of points',
  },
  /** Points in each region, and the last late point as a multiple of the frames. */
  defaults: { early: 7, late: 7, reach: 3 },
  create: (context, options) => new Eelru(context, options),
});

interface EelruOptions {
  readonly early: number;
  readonly late: number;
  readonly reach: number;
}

class Eelru implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** The last position of each segment: early points, F, late points. */
  readonly #ends: number[];
  /** The segment that ends at F. */
  readonly #memoryEnd: number;
  /** The segment past the last point; only residents are remembered there. */
  readonly #beyond: number;
  /** Pages by recency; a list is a segment, its front the most recent. */
  readonly #axis: LinkedLists;
  /** The frames of the residents among them, in the same segments and order. */
  readonly #residents: LinkedLists;
  readonly #frameOf: Int32Array;
  /** Uses by segment, fading. */
  readonly #uses: Int32Array;
  #usesSinceHalved = 0;
  /** Whether the next frame freed is evicted, not given back. */
  #isEvicting = false;

  constructor({ frames, pageCount }: PolicyContext, options: EelruOptions) {
    const { frameCount } = frames;
    const early = wholeOption('early', options.early, 1, 60);
    const late = wholeOption('late', options.late, 1, 60);
    const reach = numberOption('reach', options.reach, 1, 1000);
    const spread = (from: number, to: number, count: number): number[] =>
      Array.from({ length: count }, (_, i) => from + Math.floor(((to - from) * (i + 1)) / count));
    const earlyPoints = spread(0, frameCount, early + 1).filter((e) => e > 0 && e < frameCount);
    const latePoints = spread(frameCount, Math.floor(frameCount * reach), late);
    this.#ends = [...new Set([...earlyPoints, frameCount, ...latePoints])];
    this.#memoryEnd = this.#ends.indexOf(frameCount);
    this.#beyond = this.#ends.length;
    this.#frames = frames;
    this.#axis = new LinkedLists(pageCount, this.#ends.length + 1);
    this.#residents = new LinkedLists(frameCount, this.#ends.length + 1);
    this.#frameOf = new Int32Array(pageCount).fill(NONE);
    this.#uses = new Int32Array(this.#ends.length + 1);
  }

  onLoad(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    const segment = this.#axis.listOf[page];
    this.#frameOf[page] = frame;
    this.#residents.pushFront(frame, 0);
    if (segment === NO_LIST) {
      this.#axis.pushFront(page, 0);
      this.#shift(this.#beyond);
    } else {
      this.#count(segment);
      this.#axis.moveToFront(page, 0);
      this.#shift(segment);
    }
  }

  onReference(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    const segment = this.#axis.listOf[page];
    this.#residents.moveToFront(frame, 0);
    this.#axis.moveToFront(page, 0);
    if (segment === 0) return;
    this.#count(segment);
    this.#shift(segment);
  }

  chooseVictim(): Frame {
    const { bestEarly, bestLate } = this.#bestPair();
    const oldest = this.#oldest();
    const isPastLate = this.#residents.listOf[oldest] > bestLate;
    this.#isEvicting = true;
    return bestEarly === NONE || isPastLate ? oldest : this.#residentAt(bestEarly);
  }

  onFree(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    const segment = this.#residents.listOf[frame];
    this.#residents.remove(frame);
    this.#frameOf[page] = NONE;
    if (!this.#isEvicting) this.#forget(page);
    else if (segment === this.#beyond) this.#axis.remove(page);
    this.#isEvicting = false;
  }

  onInterval(): void {}

  #count(segment: number): void {
    const uses = this.#uses;
    uses[segment]++;
    if (++this.#usesSinceHalved < this.#frames.frameCount) return;
    this.#usesSinceHalved = 0;
    for (let i = 0; i < uses.length; i++) uses[i] >>= 1;
  }

  /** A page has come to the front from segment `last`: those before it move down one position. */
  #shift(last: number): void {
    for (let segment = 0; segment < last; segment++) {
      const start = segment === 0 ? 0 : this.#ends[segment - 1];
      if (this.#axis.length(segment) <= this.#ends[segment] - start) return;
      const page = this.#axis.back(segment);
      const frame = this.#frameOf[page];
      this.#axis.moveToFront(page, segment + 1);
      if (frame !== NONE) this.#residents.moveToFront(frame, segment + 1);
      else if (segment + 1 === this.#beyond) this.#axis.remove(page);
    }
  }

  /** Takes the page off the axis: those after it move up one position. */
  #forget(page: Page): void {
    let segment = this.#axis.listOf[page];
    this.#axis.remove(page);
    for (; segment < this.#beyond && this.#axis.length(segment + 1) > 0; segment++) {
      const next = this.#axis.front(segment + 1);
      const frame = this.#frameOf[next];
      this.#axis.remove(next);
      this.#axis.pushBack(next, segment);
      if (frame === NONE) continue;
      this.#residents.remove(frame);
      this.#residents.pushBack(frame, segment);
    }
  }

  /** The segments that end at the points which gain most over LRU; NONE: LRU is best. */
  #bestPair(): { bestEarly: number; bestLate: number } {
    const uses = this.#uses;
    const ends = this.#ends;
    const memory = ends[this.#memoryEnd];
    let [bestEarly, bestLate, bestGain] = [NONE, this.#beyond, 0];
    for (let early = 0; early < this.#memoryEnd; early++) {
      let found = 0;
      for (let segment = early + 1; segment <= this.#memoryEnd; segment++) found += uses[segment];
      let all = found;
      for (let late = this.#memoryEnd + 1; late < this.#beyond; late++) {
        all += uses[late];
        const gain = (all * (memory - ends[early])) / (ends[late] - ends[early]) - found;
        if (gain > bestGain) [bestEarly, bestLate, bestGain] = [early, late, gain];
      }
    }
    return { bestEarly, bestLate };
  }

  #oldest(): Frame {
    let segment = this.#beyond;
    while (this.#residents.length(segment) === 0) segment--;
    return this.#residents.back(segment);
  }

  /** The resident at the last position of `segment`, or the next one after it. */
  #residentAt(segment: number): Frame {
    const frame = this.#frameOf[this.#axis.back(segment)];
    if (frame !== NONE) return frame;
    // Fewer than F pages are that recent, so one of the F residents is not.
    let next = segment + 1;
    while (this.#residents.length(next) === 0) next++;
    return this.#residents.front(next);
  }
}
