/*
 * How many times the optimum's cost each policy pays: a bar to the least it may be, paler up to the
 * most (the bracket of the optimum), and a whisker where 95 % of the draws of families lie.
 */
import type { PolicyStatistics } from '../../evaluation/statistics.ts';
import type { Figure } from '../figure.ts';
import { openDrawer, svgDocument } from './plot.ts';
import { policyStyle } from './policyStyle.ts';

type Charted = Pick<
  PolicyStatistics,
  'policy' | 'observes' | 'families' | 'costRatio' | 'costRatioInterval'
>;

export interface GapBars {
  readonly id: string;
  readonly title: string;
  /** Grouped by what they observe, in the order of the list. */
  readonly policies: readonly Charted[];
}

const ROW_HEIGHT = 20;
const WHISKER = { stroke: '#000', strokeWidth: 1.1 };

export async function gapBarsFigure({ id, title, policies }: GapBars): Promise<Figure> {
  const { plot, draw } = await openDrawer();
  const hasWhiskers = policies.some(({ families }) => families > 1);
  const bars = policies.map((one) => ({
    policy: one.policy,
    name: `${one.policy}  (${one.observes})`,
    color: policyStyle(one.policy).color,
    low: one.costRatio[0],
    high: one.costRatio[1],
    from: one.costRatioInterval[0],
    to: one.costRatioInterval[1],
  }));
  const finite = bars.flatMap(({ high, to }) => [high, to]).filter(Number.isFinite);
  const most = Math.max(1.2, ...finite);
  const text = (ratio: number): string =>
    Number.isFinite(ratio) ? `+${(100 * (ratio - 1)).toFixed(1)} %` : 'unbounded';
  const chart = draw({
    width: 720,
    height: 60 + ROW_HEIGHT * bars.length,
    marginLeft: 190,
    marginRight: 78,
    marginBottom: 38,
    x: {
      type: 'log',
      domain: [1, most],
      clamp: true,
      label: 'cost ÷ optimum (1: the best possible) →',
      grid: true,
      tickFormat: '~r',
      ticks: 6,
    },
    y: { label: null, domain: bars.map(({ name }) => name) },
    marks: [
      plot.barX(bars, { y: 'name', x1: 1, x2: 'low', fill: 'color', insetTop: 2, insetBottom: 2 }),
      plot.barX(bars, {
        y: 'name',
        x1: 'low',
        x2: 'high',
        fill: 'color',
        fillOpacity: 0.4,
        stroke: 'color',
        strokeDasharray: '2 2',
        insetTop: 2,
        insetBottom: 2,
      }),
      ...(hasWhiskers
        ? [
            plot.ruleY(bars, { y: 'name', x1: 'from', x2: 'to', ...WHISKER }),
            plot.tickX(bars, { y: 'name', x: 'from', insetTop: 5, insetBottom: 5, ...WHISKER }),
            plot.tickX(bars, { y: 'name', x: 'to', insetTop: 5, insetBottom: 5, ...WHISKER }),
          ]
        : []),
      plot.ruleX([1], { stroke: '#000' }),
      plot.text(bars, {
        y: 'name',
        frameAnchor: 'right',
        text: ({ high }: { readonly high: number }) => text(high),
        textAnchor: 'start',
        dx: 6,
      }),
    ],
  });
  const caption =
    'Geometric mean over cells of cost ÷ optimum: the bar ends at what is certain (above the best ' +
    'schedule known), the paler part at what is possible (above the lower bound), which the figure ' +
    'at the right is of.' +
    (hasWhiskers ? ' The whisker holds 95 % of the means over families drawn again.' : '');
  return {
    id,
    title,
    caption,
    svg: svgDocument([{ x: 0, y: 0, drawing: chart }], { title, text: caption }),
    data: [
      { name: 'policy', values: policies.map(({ policy }) => policy) },
      { name: 'observes', values: policies.map(({ observes }) => observes) },
      { name: 'ratioLow', values: bars.map(({ low }) => low) },
      { name: 'ratioHigh', values: bars.map(({ high }) => high) },
      { name: 'intervalLow', values: bars.map(({ from }) => from) },
      { name: 'intervalHigh', values: bars.map(({ to }) => to) },
    ],
  };
}
