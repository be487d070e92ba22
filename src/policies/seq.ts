/*
 * SEQ: LRU, but where page-ins walk through memory page by page, the walker's own older pages leave
 * first.                                                          (Glass & Cao 1997)
 *
 *   sequence of faults   ▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷▷ ► head
 *                                          ↑           │
 *                        the victim: the first resident page at least 20 behind the head
 *
 * A scan that does not fit evicts itself instead of all the rest; of a loop that does not fit, the
 * first part stays. A fault at the head of a sequence extends it, one inside cuts it there and
 * begins another, and one elsewhere begins one. Only sequences of 20 pages are trusted, and of
 * those the one whose fifth last fault is the latest gives the page: the one that grows fastest. A
 * page just read is still in use, hence the distance. Without such a sequence the LRU page leaves.
 *
 * Pages lie on a line (engine/pageLine.ts). What has been searched in vain need not be searched
 * again, since a page that comes back cuts its sequence.
 *
 * Per reference: one move in a list. Per fault: a few look-ups, the oldest sequence forgotten when
 * there are too many. Per eviction: the fifth last faults of all sequences, 200 at most. Metadata:
 * 8 bytes a frame, 16 a page ever used for its place, and 40 a sequence.
 * The paper could not be looked up: what is cut off a sequence is forgotten, and where two meet the
 * one that faulted last stays, as another simulator (POSE) has it, which falls back on CLOCK. Here
 * all processes share one table. Where nobody knows how pages lie, it is LRU.
 */
import { FramesByPlace } from '../engine/framesByPlace.ts';
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { lineOf } from '../engine/pageLine.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import type { PageLine } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';

export const policy = definePolicy({
  id: 'seq',
  title: 'SEQ, MRU for sequences of faults',
  source: 'Glass & Cao, SIGMETRICS 1997',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 8,
    perReference: 'one move in a list',
    perEviction: 'the fifth last faults of up to 200 sequences, and the walk to a resident page',
  },
  /** L, N and M of the paper, and how many sequences are kept. */
  defaults: { length: 20, nth: 5, distance: 20, sequences: 200 },
  create: (context, options) => new Seq(context, options),
});

interface SeqOptions {
  readonly length: number;
  readonly nth: number;
  readonly distance: number;
  readonly sequences: number;
}

class Seq implements ReplacementPolicy {
  /** Front: the page used last. */
  readonly #recency: FrameList;
  readonly #sequences: Sequences | undefined;

  constructor({ frames, pages }: PolicyContext, options: SeqOptions) {
    const length = wholeOption('length', options.length, 1, 2 ** 30);
    const nth = wholeOption('nth', options.nth, 1, Math.min(length, 1000));
    const distance = wholeOption('distance', options.distance, 0, 2 ** 30);
    const sequences = wholeOption('sequences', options.sequences, 1, 30_000);
    this.#recency = new FrameList(frames.frameCount);
    const line = lineOf(pages);
    if (line === undefined) return;
    this.#sequences = new Sequences(line, frames, { length, nth, distance, sequences });
  }

  onLoad(frame: Frame): void {
    this.#recency.pushFront(frame);
    this.#sequences?.load(frame);
  }

  onReference(frame: Frame): void {
    this.#recency.moveToFront(frame);
  }

  chooseVictim(): Frame {
    const victim = this.#sequences?.findVictim() ?? NONE;
    return victim === NONE ? this.#recency.back : victim;
  }

  onFree(frame: Frame): void {
    this.#recency.remove(frame);
    this.#sequences?.free(frame);
  }

  onInterval(): void {}
}

/** Disjoint runs of places, each in the order of its faults. */
class Sequences {
  readonly #byPlace: FramesByPlace;
  readonly #options: SeqOptions;
  /** The sequence that covers each place, or NONE. */
  readonly #at: Int16Array;
  /** Where each ends: the head, where it grows, and the tail. */
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  /** 1 upwards, −1 downwards, 0 while there is only one place. */
  readonly #direction: Int8Array;
  /** The last `nth` faults of each, in a ring. */
  readonly #faults: Int32Array;
  readonly #faultCount: Int32Array;
  /** No page is resident from here towards the tail, up to `#emptyTo`, which is not included. */
  readonly #emptyFrom: Int32Array;
  readonly #emptyTo: Int32Array;
  /** Front: the sequence that faulted last. */
  readonly #byLastFault: FrameList;
  /** A stack of sequences not in use. */
  readonly #unused: Int32Array;
  #unusedCount: number;
  /** Of those long enough to be trusted. */
  #longCount = 0;
  #now = 0;

  constructor(line: PageLine, frames: FrameTable, options: SeqOptions) {
    const { sequences, nth } = options;
    this.#byPlace = new FramesByPlace(line, frames);
    this.#options = options;
    this.#at = new Int16Array(line.placeCount + 1).fill(NONE);
    this.#head = new Int32Array(sequences);
    this.#tail = new Int32Array(sequences);
    this.#direction = new Int8Array(sequences);
    this.#faults = new Int32Array(sequences * nth);
    this.#faultCount = new Int32Array(sequences);
    this.#emptyFrom = new Int32Array(sequences);
    this.#emptyTo = new Int32Array(sequences);
    this.#byLastFault = new FrameList(sequences);
    this.#unused = Int32Array.from({ length: sequences }, (_, sequence) => sequence);
    this.#unusedCount = sequences;
  }

