import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { references } from '../support/references.ts';
import { victimsOf } from './victims.ts';

const policies = await loadPolicies();
const policyOf = (id: string): PolicySpec => policies.get(id) as PolicySpec;

function pageIns(id: string, string: ReferenceString, frameCount: number): number {
  return replayVerified(string, { policy: policyOf(id), frameCount, seed: 1 }).pageIns;
}

/** The pages that left, in order. */
function victimPages(id: string, text: string, frameCount: number, options = {}): number[] {
  const run = { policy: policyOf(id), frameCount, options, seed: 1 };
  return victimsOf(references(text), run).map((victim) => Number(/: (\d+) in/.exec(victim)?.[1]));
}

const TWENTY = references('7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1');
const ANOMALY = references('1 2 3 4 1 2 5 1 2 3 4 5');

describe('on the textbook strings', () => {
  it.each([
    ['fifo', 15],
    ['lru', 12],
    ['clock', 14],
    ['second-chance', 14],
    ['min', 9],
  ])('%s reads %i pages of the twenty with 3 frames', (id, expected) => {
    expect(pageIns(id, TWENTY, 3)).toBe(expected);
  });

  it.each([
    ['fifo', 9, 10],
    ['lru', 10, 8],
    ['min', 7, 6],
  ])('%s reads %i pages with 3 frames and %i with 4', (id, three, four) => {
    expect([pageIns(id, ANOMALY, 3), pageIns(id, ANOMALY, 4)]).toEqual([three, four]);
  });

  it('on a loop one page longer than memory lru reads every reference, mru what min reads', () => {
    const loop = references('0 1 2 3 4 '.repeat(20));
    expect(pageIns('lru', loop, 4)).toBe(100);
    expect(pageIns('mru', loop, 4)).toBe(pageIns('min', loop, 4));
    expect(pageIns('mru', loop, 4)).toBe(28);
  });
});

describe('what tells a policy from its neighbours', () => {
  it('second chance evicts exactly as clock when nothing exits', () => {
    fc.assert(
      fc.property(
        randomStrings({ pages: 12, maxLength: 300, maxReleases: 0 }),
        fc.integer({ min: 1, max: 10 }),
        (string, frameCount) => {
          const [clock, queue] = ['clock', 'second-chance'].map((id) =>
            victimsOf(string, { policy: policyOf(id), frameCount, seed: 1 }),
          );
          expect(queue).toEqual(clock);
        },
      ),
      { seed: 21, numRuns: 200 },
    );
  });

  it('second chance and clock part when an exit frees a frame ahead of the hand', () => {
    // Frame 2 is refilled by 4 before the hand gets there: next in the ring, last in the queue.
    const text = '0 1 2 3 x2 4 5 6';
    expect(victimPages('clock', text, 3)).toEqual([0, 1, 4]);
    expect(victimPages('second-chance', text, 3)).toEqual([0, 1, 3]);
  });

  it('clock pardons a page for its load, sieve only for a use after it', () => {
    expect(victimPages('clock', '0 1 0 2', 2)).toEqual([0]);
    expect(victimPages('sieve', '0 1 0 2', 2)).toEqual([1]);
  });

  it('nru prefers a clean page to a dirty one, and a dirty one to a used one', () => {
    // The interval of 3 clears the bits before the fourth reference.
    expect(victimPages('nru', '0w 1 2w 3', 3, { interval: 3 })).toEqual([1]);
    expect(victimPages('nru', '0w 1 2w 1 3', 3, { interval: 3 })).toEqual([0]);
  });

  it('aging remembers when a page was used for eight intervals', () => {
    // An interval of 2: page 0 is used before page 1 is, then both rest for five intervals.
    const rest = '2 2 '.repeat(5);
    expect(victimPages('aging', `0 0 1 1 ${rest} 3`, 3, { interval: 2 })).toEqual([0]);
    expect(victimPages('aging', `0 1 1 1 0 0 ${rest} 3`, 3, { interval: 2 })).toEqual([1]);
  });

  it('aging takes the page loaded first when all were used now and not for eight intervals', () => {
    // Page 2 takes the place of 5 at the start of an interval of 4 that uses 0 and 1 as well.
    const text = `5 0 1 1 ${'1 1 1 1 '.repeat(9)} 2 0 1 3`;
    expect(victimPages('aging', text, 3, { interval: 4 })).toEqual([5, 0]);
  });

  it('lfu keeps what was used most, and of equals what was used last', () => {
    expect(victimPages('lfu', '0 0 1 2 3', 3)).toEqual([1]);
    expect(victimPages('lfu', '0 1 2 1 0 2 3', 3)).toEqual([1]);
  });
});
