/*
 * A ring over the numbers 0 … capacity − 1, each at most once in it, and a hand that passes many of
 * them in a few steps, for it stops at those marked only.
 *
 *            hand ▼ first
 *   … ─ e f g ┃ a b c d ┃ h* i ┃ k l m ─ …      blocks of numbers; h is marked
 *       behind    ahead                         a block without marks is passed as a whole
 *
 * The hand stands between two blocks. What it must pass one by one goes over into the block behind
 * it, as does what is put in; two blocks that together are no more than one are joined on the way.
 * Where it is to stop within a block without marks it stays before it, in debt, until somebody does
 * something that depends on where it stands. How often the hand has passed each number is told by
 * its block: who makes something fall at each pass needs to look only when it asks.
 *
 * A block has at most a quarter of the root of the capacity. Passing costs a step a block, the
 * others O(1), amortised; paying a debt a block's length. 17 bytes a number, and 28 for blocks.
 */
import { assert } from './assert.ts';

/** The longest block: some 25 of 10,000 numbers, and 80 of 100,000. */
function blockLengthOf(capacity: number): number {
  return Math.max(4, Math.round(Math.sqrt(capacity) / 4));
}

const NOWHERE = -1;

export class HandRing {
  #length = 0;
  readonly #blockLength: number;
  // By number; `next` is passed after it.
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #blockOf: Int32Array;
  readonly #isMarked: Uint8Array;
  /** Passes of its block that the number was not there for, or that were forgotten. */
  readonly #passesBefore: Int32Array;
  // By block.
  readonly #first: Int32Array;
  readonly #count: Int32Array;
  readonly #markedCount: Int32Array;
  readonly #passes: Int32Array;
  readonly #blockAfter: Int32Array;
  readonly #blockBefore: Int32Array;
  /** Blocks that are not in use. */
  readonly #unused: Int32Array;
  #unusedCount: number;
  /** The block the hand enters next. */
  #ahead = NOWHERE;
  /** Numbers of that block, which has no marks then, that the hand ought to have passed. */
  #debt = 0;

  constructor(capacity: number) {
    this.#blockLength = blockLengthOf(capacity);
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#blockOf = new Int32Array(capacity).fill(NOWHERE);
    this.#isMarked = new Uint8Array(capacity);
    this.#passesBefore = new Int32Array(capacity);
    // No block is empty, but one for a moment.
    const blockCount = capacity + 1;
    this.#first = new Int32Array(blockCount);
    this.#count = new Int32Array(blockCount);
    this.#markedCount = new Int32Array(blockCount);
    this.#passes = new Int32Array(blockCount);
    this.#blockAfter = new Int32Array(blockCount);
    this.#blockBefore = new Int32Array(blockCount);
    this.#unused = new Int32Array(blockCount);
    for (let i = 0; i < blockCount; i++) this.#unused[i] = blockCount - 1 - i;
    this.#unusedCount = blockCount;
  }

  get length(): number {
    return this.#length;
  }

  has(item: number): boolean {
    return this.#blockOf[item] !== NOWHERE;
  }

  /** Puts `item`, which is not in the ring, where the hand comes last. */
  insert(item: number, isMarked: boolean): void {
    this.#payDebt();
    const block = this.#blockToFill();
    if (this.#length === 0) {
      this.#next[item] = item;
      this.#previous[item] = item;
    } else {
      const after = this.#first[this.#ahead];
      const before = this.#previous[after];
      this.#next[item] = after;
      this.#previous[item] = before;
      this.#next[before] = item;
      this.#previous[after] = item;
    }
    this.#length++;
    this.#isMarked[item] = isMarked ? 1 : 0;
    this.#passesBefore[item] = this.#passes[block];
    this.#enter(item, block);
  }

  remove(item: number): void {
    this.#payDebtFor(item);
    const block = this.#blockOf[item];
    this.#leave(item, block);
    this.#blockOf[item] = NOWHERE;
    const before = this.#previous[item];
    const after = this.#next[item];
    this.#next[before] = after;
    this.#previous[after] = before;
    this.#length--;
  }

  /** The hand stops at `item` from now on, or no more. */
  mark(item: number, isMarked: boolean): void {
    this.#payDebtFor(item);
    const bit = isMarked ? 1 : 0;
    this.#markedCount[this.#blockOf[item]] += bit - this.#isMarked[item];
    this.#isMarked[item] = bit;
  }

