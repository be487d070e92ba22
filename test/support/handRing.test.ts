import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandRing } from '../../src/support/handRing.ts';

interface Item {
  readonly item: number;
  isMarked: boolean;
  passes: number;
}

/** An array whose first element is under the hand. */
class NaiveRing {
  all: Item[] = [];

  find(item: number): Item | undefined {
    return this.all.find((other) => other.item === item);
  }

  remove(item: number): void {
    this.all = this.all.filter((other) => other.item !== item);
  }

  turn(): number {
    const first = this.all.shift()!;
    first.passes++;
    this.all.push(first);
    return first.item;
  }

  pass(most: number): number {
    let count = 0;
    while (count < most && this.all.length > 0 && !this.all[0].isMarked) {
      this.turn();
      count++;
    }
    return count;
  }
}

const CAPACITY = 300;

/** What is done, to which number or how often; weights make the ring grow and shrink. */
const steps = fc.array(
  fc.tuple(
    fc.constantFrom('insert', 'insert', 'remove', 'mark', 'unmark', 'pass', 'turn', 'passes'),
    fc.nat(CAPACITY - 1),
  ),
  { maxLength: 600, size: 'max' },
);

function compare(inserted: number, markEvery: number, todo: [string, number][]): void {
  const ring = new HandRing(CAPACITY);
  const naive = new NaiveRing();
  const insert = (item: number, isMarked: boolean): void => {
    ring.insert(item, isMarked);
    naive.all.push({ item, isMarked, passes: 0 });
  };
  for (let item = 0; item < inserted; item++) insert(item, item % markEvery === 0);
  for (const [what, number] of todo) {
    const there = naive.find(number);
    expect(ring.has(number)).toBe(there !== undefined);
    if (what === 'pass') expect(ring.pass(number * 2)).toBe(naive.pass(number * 2));
    else if (what === 'turn') {
      if (naive.all.length > 0) expect(ring.turn()).toBe(naive.turn());
    } else if (there === undefined) {
      if (what === 'insert') insert(number, number % markEvery === 0);
    } else if (what === 'remove') {
      ring.remove(number);
      naive.remove(number);
    } else if (what === 'passes') {
      expect(ring.takePasses(number)).toBe(there.passes);
      there.passes = 0;
    } else if (what !== 'insert') {
      there.isMarked = what === 'mark';
      ring.mark(number, there.isMarked);
    }
    expect(ring.length).toBe(naive.all.length);
  }
  for (const { item, passes } of naive.all) expect(ring.takePasses(item)).toBe(passes);
  for (let left = naive.all.length; left > 0; left--) expect(ring.turn()).toBe(naive.turn());
}

describe('HandRing', () => {
  it('is an array that is turned, whatever is put in, taken out, marked and passed', () => {
    fc.assert(
      fc.property(
        fc.nat(CAPACITY),
        fc.constantFrom(1, 5, 70, 1000),
        steps,
        (inserted, markEvery, todo) => compare(inserted, markEvery, todo),
      ),
      { seed: 1, numRuns: 150 },
    );
  });

  it('passes a full ring without marks many times over', () => {
    const ring = new HandRing(CAPACITY);
    for (let item = 0; item < CAPACITY; item++) ring.insert(item, false);
    expect(ring.pass(CAPACITY * 1000 + 7)).toBe(CAPACITY * 1000 + 7);
    expect(ring.turn()).toBe(7);
    expect([ring.takePasses(6), ring.takePasses(7), ring.takePasses(8)]).toEqual([
      1001, 1001, 1000,
    ]);
  });
});
