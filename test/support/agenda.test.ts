import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Agenda, NOBODY } from '../../src/support/agenda.ts';

it('gives out, at any moment, the least time and of equals the lower number', () => {
  // Pushes and pops against a list that is searched.
  const steps = fc.array(fc.option(fc.nat(4)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (times) => {
      const agenda = new Agenda(times.length);
      const list: { time: number; number: number }[] = [];
      times.forEach((time, number) => {
        if (time === null) {
          list.sort((a, b) => a.time - b.time || a.number - b.number);
          expect(agenda.pop()).toBe(list.shift()?.number ?? NOBODY);
        } else {
          agenda.push(time, number);
          list.push({ time, number });
        }
        const isNext = (t: number, n: number) =>
          list.some((item) => item.time < t || (item.time === t && item.number < n));
        expect(agenda.precedes(2, 50)).toBe(isNext(2, 50));
      });
    }),
    { seed: 11, numRuns: 200 },
  );
});

it('moves a number forward', () => {
  const times = fc.array(fc.nat(20), { minLength: 1, maxLength: 40 });
  const moves = fc.array(fc.tuple(fc.nat(39), fc.nat(5)), { maxLength: 40 });
  fc.assert(
    fc.property(times, moves, (start, hastened) => {
      const now = [...start];
      const agenda = new Agenda(now.length);
      now.forEach((time, number) => {
        agenda.push(time, number);
      });
      for (const [at, by] of hastened) {
        const number = at % now.length;
        now[number] -= by;
        agenda.hasten(now[number], number);
      }
      const order = [...now.keys()].sort((a, b) => now[a] - now[b] || a - b);
      expect(now.map(() => agenda.pop())).toEqual(order);
    }),
    { seed: 11, numRuns: 200 },
  );
});

it('moves a number anywhere, takes any out, and tells which is first', () => {
  const step = fc.record({
    number: fc.nat(19),
    time: fc.nat(6),
    isRemoval: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const agenda = new Agenda(20);
      const timeOf = new Map<number, number>();
      for (const { number, time, isRemoval } of steps) {
        if (!timeOf.has(number)) agenda.push(time, number);
        else if (isRemoval) agenda.remove(number);
        else agenda.move(time, number);
        if (timeOf.has(number) && isRemoval) timeOf.delete(number);
        else timeOf.set(number, time);
        const order = [...timeOf].sort(([a, at], [b, bt]) => at - bt || a - b);
        expect(agenda.first).toBe(order[0]?.[0] ?? NOBODY);
      }
    }),
    { seed: 12, numRuns: 300 },
  );
});
