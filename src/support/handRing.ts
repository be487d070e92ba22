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

/** What is kept of a number, in one line of the processor's cache: */
const ROW = 4;
/** the one passed after it, and the one before, */
const NEXT = 0;
const PREVIOUS = 1;
/** its block, or NOWHERE, */
const BLOCK = 2;
/** and passes of that block that it was not there for, or that were forgotten. */
const PASSES_BEFORE = 3;

export class HandRing {
  #length = 0;
  readonly #blockLength: number;
  // By number.
  readonly #rows: Int32Array;
  readonly #isMarked: Uint8Array;
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
    this.#rows = new Int32Array(ROW * capacity).fill(NOWHERE);
    this.#isMarked = new Uint8Array(capacity);
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
    return this.#rows[ROW * item + BLOCK] !== NOWHERE;
  }

  /** Puts `item`, which is not in the ring, where the hand comes last. */
  insert(item: number, isMarked: boolean): void {
    this.#payDebt();
    const block = this.#blockToFill();
    if (this.#length === 0) {
      this.#rows[ROW * item + NEXT] = item;
      this.#rows[ROW * item + PREVIOUS] = item;
    } else {
      const after = this.#first[this.#ahead];
      const before = this.#rows[ROW * after + PREVIOUS];
      this.#rows[ROW * item + NEXT] = after;
      this.#rows[ROW * item + PREVIOUS] = before;
      this.#rows[ROW * before + NEXT] = item;
      this.#rows[ROW * after + PREVIOUS] = item;
    }
    this.#length++;
    this.#isMarked[item] = isMarked ? 1 : 0;
    this.#rows[ROW * item + PASSES_BEFORE] = this.#passes[block];
    this.#enter(item, block);
  }

  remove(item: number): void {
    this.#payDebtFor(item);
    const block = this.#rows[ROW * item + BLOCK];
    this.#leave(item, block);
    this.#rows[ROW * item + BLOCK] = NOWHERE;
    const before = this.#rows[ROW * item + PREVIOUS];
    const after = this.#rows[ROW * item + NEXT];
    this.#rows[ROW * before + NEXT] = after;
    this.#rows[ROW * after + PREVIOUS] = before;
    this.#length--;
  }

  /** The hand stops at `item` from now on, or no more. */
  mark(item: number, isMarked: boolean): void {
    this.#payDebtFor(item);
    const bit = isMarked ? 1 : 0;
    this.#markedCount[this.#rows[ROW * item + BLOCK]] += bit - this.#isMarked[item];
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
    const passes = this.#passes[this.#rows[ROW * item + BLOCK]];
    const taken = passes - this.#rows[ROW * item + PASSES_BEFORE];
    this.#rows[ROW * item + PASSES_BEFORE] = passes;
    return taken;
  }

  #payDebt(): void {
    for (; this.#debt > 0; this.#debt--) this.#turn();
  }

  /** Where the hand ought to stand matters to `item`. */
  #payDebtFor(item: number): void {
    if (this.#debt > 0 && this.#rows[ROW * item + BLOCK] === this.#ahead) this.#payDebt();
  }

  #turn(): number {
    const from = this.#ahead;
    const item = this.#first[from];
    // Where all is one block its last number is ahead as well: then the block is parted.
    const to = this.#blockToFill(from);
    this.#move(item, from, to);
    this.#rows[ROW * item + PASSES_BEFORE]--;
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
    this.#rows[ROW * item + BLOCK] = block;
  }

  #leave(item: number, block: number): void {
    this.#markedCount[block] -= this.#isMarked[item];
    if (--this.#count[block] === 0) this.#discard(block);
    else if (this.#first[block] === item) this.#first[block] = this.#rows[ROW * item + NEXT];
  }

  /** Moves the first number of a block to the end of the one before, keeping its passes. */
  #move(item: number, from: number, to: number): void {
    this.#rows[ROW * item + PASSES_BEFORE] += this.#passes[to] - this.#passes[from];
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
