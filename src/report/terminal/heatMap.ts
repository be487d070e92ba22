/*
 * Pages against time in characters, as damo, DAMON's user tool, draws them: a digit a cell, 0 for
 * none and 9 for the most references, space to the right, time downwards.
 *
 *   # references in a cell: 0 1 2 3 4 5 6 7 8 9, a digit about 2.1 times the one before
 *   # x-axis: space, 109 blocks of 128 KB in order of address
 *   # y-axis: time, 267,635 references
 *   0000345200000…
 */
import type { AccessGrid } from '../../evaluation/accessGrid.ts';
import { bytesText } from '../figures/units.ts';
import { formatCount } from '../table.ts';

const LEVELS = 10;

export function heatMapText(grid: AccessGrid, pageSizeBytes: number): string {
  const { rowCount, columnCount, counts, starts, blockCount, pagesPerBlock } = grid;
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const lines: string[] = [];
  for (let column = 0; column < columnCount; column++) {
    let line = '';
    for (let row = 0; row < rowCount; row++) {
      line += levelOf(counts[row * columnCount + column], most);
    }
    lines.push(line);
  }
  const step = Math.max(2, most) ** (1 / (LEVELS - 2));
  const blocks = `${formatCount(blockCount)} blocks of ${bytesText(pagesPerBlock * pageSizeBytes)}`;
  return [
    `# references in a cell: 0 none, 1 one, … 9 ${formatCount(most)}; ` +
      `each digit about ${step.toFixed(1)} times the one before`,
    `# x-axis: space, ${blocks} in order of address, unused ones left out`,
    `# y-axis: time, ${formatCount(starts[columnCount])} references`,
    ...lines,
  ].join('\n');
}

/** By the logarithm: 1 for one reference, 9 for the most. */
function levelOf(count: number, most: number): number {
  if (count === 0) return 0;
  const share = Math.log(count) / Math.log(Math.max(2, most));
  return 1 + Math.round((LEVELS - 2) * share);
}
