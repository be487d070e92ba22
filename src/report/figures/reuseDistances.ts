/** Reuse distances by powers of two, with the memory sizes that are looked at as lines. */
import type { ReuseHistogram } from '../../evaluation/reuseHistogram.ts';
import type { Figure } from '../figure.ts';
import { formatCount } from '../table.ts';
import { openDrawer, svgDocument } from './plot.ts';

export interface ReuseDistances {
  readonly id: string;
  readonly title: string;
  readonly histogram: ReuseHistogram;
  /** Memory sizes that the report evaluates. */
  readonly frames: readonly number[];
}

export async function reuseDistancesFigure(reuse: ReuseDistances): Promise<Figure> {
  const { plot, draw } = await openDrawer();
  const { histogram, frames, title } = reuse;
  const { from, references, firstUses } = histogram;
  const total = references.reduce((a, b) => a + b, 0) + firstUses;
  const bars = from.map((least, bin) => ({
    x1: bin,
    x2: bin + 1,
    percent: (100 * references[bin]) / total,
    least,
  }));
  const end = Math.max(1, bars.length);
  const first = { x1: end + 0.5, x2: end + 1.5, percent: (100 * firstUses) / total };
  const distanceText = (bin: number): string => {
    if (bin > end || !Number.isInteger(bin)) return '';
    const power = 2 ** bin;
    if (power >= 2 ** 20) return `${power / 2 ** 20}M`;
    return power >= 1024 ? `${power / 1024}K` : `${power}`;
  };
  const chart = draw({
    width: 720,
    height: 260,
    marginLeft: 58,
    marginBottom: 38,
    marginTop: 30,
    x: {
      domain: [0, end + 1.5],
      label: 'distinct pages since the last use (K = 1024) →',
      ticks: Array.from({ length: end + 1 }, (_, bin) => bin),
      tickFormat: distanceText,
    },
    y: {
      label: '↑ references (%)',
      grid: true,
      domain: [0, Math.max(...bars.map((b) => b.percent), first.percent) * 1.05],
    },
    marks: [
      plot.rectY(bars, { x1: 'x1', x2: 'x2', y1: 0, y2: 'percent', fill: '#0072B2', inset: 0.5 }),
      plot.rectY([first], { x1: 'x1', x2: 'x2', y1: 0, y2: 'percent', fill: '#bbb', inset: 0.5 }),
      plot.text([first], { x: end + 1, y: 0, text: ['first use'], dy: 10, lineAnchor: 'top' }),
      plot.ruleX(
        frames.filter((count) => Math.log2(count) <= end),
        { x: (count: number) => Math.log2(count), stroke: '#000', strokeDasharray: '3 2' },
      ),
      plot.text(
        frames.filter((count) => Math.log2(count) <= end),
        {
          x: (count: number) => Math.log2(count),
          frameAnchor: 'top',
          text: (count: number) => formatCount(count),
          dy: -9,
          fontSize: 10,
        },
      ),
      plot.ruleY([0]),
    ],
  });
  const caption =
    'How many distinct pages were used since the page was used last. LRU keeps a page in a memory ' +
    'of so many frames: what is right of a dashed line (frames) is a fault there.';
  return {
    id: reuse.id,
    title,
    caption,
    svg: svgDocument([{ x: 0, y: 0, drawing: chart }], { title, text: caption }),
    data: [
      { name: 'distanceFrom', values: [...from, null] },
      { name: 'references', values: [...references, firstUses] },
    ],
  };
}
