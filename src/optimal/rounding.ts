/*
 * From fractions to a schedule: which gaps are kept. First in the order of time: where a segment
 * overflows, the gap with the smallest share goes, of equal shares the one that ends last. Then
 * what room is left is filled: whole epochs first (they save a page-out too), short ones before
 * long ones, then single gaps.
 */
import { NO_EPOCH } from './gaps.ts';
import type { Packing } from './packing.ts';

/** Steps into which shares are cut, so that noise does not decide between near equals. */
const SHARE_STEPS = 64;

/** 1 for each gap of the packing that is kept; never more than the capacity in any segment. */
export function roundToSchedule(packing: Packing, share: Float64Array): Uint8Array {
  const keeps = keepInTime(packing, share);
  fillIn(packing, keeps);
  return keeps;
}

/** Cost of a set of kept gaps, without the constant. */
export function scheduleCost(packing: Packing, keeps: Uint8Array): number {
  const { gapCount, reward, epoch, epochCount, epochCost } = packing;
  const isBroken = new Uint8Array(epochCount);
  let cost = 0;
  for (let gap = 0; gap < gapCount; gap++) {
    if (keeps[gap] === 1) continue;
    cost += reward[gap];
    if (epoch[gap] === NO_EPOCH || isBroken[epoch[gap]] === 1) continue;
    isBroken[epoch[gap]] = 1;
    cost += epochCost;
  }
  return cost;
}

function keepInTime(packing: Packing, share: Float64Array): Uint8Array {
  const { gapCount, segmentCount, first, last, capacity } = packing;
  const keeps = new Uint8Array(gapCount).fill(1);
  const heap = new GapHeap(gapCount, (gap) => {
    // The smallest share, then the latest end, on top.
    const step = Math.round(share[gap] * SHARE_STEPS);
    return step * (segmentCount + 1) + (segmentCount - last[gap]);
  });
  const endsIn = new Int32Array(segmentCount + 1);
  let active = 0;
  let gap = 0;
  for (let segment = 0; segment < segmentCount; segment++) {
    active -= endsIn[segment];
    for (; gap < gapCount && first[gap] === segment; gap++) {
      heap.push(gap);
      endsIn[last[gap]]++;
      active++;
    }
    while (active > capacity[segment]) {
      const victim = heap.pop();
      if (last[victim] <= segment) continue; // It ended long ago.
      keeps[victim] = 0;
      endsIn[last[victim]]--;
      active--;
    }
  }
  return keeps;
}

function fillIn(packing: Packing, keeps: Uint8Array): void {
  const { gapCount, segmentCount, first, last, capacity, reward, epoch, epochCount } = packing;
  const change = new Float64Array(segmentCount + 1);
  for (let gap = 0; gap < gapCount; gap++) {
    if (keeps[gap] === 0) continue;
    change[first[gap]]++;
    change[last[gap]]--;
  }
  const slack = new Float64Array(segmentCount);
  let cover = 0;
  for (let segment = 0; segment < segmentCount; segment++) {
    cover += change[segment];
    slack[segment] = capacity[segment] - cover;
  }
  const room = new RoomTree(slack);
  const keep = (gap: number): void => {
    keeps[gap] = 1;
    room.take(first[gap], last[gap]);
  };
  const fits = (gap: number): boolean => room.least(first[gap], last[gap]) >= 1;

  // The lost gaps of each epoch, chained.
  const chain = new Int32Array(gapCount).fill(-1);
  const head = new Int32Array(epochCount).fill(-1);
  const length = new Float64Array(epochCount);
  const gain = new Float64Array(epochCount).fill(packing.epochCost);
  for (let gap = 0; gap < gapCount; gap++) {
    const own = epoch[gap];
    if (keeps[gap] === 1 || own === NO_EPOCH) continue;
    chain[gap] = head[own];
    head[own] = gap;
    length[own] += last[gap] - first[gap];
    gain[own] += reward[gap];
  }
  const broken = Array.from(head.keys()).filter((own) => head[own] >= 0);
  broken.sort((a, b) => gain[b] / length[b] - gain[a] / length[a] || a - b);
  for (const own of broken) {
    let allFit = true;
    for (let gap = head[own]; gap >= 0 && allFit; gap = chain[gap]) allFit = fits(gap);
    if (!allFit) continue;
    for (let gap = head[own]; gap >= 0; gap = chain[gap]) keep(gap);
  }

  const lost = Array.from(keeps.keys()).filter((gap) => keeps[gap] === 0 && reward[gap] > 0);
  lost.sort((a, b) => last[a] - first[a] - (last[b] - first[b]) || a - b);
  for (const gap of lost) if (fits(gap)) keep(gap);
}

