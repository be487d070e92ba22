/*
 * Pages read and written together, and how many requests of the device that takes: pages that lie
 * side by side, in one file or in swap, are one.
 *
 *   asked for    f:7  f:5  s:3  f:6        in one step: a reference and all that it caused
 *   requests     f:5–7   s:3               sorted, and cut after `most` pages
 */

/** Where a page lies: its file's object, or SWAP, and its place there. */
export const SWAP = -1;

export class IoRequests {
  readonly #most: number;
  readonly #places: { readonly object: number; readonly index: number }[] = [];
  #count = 0;

  /** `most` pages are one request; 1: nothing is put together. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Requests of all steps that are over. */
  get count(): number {
    return this.#count;
  }

  add(object: number, index: number): void {
    if (this.#most === 1) this.#count++;
    else this.#places.push({ object, index });
  }

  endStep(): void {
    const places = this.#places;
    if (places.length === 0) return;
    if (places.length > 1) places.sort((a, b) => a.object - b.object || a.index - b.index);
    let run = 0;
    for (let i = 0; i < places.length; i++) {
      const isNext =
        i > 0 &&
        places[i].object === places[i - 1].object &&
        places[i].index === places[i - 1].index + 1;
      if (isNext && run < this.#most) run++;
      else {
        this.#count++;
        run = 1;
      }
    }
    places.length = 0;
  }
}
