import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrequencySketch } from '../../src/support/frequencySketch.ts';

const NEVER = 1e9;
const items = fc.array(fc.nat(200), { maxLength: 600 });

/** What a sketch without collisions says: counts up to 15, halved after every sample. */
function exactCounts(added: readonly number[], sampleSize: number): Map<number, number> {
  const counts = new Map<number, number>();
  let additions = 0;
  for (const item of added) {
    counts.set(item, Math.min(15, (counts.get(item) ?? 0) + 1));
    if (++additions < sampleSize) continue;
    for (const [key, count] of counts) counts.set(key, count >> 1);
    additions >>= 1;
  }
  return counts;
}

describe('a frequency sketch', () => {
  it('never says less than how often an item was added lately, and at most 15', () => {
    fc.assert(
      fc.property(
        items,
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 64 }),
        (added, sampleSize, capacity) => {
          const sketch = new FrequencySketch(capacity, sampleSize);
          for (const item of added) sketch.add(item);
          for (const [item, count] of exactCounts(added, sampleSize)) {
            expect(sketch.frequency(item)).toBeGreaterThanOrEqual(count);
            expect(sketch.frequency(item)).toBeLessThanOrEqual(15);
          }
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is exact for one item, which shares no counter', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 31),
        fc.nat(60),
        fc.integer({ min: 1, max: 40 }),
        (item, times, sampleSize) => {
          const sketch = new FrequencySketch(1, sampleSize);
          const added = new Array<number>(times).fill(item);
          for (const each of added) sketch.add(each);
          expect(sketch.frequency(item)).toBe(exactCounts(added, sampleSize).get(item) ?? 0);
        },
      ),
      { seed: 2, numRuns: 200 },
    );
  });

  it('is exact for nearly all of as many items as it was made for', () => {
    const capacity = 1000;
    const sketch = new FrequencySketch(capacity, NEVER);
    const timesOf = (item: number): number => (item * 7) % 13;
    for (let item = 0; item < capacity; item++) {
      for (let i = 0; i < timesOf(item); i++) sketch.add(item);
    }
    const all = Array.from({ length: capacity }, (_, item) => item);
    const wrong = all.filter((item) => sketch.frequency(item) !== timesOf(item));
    // By chance all four counters of one in 400 are shared; see the sketch's header.
    expect(wrong.length).toBeLessThanOrEqual(capacity / 100);
  });

  it('knows nothing of what was never added, in nearly all cases', () => {
    const sketch = new FrequencySketch(1000, NEVER);
    for (let item = 0; item < 1000; item++) sketch.add(item);
    const others = Array.from({ length: 1000 }, (_, i) => 1_000_000 + i * 31);
    expect(others.filter((item) => sketch.frequency(item) > 0).length).toBeLessThanOrEqual(20);
  });

  it('halves all counts after a sample, and the next sample is half begun', () => {
    const sketch = new FrequencySketch(16, 8);
    for (let i = 0; i < 7; i++) sketch.add(5);
    expect(sketch.frequency(5)).toBe(7);
    sketch.add(5);
    expect(sketch.frequency(5)).toBe(4);
    for (let i = 0; i < 3; i++) sketch.add(5);
    expect(sketch.frequency(5)).toBe(7);
    sketch.add(5);
    expect(sketch.frequency(5)).toBe(4);
  });
});