/** A binary heap of gaps, least key on top; keys are computed once. */
class GapHeap {
  readonly #gaps: Int32Array;
  readonly #keys: Float64Array;
  readonly #keyOf: (gap: number) => number;
  #size = 0;

  constructor(capacity: number, keyOf: (gap: number) => number) {
    this.#gaps = new Int32Array(capacity);
    this.#keys = new Float64Array(capacity);
    this.#keyOf = keyOf;
  }

  push(gap: number): void {
    const key = this.#keyOf(gap);
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#keys[parent] <= key) break;
      this.#set(at, this.#gaps[parent], this.#keys[parent]);
      at = parent;
    }
    this.#set(at, gap, key);
  }

  pop(): number {
    const top = this.#gaps[0];
    const size = --this.#size;
    const gap = this.#gaps[size];
    const key = this.#keys[size];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#keys[child + 1] < this.#keys[child]) child++;
      if (this.#keys[child] >= key) break;
      this.#set(at, this.#gaps[child], this.#keys[child]);
      at = child;
    }
    this.#set(at, gap, key);
    return top;
  }

  #set(at: number, gap: number, key: number): void {
    this.#gaps[at] = gap;
    this.#keys[at] = key;
  }
}

/** Room left in each segment: the least over a range, and one less over a range; O(log n) each. */
class RoomTree {
  readonly #leaves: number;
  readonly #least: Float64Array;
  /** What has been taken from a whole subtree, still to be passed on. */
  readonly #taken: Float64Array;

  constructor(room: Float64Array) {
    let leaves = 1;
    while (leaves < room.length) leaves *= 2;
    this.#leaves = leaves;
    this.#least = new Float64Array(2 * leaves).fill(Number.POSITIVE_INFINITY);
    this.#taken = new Float64Array(2 * leaves);
    this.#least.set(room, leaves);
    for (let node = leaves - 1; node >= 1; node--) {
      this.#least[node] = Math.min(this.#least[2 * node], this.#least[2 * node + 1]);
    }
  }

  least(from: number, to: number): number {
    return this.#query(1, 0, this.#leaves, from, to);
  }

  take(from: number, to: number): void {
    this.#update(1, 0, this.#leaves, from, to);
  }

  #query(node: number, low: number, high: number, from: number, to: number): number {
    if (from >= high || to <= low) return Number.POSITIVE_INFINITY;
    if (from <= low && high <= to) return this.#least[node];
    const middle = (low + high) >> 1;
    const left = this.#query(2 * node, low, middle, from, to);
    const right = this.#query(2 * node + 1, middle, high, from, to);
    return Math.min(left, right) - this.#taken[node];
  }

  #update(node: number, low: number, high: number, from: number, to: number): void {
    if (from >= high || to <= low) return;
    if (from <= low && high <= to) {
      this.#least[node]--;
      this.#taken[node]++;
      return;
    }
    const middle = (low + high) >> 1;
    this.#update(2 * node, low, middle, from, to);
    this.#update(2 * node + 1, middle, high, from, to);
    const least = Math.min(this.#least[2 * node], this.#least[2 * node + 1]);
    this.#least[node] = least - this.#taken[node];
  }
}
