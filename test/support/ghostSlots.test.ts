import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GhostSlots, NO_SLOT } from '../../src/support/ghostSlots.ts';

const PAGES = 12;
const FIRST = 5;
const SLOTS = 4;

describe('slots of ghosts', () => {
  it('are each of one page at most, numbered after the frames, and found by the page', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(PAGES - 1)), (pages) => {
        const slots = new GhostSlots(PAGES, FIRST, SLOTS);
        const slotOf = new Map<number, number>();
        for (const page of pages) {
          const slot = slotOf.get(page);
          if (slot !== undefined) {
            slots.release(slot);
            slotOf.delete(page);
          } else if (slotOf.size < SLOTS) slotOf.set(page, slots.take(page));
          for (let i = 0; i < PAGES; i++) expect(slots.of(i)).toBe(slotOf.get(i) ?? NO_SLOT);
          const taken = [...slotOf.values()];
          expect(new Set(taken).size).toBe(taken.length);
          expect(taken.every((one) => one >= FIRST && one < FIRST + SLOTS)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('are not taken when there is none left', () => {
    const slots = new GhostSlots(PAGES, FIRST, 1);
    slots.take(3);
    expect(() => slots.take(4)).toThrow('ghosts are not more than their slots');
  });
});
