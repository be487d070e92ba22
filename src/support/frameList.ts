/*
 * A doubly linked list over the numbers 0 … capacity − 1, each at most once in it.
 *
 *   front ⇄ … ⇄ back        next[] points towards the back, previous[] towards the front;
 *                           the sentinel, number `capacity`, closes the ring.
 *
 * All memory is taken in the constructor: 8 bytes a number.
 */
export class FrameList {
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly sentinel: number;
  #length = 0;

  constructor(capacity: number) {
    this.sentinel = capacity;
    this.next = new Int32Array(capacity + 1).fill(-1);
    this.previous = new Int32Array(capacity + 1).fill(-1);
    this.next[capacity] = capacity;
    this.previous[capacity] = capacity;
  }

  get length(): number {
    return this.#length;
  }

  /** The first number, or −1. */
  get front(): number {
    const first = this.next[this.sentinel];
    return first === this.sentinel ? -1 : first;
  }

  /** The last number, or −1. */
  get back(): number {
    const last = this.previous[this.sentinel];
    return last === this.sentinel ? -1 : last;
  }

  has(item: number): boolean {
    return this.next[item] >= 0;
  }

  pushFront(item: number): void {
    this.insertBefore(item, this.next[this.sentinel]);
  }

  pushBack(item: number): void {
    this.insertBefore(item, this.sentinel);
  }

  /** Puts `item`, which is not in the list, in front of `place` (the sentinel: at the back). */
  insertBefore(item: number, place: number): void {
    const { next, previous } = this;
    const before = previous[place];
    next[item] = place;
    previous[item] = before;
    next[before] = item;
    previous[place] = item;
    this.#length++;
  }

  remove(item: number): void {
    const { next, previous } = this;
    const before = previous[item];
    const after = next[item];
    next[before] = after;
    previous[after] = before;
    next[item] = -1;
    previous[item] = -1;
    this.#length--;
  }

  /** What LRU does on every reference; the front is left alone. */
  moveToFront(item: number): void {
    const { next, previous, sentinel } = this;
    const first = next[sentinel];
    if (first === item) return;
    const before = previous[item];
    const after = next[item];
    next[before] = after;
    previous[after] = before;
    next[item] = first;
    previous[item] = sentinel;
    previous[first] = item;
    next[sentinel] = item;
  }
}
