/*
 * A binary heap over the numbers 0 … capacity − 1, each at most once in it, by a key of 32 bits.
 *
 *   item   [ 4 | 7 | 1 | 0 | 3 ]    the children of place i are at 2i + 1 and 2i + 2
 *   place of each item: −1 when it is not in the heap
 *
 * All memory is taken in the constructor: 12 bytes a number. Equal keys leave in any order, but
 * always the same one.
 */
export class MinHeap {
  readonly #items: Int32Array;
  readonly #keys: Int32Array;
  readonly #placeOf: Int32Array;
  #length = 0;

  constructor(capacity: number) {
    this.#items = new Int32Array(capacity);
    this.#keys = new Int32Array(capacity);
    this.#placeOf = new Int32Array(capacity).fill(-1);
  }

  get length(): number {
    return this.#length;
  }

  has(item: number): boolean {
    return this.#placeOf[item] >= 0;
  }

  /** The item of the least key, or −1. */
  get top(): number {
    return this.#length === 0 ? -1 : this.#items[0];
  }

  /** The key of an item that is in the heap. */
  keyOf(item: number): number {
    return this.#keys[item];
  }

  insert(item: number, key: number): void {
    this.#keys[item] = key;
    this.#rise(item, this.#length++);
  }

  /** Gives an item of the heap another key. */
  update(item: number, key: number): void {
    this.#keys[item] = key;
    this.#rise(item, this.#placeOf[item]);
    this.#fall(item, this.#placeOf[item]);
  }

  remove(item: number): void {
    const place = this.#placeOf[item];
    this.#placeOf[item] = -1;
    const last = this.#items[--this.#length];
    if (last === item) return;
    this.#rise(last, place);
    this.#fall(last, this.#placeOf[last]);
  }

  /** Puts `item` at `place`, which is free, or nearer to the top. */
  #rise(item: number, place: number): void {
    const key = this.#keys[item];
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#items[parent];
      if (this.#keys[above] <= key) break;
      this.#put(above, place);
      place = parent;
    }
    this.#put(item, place);
  }

  #fall(item: number, place: number): void {
    const key = this.#keys[item];
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#length) break;
      if (child + 1 < this.#length) {
        if (this.#keys[this.#items[child + 1]] < this.#keys[this.#items[child]]) child++;
      }
      const below = this.#items[child];
      if (this.#keys[below] >= key) break;
      this.#put(below, place);
      place = child;
    }
    this.#put(item, place);
  }

  #put(item: number, place: number): void {
    this.#items[place] = item;
    this.#placeOf[item] = place;
  }
}
