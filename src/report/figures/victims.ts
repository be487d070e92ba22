/** How good each policy's victims are: the share with at most so many pages used later. */
import type { RankShare } from '../../evaluation/victimRank.ts';
import type { Figure } from '../figure.ts';
import { labelsHeight, lineLabels } from './lineLabels.ts';
import { openDrawer, svgDocument } from './plot.ts';
import { policyStyle } from './policyStyle.ts';

export interface Victims {
  readonly id: string;
  readonly title: string;
  readonly frames: number;
  /** Policies without evictions are left out. */
  readonly policies: readonly { readonly policy: string; readonly shares: readonly RankShare[] }[];
}

export async function victimsFigure(victims: Victims): Promise<Figure> {
  const drawer = await openDrawer();
  const { plot, draw } = drawer;
  const { frames, title } = victims;
  const policies = victims.policies.filter(({ shares }) => shares.length > 0);
  const height = Math.max(300, labelsHeight(policies.length));
  const chart = draw({
    width: 560,
    height,
    marginLeft: 46,
    marginRight: 8,
    marginBottom: 38,
    x: {
      type: 'log',
      domain: [1, Math.max(2, frames)],
      label: '1 + pages in memory that are used later than the victim →',
      tickFormat: '~s',
      ticks: 6,
    },
    y: { domain: [0, 100], label: '↑ evictions (%)', grid: true },
    marks: policies.flatMap(({ policy, shares }) => {
      const { color, dashes, symbol } = policyStyle(policy);
      const at = { x: ({ rank }: RankShare) => rank + 1, y: 'percent' };
      return [
        plot.line(shares, { ...at, stroke: color, strokeDasharray: dashes, strokeWidth: 1.8 }),
        plot.dot(shares, { ...at, fill: color, symbol, r: 2.8 }),
      ];
    }),
  });
  // All lines end at 100 %; they are told apart where the victim is the optimum's.
  const ends = policies.map(({ policy, shares }) => ({
    label: policy,
    y: chart.yOf(shares[0].percent),
  }));
  const labels = lineLabels(drawer, ends, { height, isAtEnds: false });
  const caption =
    'Victims by true next use: at 1 the page used farthest ahead was evicted, as MIN does; further ' +
    `right, so many of the ${frames} pages in memory would have been better. Names are in the order ` +
    'of the lines at their left ends.';
  return {
    id: victims.id,
    title,
    caption,
    svg: svgDocument(
      [
        { x: 0, y: 0, drawing: chart },
        { x: 556, y: 0, drawing: labels },
      ],
      { title, text: caption },
    ),
    data: [
      { name: 'policy', values: policies.flatMap((one) => one.shares.map(() => one.policy)) },
      { name: 'rank', values: policies.flatMap(({ shares }) => shares.map(({ rank }) => rank)) },
      { name: 'percent', values: policies.flatMap((one) => one.shares.map((s) => s.percent)) },
    ],
  };
}
