/*
 * Several doubly linked lists over the numbers 0 … capacity − 1, each in at most one of them.
 *
 *   list 0   front ⇄ … ⇄ back       links[2i] leads from i towards the front, links[2i + 1] towards
 *   list 1   front ⇄ … ⇄ back       the back; the sentinel of list j, number `capacity` + j,
 *                                   closes its ring.
 *
 * For policies that sort pages by what is known of them, ghosts among them. Both links of a number
 * lie in one line of the processor's cache, which is worth a fifth to ARC (policies/README.md).
 * Where no list is named it is list 0. All memory is taken in the constructor: 9 bytes a number.
 */
import { assert } from './assert.ts';

/** The list of a number that is in none. */
export const NO_LIST = -1;

export class LinkedLists {
  readonly #links: Int32Array;
  /** The list of each number, or NO_LIST. */
  readonly listOf: Int8Array;
  readonly #capacity: number;
  readonly #lengths: Int32Array;

  constructor(capacity: number, listCount: number) {
    assert(listCount >= 1 && listCount <= 128, 'there are 1 to 128 lists');
    this.#links = new Int32Array(2 * (capacity + listCount));
    this.listOf = new Int8Array(capacity).fill(NO_LIST);
    this.#capacity = capacity;
    this.#lengths = new Int32Array(listCount);
    for (let list = 0; list < listCount; list++) {
      const sentinel = capacity + list;
      this.#links.fill(sentinel, 2 * sentinel, 2 * sentinel + 2);
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
    const first = this.#links[2 * (this.#capacity + list) + 1];
    return first >= this.#capacity ? -1 : first;
  }

  /** The last number of the list, or −1. */
  back(list = 0): number {
    const last = this.#links[2 * (this.#capacity + list)];
    return last >= this.#capacity ? -1 : last;
  }

  /** The number after `item` in its list, or −1. */
  next(item: number): number {
    const after = this.#links[2 * item + 1];
    return after >= this.#capacity ? -1 : after;
  }

  /** The number before `item` in its list, or −1. */
  previous(item: number): number {
    const before = this.#links[2 * item];
    return before >= this.#capacity ? -1 : before;
  }

  pushFront(item: number, list = 0): void {
    const sentinel = this.#capacity + list;
    this.#link(item, list, sentinel, this.#links[2 * sentinel + 1]);
  }

  pushBack(item: number, list = 0): void {
    const sentinel = this.#capacity + list;
    this.#link(item, list, this.#links[2 * sentinel], sentinel);
  }

  /** Takes `item` out of the list it is in. */
  remove(item: number): void {
    const links = this.#links;
    const before = links[2 * item];
    const after = links[2 * item + 1];
    links[2 * before + 1] = after;
    links[2 * after] = before;
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
    const links = this.#links;
    const sentinel = this.#capacity + list;
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

  #link(item: number, list: number, before: number, after: number): void {
    const links = this.#links;
    links[2 * item] = before;
    links[2 * item + 1] = after;
    links[2 * before + 1] = item;
    links[2 * after] = item;
    this.listOf[item] = list;
    this.#lengths[list]++;
  }
}
