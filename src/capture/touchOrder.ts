/*
 * Touches that a filter held back, back in the order in which they were made.
 *
 *   told     a0 b1 c4 d5 a3 b2 e6 |          a number: when it was made
 *   shown    a0 b1 b2 a3 c4 d5 e6            once nothing older can come
 *
 * A filter of K pages holds back one touch of each, so those told are nearly in order: each is put
 * where it belongs from the end, past the few that were told meanwhile. O(K) moves for a touch
 * that was held back, none for others; memory for the touches between two flushes.
 */

/** When a touch was made: instructions of its process, and a number that orders those of one. */
export interface TouchTime {
  readonly instructions: number;
  readonly number: number;
}

export class TouchOrder {
  readonly #show: (kind: number, page: number, instructions: number, code: number) => void;
  #instructions = new Float64Array(1024);
  #numbers = new Float64Array(1024);
  #pages = new Float64Array(1024);
  #codes = new Float64Array(1024);
  #kinds = new Uint8Array(1024);
  #length = 0;
  /** Instructions of the last record shown. */
  #shownAt = 0;

  /** `show` has the instructions since the record before. */
  constructor(show: (kind: number, page: number, instructions: number, code: number) => void) {
    this.#show = show;
  }

  /** `code`: the address of the instruction, 0 when nobody knows. */
  add(kind: number, page: number, { instructions, number }: TouchTime, code: number): void {
    if (this.#length === this.#kinds.length) this.#grow();
    let at = this.#length++;
    for (; at > 0; at--) {
      const before = this.#instructions[at - 1];
      if (before < instructions) break;
      if (before === instructions && this.#numbers[at - 1] <= number) break;
      this.#move(at - 1, at);
    }
    this.#instructions[at] = instructions;
    this.#numbers[at] = number;
    this.#pages[at] = page;
    this.#codes[at] = code;
    this.#kinds[at] = kind;
  }

  /** Shows what was added; then the instructions up to `instructions`, for an event made there. */
  flush(instructions: number): number {
    for (let i = 0; i < this.#length; i++) {
      const passed = this.#pass(this.#instructions[i]);
      this.#show(this.#kinds[i], this.#pages[i], passed, this.#codes[i]);
    }
    this.#length = 0;
    return this.#pass(instructions);
  }

  /** A fault takes back instructions that were counted ahead: they are not counted twice. */
  #pass(instructions: number): number {
    const passed = Math.max(0, instructions - this.#shownAt);
    this.#shownAt += passed;
    return passed;
  }

  #move(from: number, to: number): void {
    this.#instructions[to] = this.#instructions[from];
    this.#numbers[to] = this.#numbers[from];
    this.#pages[to] = this.#pages[from];
    this.#codes[to] = this.#codes[from];
    this.#kinds[to] = this.#kinds[from];
  }

  #grow(): void {
    const longer = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(2 * column.length);
      grown.set(column);
      return grown;
    };
    this.#instructions = longer(this.#instructions);
    this.#numbers = longer(this.#numbers);
    this.#pages = longer(this.#pages);
    this.#codes = longer(this.#codes);
    const kinds = new Uint8Array(2 * this.#kinds.length);
    kinds.set(this.#kinds);
    this.#kinds = kinds;
  }
}
