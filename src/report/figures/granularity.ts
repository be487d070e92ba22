/** How much of memory is used when it is handed out in blocks, from one page to 64 MB. */
import type { GranularityRow } from '../../evaluation/memoryBlocks.ts';
import type { Figure } from '../figure.ts';
import { formatCount } from '../table.ts';
import { openDrawer, svgDocument } from './plot.ts';
import { bytesText } from './units.ts';

export interface Granularity {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly GranularityRow[];
}

export async function granularityFigure({ id, title, rows }: Granularity): Promise<Figure> {
  const { plot, draw } = await openDrawer();
  const bars = rows.map(({ blockBytes, ...row }) => ({ ...row, size: bytesText(blockBytes) }));
  const chart = draw({
    width: 720,
    height: 230,
    marginLeft: 46,
    marginBottom: 38,
    marginTop: 26,
    x: { domain: bars.map(({ size }) => size), label: 'size of a block →', padding: 0.15 },
    y: { domain: [0, 100], label: '↑ pages used of those in touched blocks (%)', grid: true },
    marks: [
      plot.barY(bars, { x: 'size', y: 'usedPercent', fill: '#009E73' }),
      plot.text(bars, {
        x: 'size',
        y: 'usedPercent',
        text: ({ blocks }: { readonly blocks: number }) => formatCount(blocks),
        dy: -7,
        fontSize: 10,
      }),
      plot.ruleY([0]),
    ],
  });
  const caption =
    'Spatial locality: of the pages in blocks with any use, the share that is used. The number ' +
    'above a bar is of the blocks used.';
  return {
    id,
    title,
    caption,
    svg: svgDocument([{ x: 0, y: 0, drawing: chart }], { title, text: caption }),
    data: [
      { name: 'blockBytes', values: rows.map(({ blockBytes }) => blockBytes) },
      { name: 'blocks', values: rows.map(({ blocks }) => blocks) },
      { name: 'usedPercent', values: rows.map(({ usedPercent }) => usedPercent) },
    ],
  };
}
