/** The log that serves as a list is an array in which one looks. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LogList } from '../../src/support/logList.ts';

it('is the array it stands for, however often it is squeezed and grows', () => {
  const step = fc.tuple(fc.constantFrom('push', 'push', 'push', 'remove', 'pop'), fc.nat(2999));
  fc.assert(
    fc.property(fc.array(step, { minLength: 6000, maxLength: 9000 }), (steps) => {
      const list = new LogList(3000);
      const naive: number[] = [];
      for (const [what, number] of steps) {
        const at = naive.indexOf(number);
        if (what === 'push' && at < 0) {
          list.pushFront(number);
          naive.unshift(number);
        } else if (what === 'remove' && at >= 0) {
          list.remove(number);
          naive.splice(at, 1);
        } else if (what === 'pop' && naive.length > 0) {
          list.remove(naive.pop()!);
        }
        expect(list.back).toBe(naive.at(-1) ?? -1);
        expect(list.length).toBe(naive.length);
        expect(list.has(number)).toBe(naive.includes(number));
      }
    }),
    { seed: 1, numRuns: 3 },
  );
});
