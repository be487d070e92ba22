import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameList } from '../../src/support/frameList.ts';

const ITEMS = 8;
const ACTIONS = ['front', 'back', 'before', 'move', 'remove', 'replace'] as const;

/** The items from the front on, or from the back. */
function read(list: FrameList, step: 'next' | 'previous'): number[] {
  const items: number[] = [];
  let item = list[step](list.sentinel);
  // No list is longer than there are items: a ring that never closes must not hang.
  for (; item !== list.sentinel && items.length <= ITEMS; item = list[step](item)) items.push(item);
  return items;
}

describe('a frame list', () => {
  it('holds what an array holds, read from either end, whatever is done to it', () => {
    const steps = fc.array(
      fc.record({
        action: fc.constantFrom(...ACTIONS),
        item: fc.nat(ITEMS - 1),
        other: fc.nat(ITEMS - 1),
      }),
    );
    fc.assert(
      fc.property(steps, (actions) => {
        const list = new FrameList(ITEMS);
        const array: number[] = [];
        for (const { action, item, other } of actions) {
          const at = array.indexOf(item);
          const otherAt = array.indexOf(other);
          if (action === 'move' || action === 'remove') {
            if (at < 0) continue;
            array.splice(at, 1);
            if (action === 'remove') list.remove(item);
            else {
              list.moveToFront(item);
              array.unshift(item);
            }
          } else if (action === 'replace') {
            if (at < 0 || otherAt >= 0) continue;
            list.replace(item, other);
            array[at] = other;
          } else {
            if (at >= 0 || (action === 'before' && otherAt < 0)) continue;
            if (action === 'front') list.pushFront(item);
            else if (action === 'back') list.pushBack(item);
            else list.insertBefore(item, other);
            const place = { front: 0, back: array.length, before: otherAt }[action];
            array.splice(place, 0, item);
          }
          expect(read(list, 'next')).toEqual(array);
          expect(read(list, 'previous')).toEqual(array.toReversed());
          expect(list.length).toBe(array.length);
          expect([list.front, list.back]).toEqual([array[0] ?? -1, array.at(-1) ?? -1]);
          for (let i = 0; i < ITEMS; i++) expect(list.has(i)).toBe(array.includes(i));
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
