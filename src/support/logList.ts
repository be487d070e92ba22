/*
 * A list over the numbers 0 … capacity − 1, each at most once in it, that takes numbers at its
 * front only.
 *
 *   log   · c a · d · b │ free          b is the front, c the back; a dot: taken out since.
 *           └ back    └ front           When the log is full its dots are squeezed out, and it
 *   placeOf[number]: where it stands    grows if a quarter of it or more is in use.
 *
 * Linked lists touch an item's neighbours, which lie anywhere; this touches the item's place and
 * the two ends, which ghosts of a million pages are quicker for (policies/README.md). O(1) amortised;
 * 4 bytes a number and 16 to 32 a number in the list.
 */

/** Numbers the log has room for at first. */
const LOG_LENGTH_MIN = 1024;

export class LogList {
  /** −1 where the number was taken out. */
  #log = new Int32Array(LOG_LENGTH_MIN);
  /** By number, its place in the log plus 1; 0: it is not in the list. */
  readonly #placeOf: Int32Array;
  /** No number stands before it. */
  #start = 0;
  #end = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#placeOf = new Int32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  has(item: number): boolean {
    return this.#placeOf[item] !== 0;
  }

  /** The last number, or −1. */
  get back(): number {
    if (this.#length === 0) return -1;
    const log = this.#log;
    let start = this.#start;
    while (log[start] < 0) start++;
    this.#start = start;
    return log[start];
  }

  /** `item` is not in the list. */
  pushFront(item: number): void {
    if (this.#end === this.#log.length) this.#squeeze();
    this.#log[this.#end++] = item;
    this.#placeOf[item] = this.#end;
    this.#length++;
  }

  remove(item: number): void {
    this.#log[this.#placeOf[item] - 1] = -1;
    this.#placeOf[item] = 0;
    this.#length--;
  }

  #squeeze(): void {
    const log = this.#log;
    const isTight = 4 * this.#length >= log.length;
    const squeezed = isTight ? new Int32Array(2 * log.length) : log;
    let end = 0;
    for (let place = this.#start; place < log.length; place++) {
      const item = log[place];
      if (item < 0) continue;
      squeezed[end++] = item;
      this.#placeOf[item] = end;
    }
    this.#log = squeezed;
    this.#start = 0;
    this.#end = end;
  }
}
