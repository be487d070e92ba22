/*
 * What a fitted function makes of its features: how much each moves the score, and how the score
 * goes with each when the others stay as they are.
 */
import type { Dependence } from '../../evaluation/influence.ts';
import type { Figure } from '../figure.ts';
import { openDrawer, svgDocument } from './plot.ts';

export interface InfluenceOf {
  readonly feature: string;
  readonly unit: string;
  /** Drawn on a scale of log2(1 + value). */
  readonly isLog: boolean;
  readonly importance: number;
  readonly dependence: Dependence;
}

export interface Influences {
  readonly id: string;
  readonly title: string;
  /** What the score is of. */
  readonly target: string;
  readonly features: readonly InfluenceOf[];
}

const PANEL_WIDTH = 178;
const PANEL_HEIGHT = 170;
const PANELS_A_ROW = 4;
/** The rest moves less than these. */
const BARS_MAX = 16;
const PANELS_MAX = 8;

export async function influenceFigure(influences: Influences): Promise<Figure> {
  const { plot, draw } = await openDrawer();
  const { title, target } = influences;
  const all = [...influences.features].sort((a, b) => b.importance - a.importance);
  const features = all.slice(0, BARS_MAX);
  const barsHeight = 44 + 20 * features.length;
  const bars = draw({
    width: 712,
    height: barsHeight,
    marginLeft: 130,
    marginRight: 50,
    marginBottom: 34,
    x: { label: 'change of the score when shuffled (deviations) →', grid: true },
    y: { label: null, domain: features.map(({ feature }) => feature) },
    marks: [
      plot.barX(features, { y: 'feature', x: 'importance', fill: '#882255', inset: 2 }),
      plot.text(features, {
        y: 'feature',
        x: 'importance',
        text: ({ importance }: InfluenceOf) => importance.toFixed(2),
        textAnchor: 'start',
        dx: 4,
      }),
      plot.ruleX([0]),
    ],
  });
  // A feature that has one value on this load depends on nothing.
  const varied = features.filter(({ dependence }) => dependence.values.length > 1);
  const shown = varied.slice(0, PANELS_MAX);
  const scores = shown.flatMap(({ dependence }) => dependence.scores);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const room = 0.05 * (high - low || 1);
  const panels = shown.map(({ feature, unit, isLog, dependence }, i) => {
    const xOf = (value: number): number => (isLog ? 1 + value : value);
    const points = dependence.values.map((value, j) => ({
      x: xOf(value),
      score: dependence.scores[j],
    }));
    const [from, to] = dependence.usual.map(xOf);
    const drawing = draw({
      width: PANEL_WIDTH,
      height: PANEL_HEIGHT,
      marginLeft: 34,
      marginRight: 10,
      marginBottom: 36,
      x: {
        type: isLog ? 'log' : 'linear',
        label: `${isLog ? '1 + ' : ''}${feature} (${unit}) →`,
        ticks: 4,
        ...(isLog && { tickFormat: '~s' }),
      },
      y: { domain: [low - room, high + room], label: i === 0 ? '↑ mean score' : null, grid: true },
      marks: [
        plot.rectX([0], { x1: [from], x2: [to], fill: '#eee' }),
        plot.line(points, { x: 'x', y: 'score', stroke: '#882255', strokeWidth: 1.8 }),
        plot.dot(points, { x: 'x', y: 'score', fill: '#882255', r: 1.8 }),
      ],
    });
    const x = PANEL_WIDTH * (i % PANELS_A_ROW);
    const y = barsHeight + 6 + PANEL_HEIGHT * Math.floor(i / PANELS_A_ROW);
    return { x, y, drawing };
  });
  const caption =
    `Above: how much the score (${target}) moves when a feature is shuffled among the rows. Below: ` +
    'the mean score when a feature is set to one value in all rows; 90 % of its values lie in the ' +
    'grey part. The page with the highest score leaves.' +
    (all.length > shown.length ? ` Of ${all.length} features those that move it most.` : '');
  return {
    id: influences.id,
    title,
    caption,
    svg: svgDocument([{ x: 0, y: 0, drawing: bars }, ...panels], { title, text: caption }),
    data: [
      {
        name: 'feature',
        values: all.flatMap(({ feature, dependence }) => dependence.values.map(() => feature)),
      },
      {
        name: 'importance',
        values: all.flatMap((one) => one.dependence.values.map(() => one.importance)),
      },
      { name: 'value', values: all.flatMap(({ dependence }) => dependence.values) },
      { name: 'meanScore', values: all.flatMap(({ dependence }) => dependence.scores) },
    ],
  };
}
