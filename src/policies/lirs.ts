/*
 * LIRS: keep the pages whose last two uses were close together, whatever their recency.
 *                                                        (Jiang & Zhang, SIGMETRICS 2002)
 *
 *   stack   top  h ─ L ─ g ─ L ─ h ─ g ─ L  bottom      L  low inter-reference recency: stays
 *                                                       h  high, resident     g  high, a ghost
 *   queue   h ⇄ h ⇄ h ─► victim                         all resident high ones, 1 % of memory
 *
 * The stack orders pages by their last use, down to the least recent L. A page of high
 * inter-reference recency that is used while it is still in the stack was used twice within the
 * time that the bottom L has not been used once: the two change places, and what lies below the
 * new bottom L is pruned. So a loop longer than memory keeps most of memory full of L.
 *
 * An item is a row of four numbers, so that what is touched together lies together; ghosts leave
 * the stack mostly as they came, and lie in that order.
 *
 *   frame   up  down  before  after        in the stack, and in the queue unless it is an L
 *   ghost   up  down  page                 a ring, oldest to newest
 *
 * Per reference: one move in the stack, one in the queue where the page is in it. Per eviction:
 * one link; pruning is O(1) amortised. Metadata: 16 bytes and 2 bits a frame, two ghosts a frame.
 * Differs from the paper: ghosts are limited; the one referenced longest ago is forgotten. The
 * queue has at least two frames, as in the authors' program, so that two frames are plain LRU. A
 * frame freed by an exit leaves both lists, and its place among the L goes to the next page loaded.
 */
import { type Frame, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption } from '../engine/policyOptions.ts';

export const policy = definePolicy({
  id: 'lirs',
  title: 'LIRS',
  source: 'Jiang & Zhang, SIGMETRICS 2002',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 16.25,
    bytesPerGhost: 24,
    ghostsPerFrame: 2,
    perReference: 'one move in a list, or two',
    perEviction: 'one link; pruning, O(1) amortised',
    operations: { perReference: 14, perEviction: 22 },
  },
  /** The share of memory of the queue, and ghosts as a multiple of the frames. */
  defaults: { hir: 0.01, ghosts: 2 },
  create: (context, { hir, ghosts }) => new Lirs(context, hir, ghosts),
});

const QUEUE_FRAMES_MIN = 2;

/** Numbers of a row of `#rows`; a row is called by the place of its first number. */
const ROW = 4;
/** Neighbours in the stack. */
const UP = 0;
const DOWN = 1;
/** Neighbours in the queue, of a frame; */
const BEFORE = 2;
const AFTER = 3;
/** of a ghost, in their place: its page, or NONE when it is forgotten. */
const PAGE = 2;
/** DOWN of what is not in the stack. */
const OUT = -1;
/** AFTER of an L, which is not in the queue. */
const LOW = -2;

class Lirs implements ReplacementPolicy {
  readonly #pageOf: Int32Array;
  /** By page: the row of its ghost, or NONE. */
  readonly #ghostOf: Int32Array;
  /** Rows of the frames; a ring of ghosts; the ends of the stack, and those of the queue. */
  readonly #rows: Int32Array;
  readonly #ring: number;
  readonly #stack: number;
  readonly #queue: number;
  /** Where the next ghost goes. */
  #ghostNext: number;
  /** From here on, around the ring, the first ghost is the oldest. */
  #ghostOldest: number;
  #ghostCount = 0;
  readonly #ghostCountMax: number;
  #lowCount = 0;
  readonly #lowCountMax: number;
  /** From the choice of a victim to the load it makes room for. */
  #isEvicting = false;

