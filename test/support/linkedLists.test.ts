import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinkedLists, NO_LIST } from '../../src/support/linkedLists.ts';

const LISTS = 3;
const ITEMS = 8;

/** The items of a list, read from its front or from its back. */
function read(lists: LinkedLists, list: number, from: 'front' | 'back'): number[] {
  const items: number[] = [];
  const step = from === 'front' ? 'next' : 'previous';
  // No list is longer than there are items: a ring that never closes must not hang.
  for (let item = lists[from](list); item >= 0 && items.length <= ITEMS; item = lists[step](item)) {
    items.push(item);
  }
  expect(items.every((item) => lists.listOf[item] === list)).toBe(true);
  return items;
}

describe('linked lists', () => {
  it('hold what arrays hold, read from either end, whatever is pushed, moved and removed', () => {
    const steps = fc.array(
      fc.record({
        action: fc.constantFrom('front', 'back', 'move', 'remove'),
        item: fc.nat(ITEMS - 1),
        list: fc.nat(LISTS - 1),
      }),
    );
    fc.assert(
      fc.property(steps, (actions) => {
        const lists = new LinkedLists(ITEMS, LISTS);
        const arrays: number[][] = Array.from({ length: LISTS }, () => []);
        for (const { action, item, list } of actions) {
          const isListed = arrays.some((array) => array.includes(item));
          const isPush = action === 'front' || action === 'back';
          if (isListed === isPush) continue;
          for (const array of arrays) if (isListed) removeFrom(array, item);
          if (action === 'front') lists.pushFront(item, list);
          if (action === 'back') lists.pushBack(item, list);
          if (action === 'move') lists.moveToFront(item, list);
          if (action === 'remove') lists.remove(item);
          if (action === 'back') arrays[list].push(item);
          else if (action !== 'remove') arrays[list].unshift(item);
          for (const [i, array] of arrays.entries()) {
            expect(lists.length(i)).toBe(array.length);
            expect(read(lists, i, 'front')).toEqual(array);
            expect(read(lists, i, 'back')).toEqual(array.toReversed());
          }
          expect(lists.listOf[item]).toBe(arrays.findIndex((array) => array.includes(item)));
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('are empty to begin with, and no number is in one', () => {
    const lists = new LinkedLists(2, 2);
    expect([lists.front(0), lists.back(1), lists.length(0), lists.length(1)]).toEqual([
      -1, -1, 0, 0,
    ]);
    expect([...lists.listOf]).toEqual([NO_LIST, NO_LIST]);
  });
});

function removeFrom(array: number[], item: number): void {
  const index = array.indexOf(item);
  if (index >= 0) array.splice(index, 1);
}
