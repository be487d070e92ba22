/** Which slots pages get, and that none is lost or given twice. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SwapSpace } from '../../src/vm/swapSpace.ts';

/** All of 64 slots taken, and then 1, 3, 5 … 15 and the cluster from 40 given up. */
function fullOfHoles(clusterSlots: number): SwapSpace {
  const swap = new SwapSpace(64, 200, clusterSlots);
  for (let page = 0; page < 64; page++) expect(swap.take(page)).toBe(page);
  for (let page = 1; page < 16; page += 2) swap.free(page);
  for (let page = 40; page < 48; page++) swap.free(page);
  return swap;
}

const taken = (swap: SwapSpace, count: number): number[] =>
  Array.from({ length: count }, (_, i) => swap.take(100 + i));

it('slots are taken one after the other, holes and all', () => {
  expect(taken(fullOfHoles(1), 8)).toEqual([1, 3, 5, 7, 9, 11, 13, 15]);
});

it('with clusters they are taken from one that is free, and from holes when there is none', () => {
  const swap = fullOfHoles(8);
  expect(taken(swap, 16)).toEqual([
    ...[40, 41, 42, 43, 44, 45, 46, 47],
    ...[1, 3, 5, 7, 9, 11, 13, 15],
  ]);
  expect(swap.take(150)).toBe(-1);
  swap.verify();
});

it('slot 0 is a slot: the first page to leave is found again, and not taken for one without', () => {
  const swap = new SwapSpace(2, 3);
  expect([swap.take(2), swap.slotOf(2), swap.slotOf(1)]).toEqual([0, 0, -1]);
  expect([swap.take(1), swap.take(0)]).toEqual([1, -1]);
  swap.free(2);
  expect([swap.take(0), swap.beside(0, 1), swap.beside(1, -1)]).toEqual([0, 1, 0]);
});

it('a slot belongs to one page, and is given while there is one, whatever the clusters', () => {
  const step = fc.record({ page: fc.nat(39), isTaken: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.constantFrom(1, 3, 8, 64),
      fc.constantFrom(0, 1, 7, 20, Number.POSITIVE_INFINITY),
      (steps, clusterSlots, slotCount) => {
        const swap = new SwapSpace(slotCount, 40, clusterSlots);
        const slotOf = new Map<number, number>();
        for (const { page, isTaken } of steps) {
          if (!isTaken) {
            swap.free(page);
            slotOf.delete(page);
          } else {
            const slot = swap.take(page);
            const isFull = !slotOf.has(page) && slotOf.size === slotCount;
            expect(slot === -1).toBe(isFull);
            if (isFull) continue;
            expect(slotOf.get(page) ?? slot).toBe(slot);
            slotOf.set(page, slot);
          }
          expect(new Set(slotOf.values()).size).toBe(slotOf.size);
          expect(swap.used).toBe(slotOf.size);
          swap.verify();
        }
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});