  /** Passes up to `most` numbers, a lap and more, but no marked one; returns how many. */
  pass(most: number): number {
    if (this.#length === 0) return 0;
    let left = most + this.#debt;
    this.#debt = 0;
    while (left > 0) {
      const block = this.#ahead;
      if (this.#markedCount[block] > 0) {
        if (this.#isMarked[this.#first[block]] === 1) return most - left;
        this.#turn();
        left--;
      } else {
        if (this.#count[block] > left) {
          this.#debt = left;
          return most;
        }
        left -= this.#count[block];
        this.#passes[block]++;
        this.#ahead = this.#blockAfter[block];
        this.#join(this.#blockBefore[block], block);
      }
    }
    return most;
  }

  /** The hand passes one number, marked or not, and tells which; the ring is not empty. */
  turn(): number {
    assert(this.#length > 0, 'there is a number to pass');
    this.#payDebt();
    return this.#turn();
  }

  /** How often the hand has passed `item` since it came, or since this was asked last. */
  takePasses(item: number): number {
    this.#payDebtFor(item);
    const passes = this.#passes[this.#blockOf[item]];
    const taken = passes - this.#passesBefore[item];
    this.#passesBefore[item] = passes;
    return taken;
  }

  #payDebt(): void {
    for (; this.#debt > 0; this.#debt--) this.#turn();
  }

  /** Where the hand ought to stand matters to `item`. */
  #payDebtFor(item: number): void {
    if (this.#debt > 0 && this.#blockOf[item] === this.#ahead) this.#payDebt();
  }

  #turn(): number {
    const from = this.#ahead;
    const item = this.#first[from];
    // Where all is one block its last number is ahead as well: then the block is parted.
    const to = this.#blockToFill(from);
    this.#move(item, from, to);
    this.#passesBefore[item]--;
    return item;
  }

  /** The block behind the hand, or a new one when it is full, or is `other`. */
  #blockToFill(other = NOWHERE): number {
    const ahead = this.#ahead;
    if (ahead !== NOWHERE) {
      const behind = this.#blockBefore[ahead];
      if (behind !== other && this.#count[behind] < this.#blockLength) return behind;
    }
    const block = this.#unused[--this.#unusedCount];
    this.#count[block] = 0;
    this.#markedCount[block] = 0;
    this.#passes[block] = 0;
    if (ahead === NOWHERE) {
      this.#blockAfter[block] = block;
      this.#blockBefore[block] = block;
      this.#ahead = block;
    } else {
      const behind = this.#blockBefore[ahead];
      this.#blockAfter[block] = ahead;
      this.#blockBefore[block] = behind;
      this.#blockAfter[behind] = block;
      this.#blockBefore[ahead] = block;
    }
    return block;
  }

  /** `item` comes to the end of `block`. */
  #enter(item: number, block: number): void {
    if (this.#count[block]++ === 0) this.#first[block] = item;
    this.#markedCount[block] += this.#isMarked[item];
    this.#blockOf[item] = block;
  }

  #leave(item: number, block: number): void {
    this.#markedCount[block] -= this.#isMarked[item];
    if (--this.#count[block] === 0) this.#discard(block);
    else if (this.#first[block] === item) this.#first[block] = this.#next[item];
  }

  /** Moves the first number of a block to the end of the one before, keeping its passes. */
  #move(item: number, from: number, to: number): void {
    this.#passesBefore[item] += this.#passes[to] - this.#passes[from];
    this.#enter(item, to);
    this.#leave(item, from);
  }

  #discard(block: number): void {
    const after = this.#blockAfter[block];
    const before = this.#blockBefore[block];
    this.#blockAfter[before] = after;
    this.#blockBefore[after] = before;
    if (this.#ahead === block) this.#ahead = after === block ? NOWHERE : after;
    this.#unused[this.#unusedCount++] = block;
  }

  /** Moves all of `block` into the one before it, if there is room. */
  #join(before: number, block: number): void {
    if (before === block || this.#count[before] + this.#count[block] > this.#blockLength) return;
    for (let left = this.#count[block]; left > 0; left--) {
      this.#move(this.#first[block], block, before);
    }
  }
}
