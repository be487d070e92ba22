/*
 * Who is next: a binary heap of (time, number), least time first, of equals the lower number. Each
 * number is in it at most once, so `capacity` numbers 0 … capacity − 1 are room enough.
 *
 * 16 bytes a number: where each one stands is kept, so that it can be moved or taken out.
 */
import { assert } from './assert.ts';

export const NOBODY = -1;

export class Agenda {
  readonly #times: Float64Array;
  readonly #numbers: Int32Array;
  /** Where each number stands in the heap; meaningless for those that are not in it. */
  readonly #placeOf: Int32Array;
  #length = 0;

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#numbers = new Int32Array(capacity);
    this.#placeOf = new Int32Array(capacity);
  }

  push(time: number, number: number): void {
    assert(this.#length < this.#times.length, 'an agenda has room for each number once');
    this.#rise(this.#length++, time, number);
  }

  /** Gives a number that is in the agenda an earlier time. */
  hasten(time: number, number: number): void {
    const place = this.#placeOf[number];
    assert(place < this.#length && this.#numbers[place] === number, 'it is in the agenda');
    assert(time <= this.#times[place], 'it becomes earlier');
    this.#rise(place, time, number);
  }

  /** Gives a number that is in the agenda another time, earlier or later. */
  move(time: number, number: number): void {
    const place = this.#placeOf[number];
    assert(place < this.#length && this.#numbers[place] === number, 'it is in the agenda');
    this.#settle(place, time, number);
  }

  /** Takes out a number that is in the agenda. */
  remove(number: number): void {
    const place = this.#placeOf[number];
    assert(place < this.#length && this.#numbers[place] === number, 'it is in the agenda');
    const last = --this.#length;
    if (place < last) this.#settle(place, this.#times[last], this.#numbers[last]);
  }

  /** The number that is next; NOBODY when there is none. */
  get first(): number {
    return this.#length === 0 ? NOBODY : this.#numbers[0];
  }

  /** Takes out the number that is next; NOBODY when there is none. */
  pop(): number {
    const first = this.first;
    if (first !== NOBODY) this.remove(first);
    return first;
  }

  /** Whether someone comes before (time, number). */
  precedes(time: number, number: number): boolean {
    return this.#length > 0 && !this.#follows(0, time, number);
  }

  /** Moves (time, number) from the empty `place` to where it belongs. */
  #settle(place: number, time: number, number: number): void {
    if (place > 0 && this.#follows((place - 1) >>> 1, time, number)) {
      this.#rise(place, time, number);
    } else {
      this.#sink(place, time, number);
    }
  }

  /** The same, down. */
  #sink(place: number, time: number, number: number): void {
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#length) break;
      const right = child + 1;
      if (right < this.#length && this.#follows(child, this.#times[right], this.#numbers[right])) {
        child = right;
      }
      if (this.#follows(child, time, number)) break;
      this.#put(place, this.#times[child], this.#numbers[child]);
      place = child;
    }
    this.#put(place, time, number);
  }

  /** Moves (time, number) from the empty `place` up to where it belongs. */
  #rise(place: number, time: number, number: number): void {
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (!this.#follows(parent, time, number)) break;
      this.#put(place, this.#times[parent], this.#numbers[parent]);
      place = parent;
    }
    this.#put(place, time, number);
  }

  #put(place: number, time: number, number: number): void {
    this.#times[place] = time;
    this.#numbers[place] = number;
    this.#placeOf[number] = place;
  }

  /** Whether the one at `place` comes after (time, number). */
  #follows(place: number, time: number, number: number): boolean {
    const placed = this.#times[place];
    return placed > time || (placed === time && this.#numbers[place] > number);
  }
}
