/*
 * Pages whose next use is awaited: what a policy saw of a page when it chose, kept until the page
 * is used again, or until it no longer matters when.
 *
 *   oldest ► ┌ row ┬ row ┬ done ┬ row ┐ ◄ next          used again: its distance is known
 *            └ page 7    └ it was used └ page 3          waited `horizon`: it is further than that
 *
 * A ring of a fixed number of rows; a page waits in one of them at a time. When it is full, nothing
 * is taken until the oldest is done with. (Labels that come late are from Song et al., Learning
 * Relaxed Belady, NSDI 2020.)
 *
 * Per reference: one read. Metadata: 4 bytes a page, and ROWS rows whatever the memory's size.
 */
import { NONE } from '../engine/frameTable.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';

const ROWS = 2 ** 13;

/** `distance` is Infinity when it is `horizon` or more. `values[first] …` are those that waited. */
export type Learn = (values: Float64Array, first: number, distance: number) => void;

export class DelayedLabels {
  readonly #width: number;
  readonly #horizon: number;
  readonly #learn: Learn;
  readonly #values: Float64Array;
  readonly #since: Int32Array;
  /** NONE where the label has come. */
  readonly #pageAt: Int32Array;
  /** 1: the page's accessed bit was set before it waited, and is to be read once more. */
  readonly #isOldBit = new Uint8Array(ROWS);
  /** The row that a page waits in, or NONE. */
  readonly #rowOf: Int32Array;
  #oldest = 0;
  #next = 0;
  /** References between two decisions that are kept, so that the ring lasts for the horizon. */
  readonly #apart: number;
  #wantedFrom: Tick = 0;

  /** `width` values a row; `perDecision` rows come at once. */
  constructor(
    width: number,
    perDecision: number,
    pageCount: number,
    horizon: number,
    learn: Learn,
  ) {
    this.#width = width;
    this.#horizon = horizon;
    this.#learn = learn;
    this.#values = new Float64Array(ROWS * width);
    this.#since = new Int32Array(ROWS);
    this.#pageAt = new Int32Array(ROWS).fill(NONE);
    this.#rowOf = new Int32Array(pageCount).fill(NONE);
    this.#apart = Math.ceil((perDecision * horizon) / (ROWS - perDecision));
  }

  /** Whether the decision at `tick` is one of those that are kept. */
  wants(tick: Tick): boolean {
    if (tick < this.#wantedFrom) return false;
    this.#wantedFrom = tick + this.#apart;
    return true;
  }

  /**
   * A row for what is known of `page` at `tick`: to be filled at once; NONE: it waits already.
   * `isBitSet`: its accessed bit says that it was used before.
   */
  add(page: Page, tick: Tick, isBitSet: boolean): number {
    const row = this.#next;
    const next = (row + 1) % ROWS;
    if (this.#rowOf[page] !== NONE || next === this.#oldest) return NONE;
    this.#next = next;
    this.#pageAt[row] = page;
    this.#since[row] = tick;
    this.#rowOf[page] = row;
    this.#isOldBit[row] = isBitSet ? 1 : 0;
    return row;
  }

  /** Where the values of row `row` are. */
  valuesOf(row: number): Float64Array {
    return this.#values.subarray(row * this.#width, (row + 1) * this.#width);
  }

  /** The accessed bit of `page` is found set at `tick`, and cleared. */
  onBit(page: Page, tick: Tick): void {
    const row = this.#rowOf[page];
    if (row !== NONE && this.#isOldBit[row] === 1) this.#isOldBit[row] = 0;
    else this.onUse(page, tick);
  }

  /** `page` is used at `tick`. */
  onUse(page: Page, tick: Tick): void {
    const row = this.#rowOf[page];
    if (row !== NONE) this.#label(row, tick - this.#since[row]);
    while (this.#oldest !== this.#next) {
      const oldest = this.#oldest;
      if (this.#pageAt[oldest] !== NONE) {
        if (tick - this.#since[oldest] < this.#horizon) return;
        this.#label(oldest, Number.POSITIVE_INFINITY);
      }
      this.#oldest = (oldest + 1) % ROWS;
    }
  }

  #label(row: number, distance: number): void {
    this.#rowOf[this.#pageAt[row]] = NONE;
    this.#pageAt[row] = NONE;
    this.#learn(this.#values, row * this.#width, distance);
  }
}
