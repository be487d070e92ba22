/*
 * Load control: where the working sets of all who run do not fit into memory, one of them is
 * suspended until they do.                  (Denning, CACM 1968; Carr & Hennessy, SOSP 1981)
 *
 *   frames 100    a 60 + b 30        b grows to 50 ──► a, the largest, is suspended
 *                 b 50 │ a           a is resumed when b has shrunk to 40, or ended
 *
 * The working set of a sequence is what it has used within its last `window` references. Whoever is
 * suspended stops before its next action; its pages stay until the policy has them leave. The
 * first to be suspended is the first to be resumed: when its set fits beside the others, or when
 * nobody else can go on. One is always left running, however large its set. Who waits for another
 * neither runs nor needs memory.
 *
 * Per reference one look-up; 8 bytes and an entry of a map for each reference in a window.
 * Differs from the sources: no set is swapped in at once when its sequence is resumed; nobody is
 * suspended for having the lowest priority, for there are none.
 */
import type { Page, Sequence } from '../fingerprint/fingerprint.ts';
import { NOBODY } from '../support/agenda.ts';
import { assert } from '../support/assert.ts';

export class LoadControl {
  readonly #frameCount: number;
  readonly #sets: (WorkingSet | undefined)[];
  readonly #window: number;
  readonly #isSuspended: Uint8Array;
  readonly #isWaiting: Uint8Array;
  /** In the order they were suspended. */
  readonly #suspended: Sequence[] = [];
  /** Of those that run, and how many of them have used any page. */
  #demand = 0;
  #running = 0;
  suspensions = 0;

  constructor(sequenceCount: number, frameCount: number, window: number) {
    assert(Number.isInteger(window) && window >= 1, 'a window is at least one reference');
    this.#frameCount = frameCount;
    this.#window = window;
    this.#sets = Array.from({ length: sequenceCount }, () => undefined);
    this.#isSuspended = new Uint8Array(sequenceCount);
    this.#isWaiting = new Uint8Array(sequenceCount);
  }

  /** Pages in the working sets of all that run. */
  get demand(): number {
    return this.#demand;
  }

  isSuspended(sequence: Sequence): boolean {
    return this.#isSuspended[sequence] === 1;
  }

  /** `sequence` has used `page`, and may be the one to be suspended for it, or another. */
  refer(sequence: Sequence, page: Page): void {
    let set = this.#sets[sequence];
    if (set === undefined) {
      set = new WorkingSet(this.#window);
      this.#sets[sequence] = set;
      this.#running++;
    }
    const before = set.size;
    set.refer(page);
    // A reference that was under way when its sequence was suspended is not of who runs.
    if (this.#isSuspended[sequence] === 1) return;
    this.#demand += set.size - before;
    while (this.#demand > this.#frameCount && this.#running > 1) this.#suspendLargest();
  }

  /** `sequence` waits for another from now on, or goes on. */
  setWaiting(sequence: Sequence, isWaiting: boolean): void {
    const sign = isWaiting ? -1 : 1;
    assert(this.#isWaiting[sequence] === (isWaiting ? 0 : 1), 'who waits goes on, and waits again');
    this.#isWaiting[sequence] = isWaiting ? 1 : 0;
    const set = this.#sets[sequence];
    if (set === undefined || this.#isSuspended[sequence] === 1) return;
    this.#demand += sign * set.size;
    this.#running += sign;
  }

  /** `sequence` has ended. */
  end(sequence: Sequence): void {
    const set = this.#sets[sequence];
    this.#sets[sequence] = undefined;
    if (set === undefined) return;
    assert(this.#isSuspended[sequence] === 0, 'who is suspended does not end');
    assert(this.#isWaiting[sequence] === 0, 'nor does who waits');
    this.#demand -= set.size;
    this.#running--;
  }

  /** Who is to go on now, its set fitting beside the others; NOBODY: nobody. */
  resumeIfItFits(): Sequence {
    if (this.#suspended.length === 0) return NOBODY;
    const first = this.#suspended[0];
    const size = this.#isWaiting[first] === 1 ? 0 : this.#sets[first]!.size;
    const fits = this.#demand + size <= this.#frameCount;
    return fits || this.#running === 0 ? this.resumeFirst() : NOBODY;
  }

  /** Whether it fits or not: nobody else can go on. */
  resumeFirst(): Sequence {
    const first = this.#suspended.shift();
    if (first === undefined) return NOBODY;
    this.#isSuspended[first] = 0;
    if (this.#isWaiting[first] === 1) return first;
    this.#demand += this.#sets[first]!.size;
    this.#running++;
    return first;
  }

  /** Of equals the one with the highest number. */
  #suspendLargest(): void {
    let largest = NOBODY;
    let size = 0;
    this.#sets.forEach((set, sequence) => {
      const isOut = this.#isSuspended[sequence] + this.#isWaiting[sequence] > 0;
      if (set === undefined || isOut || set.size < size) return;
      largest = sequence;
      size = set.size;
    });
    this.#isSuspended[largest] = 1;
    this.#suspended.push(largest);
    this.#demand -= size;
    this.#running--;
    this.suspensions++;
  }
}

/** The distinct pages among the last `window` references of one sequence. */
class WorkingSet {
  readonly #window: number;
  /** The references in the window, a ring once it is full. */
  readonly #pages: Page[] = [];
  #oldest = 0;
  readonly #uses = new Map<Page, number>();

  constructor(window: number) {
    this.#window = window;
  }

  get size(): number {
    return this.#uses.size;
  }

  refer(page: Page): void {
    if (this.#pages.length === this.#window) {
      this.#forget(this.#pages[this.#oldest]);
      this.#pages[this.#oldest] = page;
      this.#oldest = this.#oldest + 1 === this.#window ? 0 : this.#oldest + 1;
    } else this.#pages.push(page);
    this.#uses.set(page, (this.#uses.get(page) ?? 0) + 1);
  }

  #forget(page: Page): void {
    const uses = this.#uses.get(page)!;
    if (uses === 1) this.#uses.delete(page);
    else this.#uses.set(page, uses - 1);
  }
}
