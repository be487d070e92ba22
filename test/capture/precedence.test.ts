import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AT_END, type Edge, rendezvousOf } from '../../src/capture/precedence.ts';
import type { Thread } from '../../src/capture/processes.ts';

const threads = Array.from(
  { length: 4 },
  (_, sequence): Thread => ({
    sequence,
    process: undefined as unknown as Thread['process'],
    isLeader: true,
    clearAddress: 0,
    born: undefined,
    exitStamp: undefined,
  }),
);

/** Points are moments of one time line, so nothing can contradict. */
const moments = 40;
const anyEdges = fc
  .array(
    fc.record({
      from: fc.nat(3),
      to: fc.nat(3),
      at: fc.nat(moments - 2),
      later: fc.nat(moments),
      isEnd: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((rows) =>
    rows
      .filter(({ from, to }) => from !== to)
      .map(({ from, to, at, later }): Edge => {
        const after = at + 1 + (later % (moments - at));
        return {
          from: { thread: threads[from], at: 2 * at },
          to: { thread: threads[to], at: 2 * after + 1 },
        };
      }),
  );

/**
 * Runs threads by turns, always the first that can; calls `passed` with thread and point for each
 * wake and wait. Tokens are counted, as the notation has it.
 */
function play(edges: readonly Edge[], order: readonly number[]): Map<Thread, number>[] {
  const { rendezvous } = rendezvousOf(edges, []);
  const next = new Map(threads.map((thread) => [thread, 0]));
  const tokens = new Map<string, number>();
  const reached = new Map<Thread, number>(threads.map((thread) => [thread, -1]));
  const snapshots: Map<Thread, number>[] = [];
  for (let moved = true; moved; ) {
    moved = false;
    for (const i of order) {
      const thread = threads[i];
      const list = rendezvous.get(thread) ?? [];
      const step = list[next.get(thread)!];
      if (step === undefined) {
        if (reached.get(thread) !== AT_END) moved = true;
        reached.set(thread, AT_END);
        continue;
      }
      const key = step.isWake
        ? `${thread.sequence}>${step.other.sequence}`
        : `${step.other.sequence}>${thread.sequence}`;
      const left = tokens.get(key) ?? 0;
      if (!step.isWake && left === 0) {
        // Everything before the wait has happened.
        reached.set(thread, step.at - 1);
        continue;
      }
      tokens.set(key, step.isWake ? left + 1 : left - 1);
      next.set(thread, next.get(thread)! + 1);
      reached.set(thread, step.at);
      moved = true;
      snapshots.push(new Map(reached));
    }
  }
  for (const thread of threads) {
    expect(next.get(thread)).toBe((rendezvous.get(thread) ?? []).length);
  }
  return snapshots;
}

describe('wakes and waits made of edges', () => {
  it('let every thread end, and hold each back until what it needs has happened', () => {
    const anyOrder = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(anyEdges, anyOrder, (edges, order) => {
        for (const reached of play(edges, order)) {
          for (const { from, to } of edges) {
            const isBeyond = reached.get(to.thread)! > to.at;
            if (isBeyond) expect(reached.get(from.thread)!).toBeGreaterThanOrEqual(from.at);
          }
        }
      }),
      { numRuns: 300, seed: 20_030_614 },
    );
  });

  it('need no token where an earlier edge of the pair says as much', () => {
    const [a, b] = threads;
    const edge = (from: number, to: number): Edge => ({
      from: { thread: a, at: from },
      to: { thread: b, at: to },
    });
    const { rendezvous } = rendezvousOf([edge(8, 10), edge(4, 20), edge(12, 30)], []);
    expect(rendezvous.get(b)?.map(({ at }) => at)).toEqual([10, 30]);
    expect(rendezvous.get(a)?.map(({ at }) => at)).toEqual([8, 12]);
  });

  it('need no token for an end', () => {
    const [a, b] = threads;
    const edge: Edge = { from: { thread: a, at: AT_END }, to: { thread: b, at: 3 } };
    const { rendezvous } = rendezvousOf([edge], []);
    expect(rendezvous.get(a)).toBeUndefined();
    expect(rendezvous.get(b)).toEqual([{ at: 3, isWake: false, other: a }]);
  });

  it('leave out one of two edges that contradict each other', () => {
    const [a, b] = threads;
    const edges: Edge[] = [
      { from: { thread: a, at: 8 }, to: { thread: b, at: 3 } },
      { from: { thread: b, at: 8 }, to: { thread: a, at: 4 } },
    ];
    expect(rendezvousOf(edges, []).droppedCount).toBe(1);
  });
});
