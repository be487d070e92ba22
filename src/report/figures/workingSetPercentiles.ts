/** For what share of the time the working set is no larger than so many pages. */
import type { Figure } from '../figure.ts';
import { openDrawer, svgDocument } from './plot.ts';
import { WINDOW_LOOKS, type WorkingSets, windowText } from './windows.ts';

export async function workingSetPercentilesFigure(sets: WorkingSets): Promise<Figure> {
  const { plot, draw } = await openDrawer();
  const { id, windows, percents, title } = sets;
  const chart = draw({
    width: 720,
    height: 260,
    marginLeft: 58,
    marginRight: 104,
    marginBottom: 38,
    x: { domain: [0, 100], label: 'share of the time (%) →' },
    y: { zero: true, grid: true, tickFormat: '~s', label: '↑ working set (pages)' },
    marks: windows.flatMap(({ window, percentiles }, i) => {
      const points = percents.map((percent, j) => ({ percent, pages: percentiles[j] }));
      const { color: stroke, dashes } = WINDOW_LOOKS[i];
      const at = { x: 'percent', y: 'pages' };
      return [
        plot.line(points, { ...at, stroke, strokeDasharray: dashes, strokeWidth: 1.8 }),
        plot.text(points.slice(-1), {
          ...at,
          text: [windowText(window)],
          textAnchor: 'start',
          dx: 6,
        }),
      ];
    }),
  });
  const caption =
    'Percentiles of the working set over all references: for so much of the time it was no larger.';
  return {
    id,
    title,
    caption,
    svg: svgDocument([{ x: 0, y: 0, drawing: chart }], { title, text: caption }),
    data: [
      { name: 'window', values: windows.flatMap(({ window }) => percents.map(() => window)) },
      { name: 'percent', values: windows.flatMap(() => percents) },
      { name: 'pages', values: windows.flatMap(({ percentiles }) => percentiles) },
    ],
  };
}
