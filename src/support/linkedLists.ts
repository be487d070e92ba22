/*
 * Several doubly linked lists over the numbers 0 … capacity − 1, each in at most one of them.
 *
 *   list 0   front ⇄ … ⇄ back       next[] points towards the back, previous[] towards the front;
 *   list 1   front ⇄ … ⇄ back       the sentinel of list i, number `capacity` + i, closes its ring.
 *
 * For policies that sort pages by what is known of them, ghosts among them. Where no list is named
 * it is list 0. All memory is taken in the constructor: 9 bytes a number.
 */
import { assert } from './assert.ts';

/** The list of a number that is in none. */
export const NO_LIST = -1;

export class LinkedLists {
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** The list of each number, or NO_LIST. */
  readonly listOf: Int8Array;
  readonly #capacity: number;
  readonly #lengths: Int32Array;

  constructor(capacity: number, listCount: number) {
    assert(listCount >= 1 && listCount <= 128, 'there are 1 to 128 lists');
    this.next = new Int32Array(capacity + listCount);
    this.previous = new Int32Array(capacity + listCount);
    this.listOf = new Int8Array(capacity).fill(NO_LIST);
    this.#capacity = capacity;
    this.#lengths = new Int32Array(listCount);
    for (let list = 0; list < listCount; list++) {
      this.next[capacity + list] = capacity + list;
      this.previous[capacity + list] = capacity + list;
    }
  }

  /** Whether `item` is in any list. */
  has(item: number): boolean {
    return this.listOf[item] !== NO_LIST;
  }

  length(list = 0): number {
    return this.#lengths[list];
  }

  /** The first number of the list, or −1. */
  front(list = 0): number {
    const first = this.next[this.#capacity + list];
    return first >= this.#capacity ? -1 : first;
  }

  /** The last number of the list, or −1. */
  back(list = 0): number {
    const last = this.previous[this.#capacity + list];
    return last >= this.#capacity ? -1 : last;
  }

  pushFront(item: number, list = 0): void {
    const sentinel = this.#capacity + list;
    this.#link(item, list, sentinel, this.next[sentinel]);
  }

  pushBack(item: number, list = 0): void {
    const sentinel = this.#capacity + list;
    this.#link(item, list, this.previous[sentinel], sentinel);
  }

  /** Takes `item` out of the list it is in. */
  remove(item: number): void {
    const { next, previous } = this;
    const before = previous[item];
    const after = next[item];
    next[before] = after;
    previous[after] = before;
    this.#lengths[this.listOf[item]]--;
    this.listOf[item] = NO_LIST;
  }

  /** Moves `item` to the front of `list`, from whichever list it is in. */
  moveToFront(item: number, list = 0): void {
    if (this.listOf[item] !== list) {
      this.remove(item);
      this.pushFront(item, list);
      return;
    }
    // What LRU does on every reference: only links change.
    const { next, previous } = this;
    const sentinel = this.#capacity + list;
    const first = next[sentinel];
    if (first === item) return;
    const before = previous[item];
    const after = next[item];
    next[before] = after;
    previous[after] = before;
    previous[item] = sentinel;
    next[item] = first;
    previous[first] = item;
    next[sentinel] = item;
  }

  #link(item: number, list: number, before: number, after: number): void {
    const { next, previous } = this;
    previous[item] = before;
    next[item] = after;
    next[before] = item;
    previous[after] = item;
    this.listOf[item] = list;
    this.#lengths[list]++;
  }
}
