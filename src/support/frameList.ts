/*
 * A doubly linked list over the numbers 0 … capacity − 1, each at most once in it.
 *
 *   front ⇄ … ⇄ back        links[2i] leads from i towards the front, links[2i + 1] towards the
 *                           back; the sentinel, number `capacity`, closes the ring.
 *
 * Both links of a number lie in one line of the processor's cache, which is worth a tenth to LRU
 * (engine/README.md). All memory is taken in the constructor: 8 bytes a number.
 */
export class FrameList {
  readonly sentinel: number;
  readonly #links: Int32Array;
  #length = 0;

  constructor(capacity: number) {
    this.sentinel = capacity;
    this.#links = new Int32Array(2 * (capacity + 1)).fill(-1);
    this.#links.fill(capacity, 2 * capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** The first number, or −1. */
  get front(): number {
    const first = this.next(this.sentinel);
    return first === this.sentinel ? -1 : first;
  }

  /** The last number, or −1. */
  get back(): number {
    const last = this.previous(this.sentinel);
    return last === this.sentinel ? -1 : last;
  }

  has(item: number): boolean {
    return this.#links[2 * item + 1] >= 0;
  }

  /** The number after `item`; behind the back stands the sentinel, and behind that the front. */
  next(item: number): number {
    return this.#links[2 * item + 1];
  }

  /** The number before `item`; before the front stands the sentinel, and before that the back. */
  previous(item: number): number {
    return this.#links[2 * item];
  }

  pushFront(item: number): void {
    this.insertBefore(item, this.next(this.sentinel));
  }

  pushBack(item: number): void {
    this.insertBefore(item, this.sentinel);
  }

  /** Puts `item`, which is not in the list, in front of `place` (the sentinel: at the back). */
  insertBefore(item: number, place: number): void {
    const links = this.#links;
    const before = links[2 * place];
    links[2 * item] = before;
    links[2 * item + 1] = place;
    links[2 * before + 1] = item;
    links[2 * place] = item;
    this.#length++;
  }

  remove(item: number): void {
    const links = this.#links;
    const before = links[2 * item];
    const after = links[2 * item + 1];
    links[2 * before + 1] = after;
    links[2 * after] = before;
    links[2 * item + 1] = -1;
    this.#length--;
  }

  /** Puts `other`, which is not in the list, where `item` was. */
  replace(item: number, other: number): void {
    const links = this.#links;
    const before = links[2 * item];
    const after = links[2 * item + 1];
    links[2 * other] = before;
    links[2 * other + 1] = after;
    links[2 * before + 1] = other;
    links[2 * after] = other;
    links[2 * item + 1] = -1;
  }

  /** What LRU does on every reference; the front is left alone. */
  moveToFront(item: number): void {
    const { sentinel } = this;
    const links = this.#links;
    const first = links[2 * sentinel + 1];
    if (first === item) return;
    const before = links[2 * item];
    const after = links[2 * item + 1];
    links[2 * before + 1] = after;
    links[2 * after] = before;
    links[2 * item] = sentinel;
    links[2 * item + 1] = first;
    links[2 * first] = item;
    links[2 * sentinel + 1] = item;
  }
}