  load(frame: Frame): void {
    this.#byPlace.add(frame);
    this.#now++;
    const place = this.#byPlace.placeOf(frame);
    const covering = this.#at[place];
    const grower = this.#growerAt(place);
    if (grower !== NONE) {
      if (covering !== NONE) this.#remove(covering);
      this.#direction[grower] = place - this.#head[grower];
      this.#longCount -= this.#isLong(grower);
      this.#head[grower] = place;
      this.#longCount += this.#isLong(grower);
      this.#at[place] = grower;
      this.#addFault(grower);
    } else if (covering !== NONE && this.#direction[covering] === 0) {
      this.#addFault(covering);
    } else {
      if (covering !== NONE) this.#cut(covering, place);
      this.#begin(place);
    }
  }

  free(frame: Frame): void {
    this.#byPlace.remove(frame);
  }

  /** NONE when no sequence has a page to give. */
  findVictim(): Frame {
    if (this.#longCount === 0) return NONE;
    const list = this.#byLastFault;
    for (let before = Number.POSITIVE_INFINITY; ; ) {
      let latest = NONE;
      for (let s = list.next(list.sentinel); s !== list.sentinel; s = list.next(s)) {
        if (this.#isLong(s) === 0 || this.#nthLastFault(s) >= before) continue;
        if (latest === NONE || this.#nthLastFault(s) > this.#nthLastFault(latest)) latest = s;
      }
      if (latest === NONE) return NONE;
      const victim = this.#residentOf(latest);
      if (victim !== NONE) return victim;
      before = this.#nthLastFault(latest);
    }
  }

  /** The sequence that a fault at `place` extends. Of two, one goes. */
  #growerAt(place: number): number {
    const up = this.#at[place - 1];
    const down = this.#at[place + 1];
    const growsUp = up !== NONE && this.#head[up] === place - 1 && this.#direction[up] >= 0;
    const growsDown = down !== NONE && this.#head[down] === place + 1 && this.#direction[down] <= 0;
    if (!growsUp) return growsDown ? down : NONE;
    if (!growsDown) return up;
    const isUpLater = this.#lastFault(up) > this.#lastFault(down);
    this.#remove(isUpLater ? down : up);
    return isUpLater ? up : down;
  }

  #begin(place: number): void {
    if (this.#unusedCount === 0) this.#remove(this.#byLastFault.back);
    const sequence = this.#unused[--this.#unusedCount];
    this.#head[sequence] = place;
    this.#tail[sequence] = place;
    this.#direction[sequence] = 0;
    this.#faultCount[sequence] = 0;
    this.#emptyFrom[sequence] = place;
    this.#emptyTo[sequence] = place;
    this.#at[place] = sequence;
    this.#longCount += this.#isLong(sequence);
    this.#byLastFault.pushFront(sequence);
    this.#addFault(sequence);
  }

  /** Keeps what lies between the tail and `place`. */
  #cut(sequence: number, place: number): void {
    if (place === this.#tail[sequence]) {
      this.#remove(sequence);
      return;
    }
    const direction = this.#direction[sequence];
    this.#uncover(place, this.#head[sequence]);
    this.#longCount -= this.#isLong(sequence);
    this.#head[sequence] = place - direction;
    this.#longCount += this.#isLong(sequence);
  }

  #remove(sequence: number): void {
    this.#uncover(this.#tail[sequence], this.#head[sequence]);
    this.#longCount -= this.#isLong(sequence);
    this.#byLastFault.remove(sequence);
    this.#unused[this.#unusedCount++] = sequence;
  }

  #uncover(from: number, to: number): void {
    const last = Math.max(from, to);
    for (let place = Math.min(from, to); place <= last; place++) this.#at[place] = NONE;
  }

  /** 1 for a sequence long enough to be trusted. */
  #isLong(sequence: number): number {
    const length = Math.abs(this.#head[sequence] - this.#tail[sequence]) + 1;
    return length >= this.#options.length ? 1 : 0;
  }

  #addFault(sequence: number): void {
    const { nth } = this.#options;
    this.#faults[sequence * nth + (this.#faultCount[sequence]++ % nth)] = this.#now;
    this.#byLastFault.moveToFront(sequence);
  }

  #lastFault(sequence: number): number {
    const { nth } = this.#options;
    return this.#faults[sequence * nth + ((this.#faultCount[sequence] - 1) % nth)];
  }

  /** A sequence long enough has had as many faults: what the next one overwrites. */
  #nthLastFault(sequence: number): number {
    const { nth } = this.#options;
    return this.#faults[sequence * nth + (this.#faultCount[sequence] % nth)];
  }

  /** The resident page nearest to the head that is far enough from it. */
  #residentOf(sequence: number): Frame {
    const towardsHead = this.#direction[sequence] || 1;
    const tail = this.#tail[sequence];
    const start = this.#head[sequence] - towardsHead * this.#options.distance;
    let place = start;
    let frame = NONE;
    while (frame === NONE && (place - tail) * towardsHead >= 0) {
      const isKnown =
        (this.#emptyFrom[sequence] - place) * towardsHead >= 0 &&
        (place - this.#emptyTo[sequence]) * towardsHead > 0;
      if (isKnown) place = this.#emptyTo[sequence];
      else {
        frame = this.#byPlace.at(place);
        if (frame === NONE) place -= towardsHead;
      }
    }
    this.#emptyFrom[sequence] = start;
    this.#emptyTo[sequence] = place;
    return frame;
  }
}
