import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import { simulate } from '../../src/engine/simulate.ts';
import { Action } from '../../src/fingerprint/action.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { SEED } from '../fingerprint/arbitraries.ts';

/** When each sequence ends; with memory for everything and `readNs` for each page of it. */
function ends(fingerprint: Fingerprint, cpus: number, quantumNs: number, readNs = 0): number[] {
  const machine = { ...DEFAULT_MACHINE, cpus, quantumNs, readNs };
  const run = { frameCount: 50, policy: lru, seed: 1, machine };
  return simulate(fingerprint, run).sequences.map(({ endNs }) => endNs);
}

const text = (lines: string) => parseFingerprint(`@page-size 1\n@backing file\n${lines}`, 'x');

describe('few processors', () => {
  it.each([
    ['a S(5)\nb S(5)', 1, 100, [5, 10], 'work is done one after the other'],
    ['a S(5)\nb S(5)', 1, 2, [9, 10], 'in turns of a quantum'],
    ['a S(5)\nb S(5)\nc S(5)', 2, 100, [5, 5, 10], 'by two at a time'],
    ['a S(4)\nb S(4)', 1, 2, [6, 8], 'who is done at the end of its turn is not put back'],
    ['a S(2) S(2)\nb S(4)', 1, 2, [6, 8], 'and two sleeps are one turn after the other'],
    ['a S(9)\nb D(c)\nc S(1) U(b) S(1)', 1, 3, [11, 8, 5], 'a wait leaves the processor'],
    ['a S(10)', 1, 3, [10], 'who is alone goes on'],
    ['a S(2) U(b) S(8)\nb D(a) S(1)', 1, 3, [11, 4], 'who comes has its turn at the next cut'],
    ['a S(7) U(b) S(3)\nb D(a) S(1)', 1, 3, [11, 10], 'a whole number of quanta after the start'],
    ['a S(6) U(b) S(3)\nb D(a) S(1)', 1, 3, [10, 7], 'which may be at once'],
    ['a U(b) S(9)\nb D(a) S(9)\nc S(3) U(d)\nd D(c) S(1)', 3, 4, [9, 9, 3, 4], 'free ones first'],
    ['a S(9)\nb S(9)\nc S(3) U(d) S(9)\nd D(c) S(1)', 3, 4, [9, 9, 13, 5], 'all turns end at once'],
  ])('%j on %i with a quantum of %i: %j, %s', (lines, cpus, quantumNs, expected) => {
    expect(ends(text(lines), cpus, quantumNs)).toEqual(expected);
  });

  it('work while others wait for the device', () => {
    const fingerprint = text('a R(1) S(5)\nb R(2) S(5)');
    // Both are read by 10; then the work is done in turn.
    expect(ends(fingerprint, 1, 100, 10)).toEqual([15, 20]);
    // Here b works while a's page is read.
    expect(ends(text('a R(1) S(5)\nb S(5)'), 1, 100, 10)).toEqual([15, 5]);
  });

  it('are those of a naive round-robin, where nobody meets anybody', () => {
    const sleeps = fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 6,
    });
    const quantum = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(sleeps, quantum, (lists, quantumNs) => {
        const lines = lists.map(
          (list, i) => `s${i} R(1) ${list.map((ns) => `S(${ns}) R(1)`).join(' ')}`,
        );
        expect(ends(text(lines.join('\n')), 1, quantumNs)).toEqual(naiveTurns(lists, quantumNs));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('do as much work as there is, and never more than one thing at a time each', () => {
    const sleeps = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 });
    const cpuCounts = fc.integer({ min: 1, max: 4 });
    const quantum = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(sleeps, cpuCounts, quantum, (list, cpus, quantumNs) => {
        const fingerprint = text(list.map((ns, i) => `s${i} S(${ns})`).join('\n'));
        const completion = Math.max(...ends(fingerprint, cpus, quantumNs));
        const work = list.reduce((sum, ns) => sum + ns, 0);
        expect(completion).toBeGreaterThanOrEqual(Math.max(work / cpus, ...list));
        // Some processor is idle only when fewer sequences than processors are left (Graham 1966).
        expect(completion).toBeLessThanOrEqual(work / cpus + Math.max(...list));
        if (cpus === 1) expect(completion).toBe(work);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

/** One processor, turns of a quantum, first in line first; a turn not used up is the next one's. */
function naiveTurns(lists: readonly number[][], quantumNs: number): number[] {
  const left = lists.map((list) => list.reduce((sum, ns) => sum + ns, 0));
  const end = lists.map(() => 0);
  const line = [...lists.keys()];
  let now = 0;
  for (let next = line.shift(); next !== undefined; next = line.shift()) {
    const turn = Math.min(quantumNs, left[next]);
    now += turn;
    left[next] -= turn;
    if (left[next] > 0) line.push(next);
    else end[next] = now;
  }
  return end;
}

it('sleeps longer than a column of 32 bits are one', () => {
  const ns = 2 ** 32 + 5;
  const fingerprint = text(`a S(${ns})\nb S(1)`);
  expect([...fingerprint.sequences[0].actions]).toEqual([Action.Sleep, Action.Sleep]);
  expect(ends(fingerprint, 1, 2 ** 40)).toEqual([ns, ns + 1]);
});
