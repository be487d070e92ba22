import { describe, expect, it } from 'vitest';
import { differenceCells, statisticsCells } from '../../src/report/statisticsTable.ts';

const FIGURES = {
  policy: 'lru',
  observes: 'every-reference',
  fitted: false,
  fingerprints: 1,
  cells: 2,
  costRatio: [2, 2],
  costRatioInterval: [1.5, 2.5],
  closedPercent: 40,
  closedPercentInterval: [30, 50],
  medianClosedPercent: 40,
  worstClosedPercent: 30,
  worseThanLru: 0,
  minGapPercent: 10,
  wins: 0,
  losses: 0,
  ties: 2,
} as const;
const DIFFERENCE = {
  policy: 'own',
  against: 'lru',
  points: 3,
  interval: [1, 5],
  costPercent: -2,
  costInterval: [-3, -1],
  cells: 2,
} as const;

describe('the tables of statistics', () => {
  it('have intervals where there are families to draw', () => {
    expect(statisticsCells({ ...FIGURES, families: 2 })).toEqual([
      'every-reference',
      'lru',
      '100.0',
      '50.0 … 150.0',
      '40.0',
      '30.0 … 50.0',
      '0',
      '0',
      '2',
    ]);
    expect(differenceCells({ ...DIFFERENCE, families: 2 }).slice(3)).toEqual([
      '1.0 … 5.0',
      '-2.0',
      '-3.0 … -1.0',
      '2',
    ]);
  });

  it('have none of one family, which says nothing of how much they differ', () => {
    const cells = statisticsCells({ ...FIGURES, families: 1 });
    expect([cells[3], cells[5]]).toEqual(['–', '–']);
    expect(differenceCells({ ...DIFFERENCE, families: 1 }).slice(3)).toEqual([
      '–',
      '-2.0',
      '–',
      '2',
    ]);
  });
});
