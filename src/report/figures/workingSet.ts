/** The working set over time, for several windows: a line for the mean, a band for its range. */
import type { SeriesBins } from '../../evaluation/workingSet.ts';
import type { Figure } from '../figure.ts';
import { openDrawer, svgDocument } from './plot.ts';
import { WINDOW_LOOKS, type WorkingSets, windowText } from './windows.ts';

export async function workingSetFigure(sets: WorkingSets): Promise<Figure> {
  const { plot, draw } = await openDrawer();
  const { id, windows, referenceCount, title } = sets;
  const most = Math.max(1, ...windows.flatMap(({ bins }) => bins.most));
  const rowsOf = ({ start, least, mean, most: high }: SeriesBins) =>
    start.map((from, i) => ({ from, least: least[i], mean: mean[i], most: high[i] }));
  const chart = draw({
    width: 720,
    height: 260,
    marginLeft: 58,
    marginRight: 104,
    marginBottom: 38,
    x: { domain: [0, referenceCount], label: 'time (references) →', tickFormat: '~s' },
    y: { domain: [0, most * 1.03], grid: true, tickFormat: '~s', label: '↑ working set (pages)' },
    marks: windows.flatMap(({ window, bins }, i) => {
      const rows = rowsOf(bins);
      const { color, dashes } = WINDOW_LOOKS[i];
      const line = { stroke: color, strokeDasharray: dashes, strokeWidth: 1.5 };
      return [
        plot.areaY(rows, { x: 'from', y1: 'least', y2: 'most', fill: color, fillOpacity: 0.18 }),
        plot.lineY(rows, { x: 'from', y: 'mean', ...line }),
        plot.text(rows.slice(-1), {
          x: 'from',
          y: 'mean',
          text: [windowText(window)],
          textAnchor: 'start',
          dx: 8,
        }),
      ];
    }),
  });
  const caption =
    'Distinct pages among the last so many references: the mean in each stretch of time, in a band ' +
    'from least to most.';
  return {
    id,
    title,
    caption,
    svg: svgDocument([{ x: 0, y: 0, drawing: chart }], { title, text: caption }),
    data: [
      {
        name: 'window',
        values: windows.flatMap(({ window, bins }) => bins.start.map(() => window)),
      },
      { name: 'firstReference', values: windows.flatMap(({ bins }) => bins.start) },
      { name: 'least', values: windows.flatMap(({ bins }) => bins.least) },
      { name: 'mean', values: windows.flatMap(({ bins }) => bins.mean) },
      { name: 'most', values: windows.flatMap(({ bins }) => bins.most) },
    ],
  };
}
