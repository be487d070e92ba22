/*
 * Percentiles of the working set as bars of characters, as damo draws them:
 *
 *   # working set of the last 2,048 references, mean 519.3 pages
 *     0      24 pages |**                  |
 *    25     296 pages |*****               |
 */
import { formatCount } from '../table.ts';

export interface WorkingSetBars {
  /** References looked back. */
  readonly window: number;
  readonly meanPages: number;
  readonly percentiles: readonly { readonly percent: number; readonly pages: number }[];
}

const BAR_WIDTH = 50;

export function workingSetText({ window, meanPages, percentiles }: WorkingSetBars): string {
  const most = Math.max(1, ...percentiles.map(({ pages }) => pages));
  const width = Math.max(...percentiles.map(({ pages }) => formatCount(pages).length));
  const lines = percentiles.map(({ percent, pages }) => {
    const bar = '*'.repeat(Math.round((BAR_WIDTH * pages) / most)).padEnd(BAR_WIDTH);
    return `${`${percent}`.padStart(4)}  ${formatCount(pages).padStart(width)} pages |${bar}|`;
  });
  const mean = formatCount(Math.round(10 * meanPages) / 10);
  return [
    `# working set of the last ${formatCount(window)} references, mean ${mean} pages`,
    '# percent of the time, no more than',
    ...lines,
  ].join('\n');
}
