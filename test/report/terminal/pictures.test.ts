import { expect, it } from 'vitest';
import { accessGrid } from '../../../src/evaluation/accessGrid.ts';
import { memoryBlocks } from '../../../src/evaluation/memoryBlocks.ts';
import { heatMapText } from '../../../src/report/terminal/heatMap.ts';
import { workingSetText } from '../../../src/report/terminal/workingSet.ts';
import { references } from '../../support/references.ts';

it('draws references as digits, space to the right and time downwards', () => {
  // Of 16 references to the first half page 0 has 12, page 1 three, page 2 one; then page 3 alone.
  const string = references(`${'0 '.repeat(12)}1 1 1 2 ${'3 '.repeat(16)}`);
  const grid = accessGrid(string, memoryBlocks(string, 1), { rows: 4, columns: 2 });
  expect(heatMapText(grid, 4096)).toBe(
    [
      '# references in a cell: 0 none, 1 one, … 9 16; each digit about 1.4 times the one before',
      '# x-axis: space, 4 blocks of 4 KB in order of address, unused ones left out',
      '# y-axis: time, 32 references',
      '8410',
      '0009',
    ].join('\n'),
  );
});

it('draws percentiles as bars, the longest for the most', () => {
  const percentiles = [
    { percent: 0, pages: 0 },
    { percent: 50, pages: 300 },
    { percent: 100, pages: 1500 },
  ];
  expect(workingSetText({ window: 2048, meanPages: 519.26, percentiles })).toBe(
    [
      '# working set of the last 2,048 references, mean 519.3 pages',
      '# percent of the time, no more than',
      `   0      0 pages |${' '.repeat(50)}|`,
      `  50    300 pages |${'*'.repeat(10)}${' '.repeat(40)}|`,
      ` 100  1,500 pages |${'*'.repeat(50)}|`,
    ].join('\n'),
  );
});
