import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinHeap } from '../../src/support/minHeap.ts';

const ITEMS = 12;

describe('a heap', () => {
  it('has the least key on top, whatever is inserted, updated and removed', () => {
    const steps = fc.array(
      fc.record({
        action: fc.constantFrom('set', 'remove', 'removeTop'),
        item: fc.nat(ITEMS - 1),
        key: fc.integer({ min: -20, max: 20 }),
      }),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(steps, (actions) => {
        const heap = new MinHeap(ITEMS);
        const keys = new Map<number, number>();
        for (const { action, item, key } of actions) {
          const gone = action === 'removeTop' ? heap.top : item;
          if (action === 'set') {
            if (keys.has(item)) heap.update(item, key);
            else heap.insert(item, key);
            keys.set(item, key);
          } else if (keys.delete(gone)) heap.remove(gone);
          expect(heap.length).toBe(keys.size);
          for (let i = 0; i < ITEMS; i++) expect(heap.has(i)).toBe(keys.has(i));
          for (const [i, value] of keys) expect(heap.keyOf(i)).toBe(value);
          if (keys.size > 0) expect(keys.get(heap.top)).toBe(Math.min(...keys.values()));
          else expect(heap.top).toBe(-1);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
