/*
 * The packing problem, shrunk. Some gaps are decided beforehand, kept or lost (restriction.ts says
 * which); what the kept ones leave of each tick's k − 1 frames is the capacity for the rest. Ticks
 * between which nothing changes become one segment, with the least capacity found in it; segments
 * that can't overflow are dropped, and so are those covered by no more gaps, and leaving no less
 * room, than their neighbour. Gaps left without a segment are kept as well.
 *
 * What was decided beforehand may be wrong: then the prices found here prove less on the whole
 * string. They are still prices, so what they prove is true (certificate.ts).
 */
import type { Prices } from '../engine/machine.ts';
import { assert } from '../support/assert.ts';
import { type GapTable, NO_EPOCH } from './gaps.ts';

export interface Packing {
  readonly segmentCount: number;
  /** Frames for the gaps of each segment. */
  readonly capacity: Float64Array;
  /** A tick of the segment with just that capacity: where its price belongs. */
  readonly tickOf: Int32Array;
  readonly gapCount: number;
  /** Row of the gap table. */
  readonly gapOf: Int32Array;
  /** Segments `first` … `last` − 1 are covered by the gap. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** Cost of losing the gap, besides its epoch's. */
  readonly reward: Float64Array;
  readonly epochCount: number;
  /** Dense epoch of each gap, NO_EPOCH for none. */
  readonly epoch: Int32Array;
  readonly epochCost: number;
}

/** What is known of a gap before it is packed. */
export const Decision = { Open: 0, Kept: 1, Lost: 2 } as const;

/** `decisions`: a `Decision` a gap. `frameCount` as everywhere; the page in use takes one. */
export function packGaps(
  gaps: GapTable,
  decisions: Uint8Array,
  referenceCount: number,
  frameCount: number,
  prices: Prices,
): Packing {
  const { gapCount, start, end, mustRead, epoch } = gaps;
  // What begins and ends at each tick, as changes to the cover.
  const fixedChange = new Int32Array(referenceCount + 1);
  const begins = new Int32Array(referenceCount + 1);
  const ends = new Int32Array(referenceCount + 1);
  /** 1 for the epochs that pay in any case: a gap of theirs is lost. */
  const isBroken = new Uint8Array(gaps.epochCount);
  for (let gap = 0; gap < gapCount; gap++) {
    if (decisions[gap] === Decision.Kept) {
      fixedChange[start[gap]]++;
      fixedChange[end[gap]]--;
    } else if (decisions[gap] === Decision.Open) {
      begins[start[gap]]++;
      ends[end[gap]]++;
    } else if (epoch[gap] !== NO_EPOCH) isBroken[epoch[gap]] = 1;
  }
  const segments = cutSegments(fixedChange, begins, ends, referenceCount, frameCount - 1);

  const gapOf = new Int32Array(gapCount);
  const first = new Int32Array(gapCount);
  const last = new Int32Array(gapCount);
  let packed = 0;
  for (let gap = 0; gap < gapCount; gap++) {
    if (decisions[gap] !== Decision.Open) continue;
    const from = segments.firstAtOrAfter[start[gap]];
    const to = segments.firstAtOrAfter[end[gap]];
    if (from === to) continue;
    gapOf[packed] = gap;
    first[packed] = from;
    last[packed] = to;
    packed++;
  }
  const denseEpoch = new Int32Array(gaps.epochCount).fill(NO_EPOCH);
  let epochCount = 0;
  const epochOf = new Int32Array(packed);
  const reward = new Float64Array(packed);
  for (let i = 0; i < packed; i++) {
    const gap = gapOf[i];
    reward[i] = mustRead[gap] === 1 ? prices.pageInCost : 0;
    const own = epoch[gap] !== NO_EPOCH && isBroken[epoch[gap]] === 1 ? NO_EPOCH : epoch[gap];
    if (own !== NO_EPOCH && denseEpoch[own] === NO_EPOCH) denseEpoch[own] = epochCount++;
    epochOf[i] = own === NO_EPOCH ? NO_EPOCH : denseEpoch[own];
  }
  return {
    segmentCount: segments.capacity.length,
    capacity: segments.capacity,
    tickOf: segments.tickOf,
    gapCount: packed,
    gapOf: gapOf.slice(0, packed),
    first: first.slice(0, packed),
    last: last.slice(0, packed),
    reward,
    epochCount,
    epoch: epochOf,
    epochCost: prices.pageOutCost,
  };
}

interface Segments {
  readonly capacity: Float64Array;
  readonly tickOf: Int32Array;
  /** For each tick, the first segment kept that lies at or after it. */
  readonly firstAtOrAfter: Int32Array;
}

function cutSegments(
  fixedChange: Int32Array,
  begins: Int32Array,
  ends: Int32Array,
  referenceCount: number,
  frames: number,
): Segments {
  const capacity: number[] = [];
  const tickOf: number[] = [];
  const firstAtOrAfter = new Int32Array(referenceCount + 1);
  let fixed = 0;
  let cover = 0;
  // The segment being cut, and whether gaps began (ended) between the last kept one and it.
  let room = 0;
  let roomTick = 0;
  let begunSince = false;
  let endedSince = false;
  let coverNow = 0;

  const closeSegment = (): void => {
    assert(room >= 0, 'what is kept by decree fits into memory');
    if (coverNow <= room) return; // It can't overflow.
    const previous = capacity.length - 1;
    if (previous >= 0 && !endedSince && room <= capacity[previous]) {
      // Everything in the previous segment is here too, and there is no more room: it goes.
      capacity[previous] = room;
      tickOf[previous] = roomTick;
    } else if (previous >= 0 && !begunSince && capacity[previous] <= room) {
      return; // Everything here is in the previous segment, which has no more room.
    } else {
      capacity.push(room);
      tickOf.push(roomTick);
    }
    begunSince = false;
    endedSince = false;
  };

  for (let tick = 0; tick < referenceCount; tick++) {
    const isCut = begins[tick] > 0 || ends[tick] > 0;
    if (isCut) {
      closeSegment();
      if (begins[tick] > 0) begunSince = true;
      if (ends[tick] > 0) endedSince = true;
      cover += begins[tick] - ends[tick];
      coverNow = cover;
      room = Number.POSITIVE_INFINITY;
    }
    fixed += fixedChange[tick];
    if (frames - fixed < room) {
      room = frames - fixed;
      roomTick = tick;
    }
  }
  closeSegment();

  // Segments are known by the tick of their capacity; a gap covers those whose tick lies inside it.
  let segment = 0;
  for (let tick = 0; tick <= referenceCount; tick++) {
    while (segment < tickOf.length && tickOf[segment] < tick) segment++;
    firstAtOrAfter[tick] = segment;
  }
  return {
    capacity: Float64Array.from(capacity),
    tickOf: Int32Array.from(tickOf),
    firstAtOrAfter,
  };
}
