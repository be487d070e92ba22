import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyClosed } from '../../src/evaluation/closedStatistics.ts';
import { paretoRows, type RunningCost, runningCost } from '../../src/evaluation/pareto.ts';
import { paretoCsv, paretoTable } from '../../src/report/paretoTable.ts';

const policy = (name: string, closedPercent: number | null): PolicyClosed => ({
  policy: name,
  observes: name === 'min' ? 'future' : 'faults',
  fitted: false,
  fingerprints: 1,
  families: 1,
  cells: 1,
  closedPercent,
  closedPercentInterval: null,
  medianClosedPercent: null,
  worstClosedPercent: null,
  worseThanLru: 0,
  minGapPercent: 1,
});
const cost = (an: number, a: number, bytes: number): RunningCost => ({
  operationsPerEviction: an,
  operationsPerReference: a,
  bytesPerPage: bytes,
});

describe('the front of quality and cost', () => {
  it('holds who is beaten by nobody: some order of what matters puts each of them first, and no other', () => {
    const small = fc.nat(3);
    const point = fc.tuple(small, small, small, small);
    const property = fc.property(fc.array(point, { minLength: 1, maxLength: 7 }), (points) => {
      const policies = points.map(([closed], i) => policy(`p${i}`, closed));
      const costs = new Map(points.map(([, ...of], i) => [`p${i}`, cost(...of)]));
      const rows = paretoRows(policies, costs);
      for (const [i, row] of rows.entries()) {
        // Among those that close as much and cost no more in two things, nobody costs less in the third.
        const [closed, ...costsOf] = points[i];
        const atLeast = points.filter(([other]) => other >= closed);
        const isCheapest = [0, 1, 2].every((last) => {
          const rivals = atLeast.filter(([, ...other]) =>
            other.every((value, k) => k === last || value <= costsOf[k]),
          );
          return rivals.every(([, ...other]) => other[last] >= costsOf[last]);
        });
        const closesMost = points
          .filter(([, ...other]) => other.every((value, k) => value <= costsOf[k]))
          .every(([other]) => other <= closed);
        expect(row.isOnFront).toBe(isCheapest && closesMost);
      }
    });
    fc.assert(property, { seed: 96, numRuns: 300 });
  });

  it('leaves out who knows the future, and says nothing of what nobody has counted', () => {
    const rows = paretoRows(
      [policy('min', 100), policy('a', 5), policy('b', null), policy('c', 9)],
      new Map([
        ['min', cost(0, 0, 0)],
        ['a', cost(1, 2, 3)],
        ['b', cost(0, 0, 0)],
      ]),
    );
    expect(rows.map((row) => [row.policy, row.isOnFront])).toEqual([
      ['a', true],
      ['b', null],
      ['c', null],
    ]);
    expect(
      paretoTable(rows)
        .split('\n')
        .map((line) => line.trimEnd().split(/ {2,}/)),
    ).toEqual([
      [
        'policy',
        'closed %',
        'gap to MIN %',
        'operations an eviction',
        'a reference',
        'bytes a page',
        'front',
      ],
      ['c', '9.0', '1.0', '–', '–', '–'],
      ['a', '5.0', '1.0', '1', '2', '3', '*'],
      ['b', '–', '1.0', '0', '0', '0'],
      [expect.stringMatching(/counted by hand/)],
    ]);
    expect(paretoCsv(rows).split('\n')[1]).toBe('a,5,1,1,2,3,1');
  });

  it('counts a search of all frames by the frames, and history by what is kept of it', () => {
    const words = { perReference: '', perEviction: '' };
    const operations = { perReference: 1, perEviction: 2, perEvictionAndFrame: 3 };
    const known = {
      ...words,
      bytesPerFrame: 8,
      bytesPerGhost: 10,
      ghostsPerFrame: 0.5,
      operations,
    };
    expect(runningCost(known, 100)).toEqual(cost(302, 1, 13));
    expect(runningCost({ ...words, bytesPerFrame: 8 }, 100)).toBe(undefined);
    // A sample is drawn of more frames than it has, and of no others.
    const sample = { frames: 10, perFrame: 16, perDraw: 6 };
    const drawing = { ...known, operations: { perReference: 1, perEviction: 2, sample } };
    expect(runningCost(drawing, 11)?.operationsPerEviction).toBe(2 + 10 * 22);
    expect(runningCost(drawing, 10)?.operationsPerEviction).toBe(2 + 10 * 16);
    expect(runningCost(drawing, 3)?.operationsPerEviction).toBe(2 + 3 * 16);
  });
});
