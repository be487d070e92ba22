/*
 * Stride: where a process has come by the same step a few times, the pages on its way are read.
 *                                                   (Fu, Patel & Janssens, MICRO 1992, for caches)
 *
 *   seen     3   5   7   9                minRun = 2: two equal steps in a row make a run
 *   step       2   2   2
 *   read             9 │ 11 13 │ …        one page at first, twice as many each time, maxDegree
 *                                         at most
 *
 * A step is from one page-in or first use to the next of the same process in the same object, so
 * that two files read in turn are two runs. Off the path of hits; per event one look-up by process
 * and object. Differs from the source: runs are told apart by process and object instead of by the
 * address of the instruction, which few fingerprints have.
 */
import { wholeOption } from '../engine/policyOptions.ts';
import {
  DEGREE_MAX,
  definePrefetcher,
  type PrefetchContext,
  type Prefetcher,
} from '../engine/prefetcher.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';

export const prefetcher = definePrefetcher({
  id: 'stride',
  title: 'Along a steady step, farther the longer it lasts',
  source: 'Fu, Patel & Janssens, MICRO 1992',
  defaults: { minRun: 2, maxDegree: 8 },
  create: (context, options) => new Stride(context, options),
});

/** Where a process is in an object, and how it came there. */
interface Walk {
  index: number;
  step: number;
  /** Equal steps in a row. */
  run: number;
}

class Stride implements Prefetcher {
  readonly #context: PrefetchContext;
  readonly #minRun: number;
  readonly #maxDegree: number;
  /** By sequence, then by object. */
  readonly #walks = new Map<number, Map<number, Walk>>();

  constructor(
    context: PrefetchContext,
    { minRun, maxDegree }: { readonly minRun: number; readonly maxDegree: number },
  ) {
    this.#context = context;
    this.#minRun = wholeOption('minRun', minRun, 1, 2 ** 20);
    this.#maxDegree = wholeOption('maxDegree', maxDegree, 0, DEGREE_MAX);
  }

  onPageIn(page: Page, tick: Tick): void {
    const { places, ask, sequenceAt } = this.#context;
    const walk = this.#walkOf(sequenceAt(tick), places.objectOf(page), places.indexOf(page));
    if (walk.run < this.#minRun || walk.step === 0) return;
    const degree = Math.min(this.#maxDegree, 2 ** (walk.run - this.#minRun));
    for (let i = 1; i <= degree; i++) ask(places.beside(page, i * walk.step));
  }

  onFirstUse(page: Page, tick: Tick): void {
    this.onPageIn(page, tick);
  }

  /** The walk, one step farther. */
  #walkOf(sequence: number, object: number, index: number): Walk {
    let walks = this.#walks.get(sequence);
    if (walks === undefined) {
      walks = new Map();
      this.#walks.set(sequence, walks);
    }
    let walk = walks.get(object);
    if (walk === undefined) {
      walk = { index, step: 0, run: 0 };
      walks.set(object, walk);
      return walk;
    }
    const step = index - walk.index;
    walk.run = step === walk.step ? walk.run + 1 : 1;
    walk.step = step;
    walk.index = index;
    return walk;
  }
}
