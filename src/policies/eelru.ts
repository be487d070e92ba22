/*
 * EELRU: LRU, until pages that were just evicted come back more often than those that LRU would
 * keep for longest; then a younger page leaves early, so that older ones stay until they are used.
 *                                                   (Smaragdakis, Kaplan & Wilson 1999)
 *
 *   recency   1 ─────── e ─────────── F ─────────────── l         every page used is somewhere
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
 * leaves before any other. On a loop of 2F pages this finds four of ten where LRU finds none. The
 * authors prove of theirs that it never reads more than three times as much as LRU.
 *
 * The axis is a list in which the last page of each segment between two points is known. A use
 * shifts one page over each point before its position, so that positions are known without being
 * counted.
 *
 * Per reference: a move in two lists, and a label changed for each point passed (none up to the
 * first early point). Per eviction: the gains of all pairs, 49, and the way from e to a resident
 * page. Metadata: 13 bytes a frame, and 9 for each of twice as many ghosts.
 * Written from the abstract and from memory, for the paper could not be looked up. So the constants
 * are ours: seven early points evenly spread up to F, seven late ones up to 3F, and counts halved
 * after F uses past the first early point, for recent behaviour to prevail. Where several pairs
 * have been in force the page at e may be gone: the next resident one leaves. A page given back is
 * forgotten.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption, wholeOption } from '../engine/policyOptions.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'eelru',
  title: 'EELRU, early eviction',
  source: 'Smaragdakis, Kaplan & Wilson, SIGMETRICS 1999',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 13,
    bytesPerGhost: 9,
    ghostsPerFrame: 2,
    perReference: 'one move in a list, and a label for each of up to 14 points passed',
    perEviction: 'the gains of 49 pairs of points',
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
  readonly #ends: readonly number[];
  /** The segment that ends at F. */
  readonly #memoryEnd: number;
  /** The segment past the last point; only residents are remembered there. */
  readonly #beyond: number;
  /** Pages; front: used last. */
  readonly #axis: FrameList;
  /** Of each page on the axis; NONE for the others. */
  readonly #segmentOf: Int8Array;
  readonly #lengths: Int32Array;
  /** The last page of each segment that has any. */
  readonly #lasts: Int32Array;
  /** The frames of the residents, in the same order. */
  readonly #residents: FrameList;
  readonly #frameOf: Int32Array;
  /** Uses by segment, fading. */
  readonly #uses: Int32Array;
  #usesSinceHalved = 0;
  /** Whether the next two hold for the uses counted so far. */
  #isPairKnown = false;
  /** The segments that end at the points in force; NONE: LRU is best. */
  #bestEarly: number = NONE;
  #bestLate: number = NONE;
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
    this.#axis = new FrameList(pageCount);
    this.#segmentOf = new Int8Array(pageCount).fill(NONE);
    this.#lengths = new Int32Array(this.#ends.length + 1);
    this.#lasts = new Int32Array(this.#ends.length + 1);
    this.#residents = new FrameList(frameCount);
    this.#frameOf = new Int32Array(pageCount).fill(NONE);
    this.#uses = new Int32Array(this.#ends.length + 1);
  }

  onLoad(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    this.#frameOf[page] = frame;
    this.#residents.pushFront(frame);
    const segment = this.#segmentOf[page];
    if (segment !== NONE) {
      this.#count(segment);
      this.#takeOff(page);
    }
    this.#putFirst(page);
    this.#shift(segment === NONE ? this.#beyond : segment);
  }

  onReference(frame: Frame): void {
    this.#residents.moveToFront(frame);
    const page = this.#frames.pageOf[frame];
    if (this.#axis.front === page) return;
    const segment = this.#segmentOf[page];
    if (segment > 0) this.#count(segment);
    this.#takeOff(page);
    this.#putFirst(page);
    this.#shift(segment);
  }

  chooseVictim(): Frame {
    this.#isEvicting = true;
    if (!this.#isPairKnown) this.#findBestPair();
    const oldest = this.#residents.back;
    if (this.#bestEarly === NONE) return oldest;
    const isPastLate = this.#segmentOf[this.#frames.pageOf[oldest]] > this.#bestLate;
    return isPastLate ? oldest : this.#residentAt(this.#bestEarly);
  }

  onFree(frame: Frame): void {
    const page = this.#frames.pageOf[frame];
    const segment = this.#segmentOf[page];
    this.#residents.remove(frame);
    this.#frameOf[page] = NONE;
    if (segment === this.#beyond) this.#takeOff(page);
    else if (!this.#isEvicting) this.#forget(page, segment);
    this.#isEvicting = false;
  }

  onInterval(): void {}

  #count(segment: number): void {
    const uses = this.#uses;
    uses[segment]++;
    this.#isPairKnown = false;
    if (++this.#usesSinceHalved < this.#frames.frameCount) return;
    this.#usesSinceHalved = 0;
    for (let i = 0; i < uses.length; i++) uses[i] >>= 1;
  }

  #putFirst(page: Page): void {
    this.#axis.pushFront(page);
    this.#segmentOf[page] = 0;
    if (this.#lengths[0]++ === 0) this.#lasts[0] = page;
  }

  #takeOff(page: Page): void {
    const segment = this.#segmentOf[page];
    this.#lengths[segment]--;
    if (this.#lasts[segment] === page) this.#lasts[segment] = this.#axis.previous(page);
    this.#axis.remove(page);
    this.#segmentOf[page] = NONE;
  }

  /** A page has come to the front from segment `last`: those before it move down one position. */
  #shift(last: number): void {
    for (let segment = 0; segment < last; segment++) {
      const start = segment === 0 ? 0 : this.#ends[segment - 1];
      if (this.#lengths[segment] <= this.#ends[segment] - start) return;
      const page = this.#lasts[segment];
      this.#lasts[segment] = this.#axis.previous(page);
      this.#lengths[segment]--;
      this.#segmentOf[page] = segment + 1;
      if (this.#lengths[segment + 1]++ === 0) this.#lasts[segment + 1] = page;
      if (segment + 1 === this.#beyond && this.#frameOf[page] === NONE) this.#takeOff(page);
    }
  }

  /** Takes the page off the axis for good: those after it move up one position. */
  #forget(page: Page, from: number): void {
    const axis = this.#axis;
    this.#takeOff(page);
    for (let segment = from; segment < this.#beyond; segment++) {
      if (this.#lengths[segment + 1] === 0) return;
      // All segments before this one are full, but this one may have had a single page.
      let edge = segment === 0 ? axis.sentinel : this.#lasts[segment - 1];
      if (this.#lengths[segment] > 0) edge = this.#lasts[segment];
      const moved = axis.next(edge);
      this.#lengths[segment + 1]--;
      this.#lengths[segment]++;
      this.#lasts[segment] = moved;
      this.#segmentOf[moved] = segment;
    }
  }

  /** Finds the segments that end at the points which gain most over LRU. */
  #findBestPair(): void {
    const uses = this.#uses;
    const ends = this.#ends;
    const memory = ends[this.#memoryEnd];
    let bestGain = 0;
    this.#bestEarly = NONE;
    for (let early = 0; early < this.#memoryEnd; early++) {
      let found = 0;
      for (let segment = early + 1; segment <= this.#memoryEnd; segment++) found += uses[segment];
      let all = found;
      for (let late = this.#memoryEnd + 1; late < this.#beyond; late++) {
        all += uses[late];
        const gain = (all * (memory - ends[early])) / (ends[late] - ends[early]) - found;
        if (gain <= bestGain) continue;
        bestGain = gain;
        this.#bestEarly = early;
        this.#bestLate = late;
      }
    }
    this.#isPairKnown = true;
  }

  /** The resident at the last position of `segment`, or the next one after it. */
  #residentAt(segment: number): Frame {
    // Fewer than F pages are that recent, so one of the F residents is not.
    let page = this.#lasts[segment];
    while (this.#frameOf[page] === NONE) page = this.#axis.next(page);
    return this.#frameOf[page];
  }
}
