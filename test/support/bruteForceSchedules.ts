/*
 * The least cost over all schedules of a fingerprint, by trying everything: at each step which
 * sequence goes on, and at each eviction which page leaves. For a few sequences of a few
 * references; an oracle, not an algorithm. It knows no clocks: any order that waits and forks allow.
 */
import type { Prices } from '../../src/engine/machine.ts';
import { Action } from '../../src/fingerprint/action.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';

export function bruteForceSchedules(
  { sequences, backing }: Fingerprint,
  frameCount: number,
  prices: Prices,
): number {
  const isForked = sequences.map((_, child) =>
    sequences.some(({ actions, operands }) =>
      actions.some((action, row) => action === Action.Fork && operands[row] === child),
    ),
  );
  const usersOf = (page: number): number[] =>
    [...sequences.keys()].filter((i) =>
      sequences[i].actions.some(
        (action, row) => action <= Action.Write && sequences[i].operands[row] === page,
      ),
    );
  const owned = sequences.map(({ actions, operands }, sequence) => {
    let bits = 0;
    if (backing === 'file') return bits;
    actions.forEach((action, row) => {
      if (action <= Action.Write && `${usersOf(operands[row])}` === `${sequence}`) {
        bits |= 1 << operands[row];
      }
    });
    return bits;
  });
  const countOf = (sequence: number, end: number, action: number, other: number): number => {
    let count = 0;
    const { actions, operands } = sequences[sequence];
    for (let row = 0; row < Math.min(end, actions.length); row++) {
      if (actions[row] === action && operands[row] === other) count++;
    }
    return count;
  };
  /** Whether `sequence` may play its next action; behind its last one it ends. */
  const mayAct = (rows: readonly number[], sequence: number): boolean => {
    const { actions, operands } = sequences[sequence];
    const row = rows[sequence];
    if (row > actions.length) return false;
    if (row === 0 && isForked[sequence]) {
      const parents = sequences.map((_, i) => countOf(i, rows[i], Action.Fork, sequence));
      if (parents.every((count) => count === 0)) return false;
    }
    if (actions[row] !== Action.Wait) return true;
    const other = operands[row];
    if (rows[other] > sequences[other].actions.length) return true;
    const wakes = countOf(other, rows[other], Action.Wake, sequence);
    return wakes > countOf(sequence, row, Action.Wait, other);
  };

  const known = new Map<string, number>();
  const rest = (rows: number[], resident: number, dirty: number, content: number): number => {
    const key = `${rows}|${resident}|${dirty}|${content}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let best = Number.POSITIVE_INFINITY;
    let hasActed = false;
    for (let sequence = 0; sequence < rows.length; sequence++) {
      if (!mayAct(rows, sequence)) continue;
      hasActed = true;
      const after = [...rows];
      after[sequence]++;
      const action = sequences[sequence].actions[rows[sequence]];
      const operand = sequences[sequence].operands[rows[sequence]];
      if (action === undefined || action > Action.Write) {
        const gone = action === Action.Exit ? owned[sequence] : 0;
        best = Math.min(best, rest(after, resident & ~gone, dirty & ~gone, content));
        continue;
      }
      const bit = 1 << operand;
      const written = action === Action.Write ? bit : 0;
      const use = (kept: number, cost: number): void => {
        const nowDirty = (dirty & kept) | written;
        best = Math.min(best, cost + rest(after, kept | bit, nowDirty, content | written));
      };
      if ((resident & bit) !== 0) {
        use(resident, 0);
        continue;
      }
      const pageIn = backing === 'file' || (content & bit) !== 0 ? prices.pageInCost : 0;
      if (countBits(resident) < frameCount) use(resident, pageIn);
      else {
        for (let victim = 1; victim <= resident; victim <<= 1) {
          if ((resident & victim) === 0) continue;
          const pageOut = (dirty & victim) !== 0 ? prices.pageOutCost : 0;
          use(resident & ~victim, pageIn + pageOut);
        }
      }
    }
    if (!hasActed) best = prices.chargeFinal ? prices.pageOutCost * countBits(dirty) : 0;
    known.set(key, best);
    return best;
  };
  return rest(
    sequences.map(() => 0),
    0,
    0,
    0,
  );
}

function countBits(word: number): number {
  let count = 0;
  for (; word !== 0; word &= word - 1) count++;
  return count;
}