  constructor({ frames, pageCount }: PolicyContext, hir: number, ghosts: number) {
    const { frameCount } = frames;
    const queueFrames = Math.floor(frameCount * numberOption('hir', hir, 0, 1));
    this.#lowCountMax = Math.max(0, frameCount - Math.max(queueFrames, QUEUE_FRAMES_MIN));
    this.#ghostCountMax = Math.floor(frameCount * numberOption('ghosts', ghosts, 0, 1e6));
    // One more for a moment, between an eviction and the load it makes room for. Twice as many, so
    // that the ring is seldom full of rows that were forgotten before their turn.
    const ghostRows = 2 * Math.min(this.#ghostCountMax + 1, pageCount);
    this.#pageOf = frames.pageOf;
    this.#ghostOf = new Int32Array(pageCount).fill(NONE);
    this.#ring = ROW * frameCount;
    this.#stack = this.#ring + ROW * ghostRows;
    this.#queue = this.#stack + ROW;
    this.#ghostNext = this.#ring;
    this.#ghostOldest = this.#ring;
    const rows = new Int32Array(this.#queue + ROW).fill(NONE);
    rows[this.#stack + UP] = this.#stack;
    rows[this.#stack + DOWN] = this.#stack;
    rows[this.#queue + BEFORE] = this.#queue;
    rows[this.#queue + AFTER] = this.#queue;
    this.#rows = rows;
  }

  onLoad(frame: Frame): void {
    this.#isEvicting = false;
    const row = ROW * frame;
    const ghost = this.#ghostOf[this.#pageOf[frame]];
    if (ghost !== NONE) this.#forget(ghost);
    this.#push(row);
    if (ghost !== NONE || this.#lowCount < this.#lowCountMax) this.#becomeLow(row);
    else this.#enqueue(row);
    this.#prune();
    // Not before: the page wanted might have been the one to be forgotten.
    if (this.#ghostCount > this.#ghostCountMax) this.#forget(this.#oldestGhost());
  }

  onReference(frame: Frame): void {
    const rows = this.#rows;
    const row = ROW * frame;
    const stack = this.#stack;
    const down = rows[row + DOWN];
    const top = rows[stack + DOWN];
    if (down === OUT) {
      this.#push(row);
      this.#dequeue(row);
      this.#enqueue(row);
      return;
    }
    if (top !== row) {
      // In place, for this is what most references are.
      const up = rows[row + UP];
      rows[up + DOWN] = down;
      rows[down + UP] = up;
      rows[row + UP] = stack;
      rows[row + DOWN] = top;
      rows[top + UP] = row;
      rows[stack + DOWN] = row;
    }
    if (rows[row + AFTER] !== LOW) {
      this.#dequeue(row);
      this.#becomeLow(row);
      this.#prune();
    } else if (down === stack) this.#prune();
  }

  chooseVictim(): Frame {
    this.#isEvicting = true;
    return this.#rows[this.#queue + BEFORE] / ROW;
  }

  onFree(frame: Frame): void {
    const rows = this.#rows;
    const row = ROW * frame;
    if (rows[row + AFTER] === LOW) {
      rows[row + AFTER] = OUT;
      this.#lowCount--;
      this.#pull(row);
      this.#prune();
      return;
    }
    this.#dequeue(row);
    if (rows[row + DOWN] === OUT) return;
    if (this.#isEvicting) this.#becomeGhost(row, this.#pageOf[frame]);
    else this.#pull(row);
  }

  onInterval(): void {}

  /** The page in the frame of `row`, which is evicted, stays in the stack as a ghost. */
  #becomeGhost(row: number, page: number): void {
    if (this.#rows[this.#ghostNext + PAGE] !== NONE) this.#squeeze();
    const ghost = this.#ghostNext;
    this.#ghostNext = this.#after(ghost);
    if (ghost === this.#ghostOldest && this.#ghostCount > 0) this.#ghostOldest = this.#ghostNext;
    this.#replace(row, ghost);
    this.#rows[ghost + PAGE] = page;
    this.#ghostOf[page] = ghost;
    this.#ghostCount++;
  }

  #oldestGhost(): number {
    let ghost = this.#ghostOldest;
    while (this.#rows[ghost + PAGE] === NONE) ghost = this.#after(ghost);
    this.#ghostOldest = ghost;
    return ghost;
  }

  /** The ring is full, half of it of forgotten rows: moves the others together, in their order. */
  #squeeze(): void {
    const rows = this.#rows;
    const first = this.#ghostNext;
    let to = first;
    let from = first;
    do {
      const page = rows[from + PAGE];
      if (page !== NONE) {
        if (to !== from) {
          this.#replace(from, to);
          rows[from + PAGE] = NONE;
          rows[to + PAGE] = page;
          this.#ghostOf[page] = to;
        }
        to = this.#after(to);
      }
      from = this.#after(from);
    } while (from !== first);
    this.#ghostNext = to;
  }

  /** The row of a ghost behind another one, around the ring. */
  #after(ghost: number): number {
    return ghost + ROW === this.#stack ? this.#ring : ghost + ROW;
  }

  /** On top of the stack. */
  #push(row: number): void {
    const rows = this.#rows;
    const stack = this.#stack;
    const top = rows[stack + DOWN];
    rows[row + UP] = stack;
    rows[row + DOWN] = top;
    rows[top + UP] = row;
    rows[stack + DOWN] = row;
  }

  /** Out of the stack. */
  #pull(row: number): void {
    const rows = this.#rows;
    const up = rows[row + UP];
    const down = rows[row + DOWN];
    rows[up + DOWN] = down;
    rows[down + UP] = up;
    rows[row + DOWN] = OUT;
  }

  /** Puts `other` into the stack where `row` was. */
  #replace(row: number, other: number): void {
    const rows = this.#rows;
    const up = rows[row + UP];
    const down = rows[row + DOWN];
    rows[other + UP] = up;
    rows[other + DOWN] = down;
    rows[up + DOWN] = other;
    rows[down + UP] = other;
    rows[row + DOWN] = OUT;
  }

  #enqueue(row: number): void {
    const rows = this.#rows;
    const queue = this.#queue;
    const newest = rows[queue + AFTER];
    rows[row + BEFORE] = queue;
    rows[row + AFTER] = newest;
    rows[newest + BEFORE] = row;
    rows[queue + AFTER] = row;
  }

  #dequeue(row: number): void {
    const rows = this.#rows;
    const before = rows[row + BEFORE];
    const after = rows[row + AFTER];
    rows[before + AFTER] = after;
    rows[after + BEFORE] = before;
  }

  /** The page, on top of the stack, becomes an L; if that is one too many, the bottom is none. */
  #becomeLow(row: number): void {
    const rows = this.#rows;
    rows[row + AFTER] = LOW;
    if (this.#lowCount < this.#lowCountMax) {
      this.#lowCount++;
      return;
    }
    this.#prune();
    const bottom = rows[this.#stack + UP];
    this.#pull(bottom);
    this.#enqueue(bottom);
  }

  /** Takes from the bottom of the stack what is no L. */
  #prune(): void {
    const rows = this.#rows;
    const stack = this.#stack;
    let bottom = rows[stack + UP];
    while (bottom !== stack && rows[bottom + AFTER] !== LOW) {
      if (bottom < this.#ring) this.#pull(bottom);
      else this.#forget(bottom);
      bottom = rows[stack + UP];
    }
  }

  #forget(ghost: number): void {
    this.#pull(ghost);
    this.#ghostOf[this.#rows[ghost + PAGE]] = NONE;
    this.#rows[ghost + PAGE] = NONE;
    this.#ghostCount--;
  }
}
