import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ThreadKeeper } from '../../src/node/threadKeeper.ts';

interface Task {
  readonly lane: string | undefined;
  readonly ticks: number;
  readonly fails: boolean;
}

/** Threads that only wait, and what each of them was given. */
function keeper(count: number) {
  const started: (string | undefined)[][] = [];
  let alive = 0;
  let mostAlive = 0;
  const kept = new ThreadKeeper<Task, Task>({
    count,
    laneOf: ({ lane }) => lane,
    start() {
      const lanes: (string | undefined)[] = [];
      started.push(lanes);
      mostAlive = Math.max(mostAlive, ++alive);
      let isBusy = false;
      return {
        async run(task) {
          expect(isBusy).toBe(false);
          isBusy = true;
          lanes.push(task.lane);
          for (let tick = 0; tick < task.ticks; tick++) await Promise.resolve();
          isBusy = false;
          if (task.fails) throw new Error(`failed in ${task.lane}`);
          return task;
        },
        async end() {
          expect(isBusy).toBe(false);
          await Promise.resolve();
          alive--;
        },
      };
    },
  });
  return { kept, started, mostAlive: () => mostAlive, alive: () => alive };
}

const tasks = fc.array(
  fc.record({
    lane: fc.constantFrom('lru', 'clock', 'sieve', undefined),
    ticks: fc.nat(6),
    fails: fc.boolean(),
  }),
  { maxLength: 30 },
);

describe('threads', () => {
  it('run one lane each, never more than so many at a time, and every task is answered', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, fc.integer({ min: 1, max: 4 }), async (list, count) => {
        const { kept, started, mostAlive, alive } = keeper(count);
        const answers = await Promise.allSettled(list.map((task) => kept.run(task)));
        for (const [i, answer] of answers.entries()) {
          const task = list[i];
          if (answer.status === 'fulfilled') expect(answer.value).toBe(task);
          else expect(answer.reason).toEqual(new Error(`failed in ${task.lane}`));
          expect(answer.status === 'rejected').toBe(task.fails);
        }
        for (const lanes of started) {
          // A thread that a task without a lane has used is nobody's own any more.
          const named = lanes.slice(0, lanes.indexOf(undefined) >>> 0);
          expect(new Set(named).size).toBeLessThanOrEqual(1);
          const after = lanes.slice(named.length);
          expect(after.every((lane) => lane === undefined)).toBe(true);
        }
        expect(mostAlive()).toBeLessThanOrEqual(count);
        await kept.close();
        expect(alive()).toBe(0);
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it('go on with their lane while there is more of it, and are then replaced', async () => {
    const { kept, started } = keeper(2);
    const lanes = ['lru', 'clock', 'sieve', 'lru', 'sieve', 'clock', 'lru', 'sieve'];
    await Promise.all(lanes.map((lane) => kept.run({ lane, ticks: 3, fails: false })));
    expect(started.map(([lane, ...rest]) => [lane, 1 + rest.length])).toEqual([
      ['lru', 3],
      ['clock', 2],
      ['sieve', 2],
      // Nothing else was left to do for the place of clock.
      ['sieve', 1],
    ]);
  });

  it('start nothing after they were closed', async () => {
    const { kept, started, alive } = keeper(1);
    const first = kept.run({ lane: 'lru', ticks: 1, fails: false });
    void kept.run({ lane: 'clock', ticks: 1, fails: false });
    await first;
    await kept.close();
    for (let tick = 0; tick < 10; tick++) await Promise.resolve();
    expect([started.length, alive()]).toEqual([1, 0]);
  });
});
