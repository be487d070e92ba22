/*
 * What each policy costs at each memory size, above the floor of the optimum:
 *
 *   cost │ ╲ lru            below the floor nobody comes: grey up to the lower bound, hatched by a
 *        │▒▒╲▒▒╲            lighter grey where the optimum may lie
 *        └──────── frames
 */
import type { DataColumn, Figure } from '../figure.ts';
import { labelsHeight, lineLabels } from './lineLabels.ts';
import { openDrawer, svgDocument } from './plot.ts';
import { policyStyle } from './policyStyle.ts';

export interface FaultCurves {
  readonly id: string;
  readonly title: string;
  /** What is counted: `page-ins`, or `page-ins + page-outs`. */
  readonly unit: string;
  /** What the floor is, for the caption. */
  readonly floorText: string;
  readonly series: readonly {
    readonly policy: string;
    readonly points: readonly { readonly frames: number; readonly value: number }[];
    /** Of very many points no symbols are drawn. */
    readonly isDense: boolean;
  }[];
  readonly floor: readonly {
    readonly frames: number;
    readonly lower: number;
    readonly upper: number;
  }[];
}

/** Dense curves are thinned to this many points, in equal steps of the logarithm. */
const DENSE_POINTS = 160;

export async function faultCurvesFigure(curves: FaultCurves): Promise<Figure> {
  const drawer = await openDrawer();
  const { plot, draw } = drawer;
  const { series, unit, title, floorText } = curves;
  const floor = thinned(curves.floor);
  const drawn = series.map((one) => ({ ...one, points: thinned(one.points) }));
  const values = [...drawn.flatMap(({ points }) => points.map(({ value }) => value))];
  const lowers = floor.map(({ lower }) => lower);
  const least = Math.min(...values, ...lowers);
  const most = Math.max(...values);
  // Costs at 5 and 40 % of memory differ by powers of ten; a logarithm has no place for zero.
  const isLog = least > 0 && most / least > 8;
  const bottom = isLog ? least * 0.8 : 0;
  const height = Math.max(340, labelsHeight(series.length));
  const chart = draw({
    width: 560,
    height,
    marginLeft: 62,
    marginRight: 8,
    marginBottom: 38,
    x: { type: 'log', label: 'memory (frames) →', tickFormat: '~s', ticks: 6 },
    y: {
      type: isLog ? 'log' : 'linear',
      domain: [bottom, most * 1.04 || 1],
      label: `↑ ${unit}`,
      grid: true,
      tickFormat: '~s',
      ticks: isLog ? 6 : 8,
    },
    marks: [
      plot.areaY(floor, { x: 'frames', y1: bottom, y2: 'lower', fill: '#ddd' }),
      plot.areaY(floor, { x: 'frames', y1: 'lower', y2: 'upper', fill: '#bbb' }),
      plot.lineY(floor, { x: 'frames', y: 'lower', stroke: '#000', strokeWidth: 0.8 }),
      ...drawn.flatMap(({ policy, points, isDense }) => {
        const { color, dashes, symbol } = policyStyle(policy);
        return [
          plot.line(points, {
            x: 'frames',
            y: 'value',
            stroke: color,
            strokeDasharray: dashes,
            strokeWidth: 1.8,
          }),
          ...(isDense
            ? []
            : [plot.dot(points, { x: 'frames', y: 'value', fill: color, symbol, r: 3.2 })]),
        ];
      }),
    ],
  });
  const ends = drawn.map(({ policy, points }) => ({
    label: policy,
    y: chart.yOf(points[points.length - 1].value),
  }));
  const labels = lineLabels(drawer, ends, { height, isAtEnds: true });
  const caption = `${unit} against memory; ${floorText}`;
  return {
    id: curves.id,
    title,
    caption,
    svg: svgDocument(
      [
        { x: 0, y: 0, drawing: chart },
        { x: 556, y: 0, drawing: labels },
      ],
      { title, text: caption },
    ),
    data: dataOf(curves),
  };
}

function dataOf({ series, floor }: FaultCurves): readonly DataColumn[] {
  const rows = [
    ...floor.flatMap(({ frames, lower, upper }) => [
      { line: 'lower bound', frames, value: lower },
      { line: 'upper bound', frames, value: upper },
    ]),
    ...series.flatMap(({ policy, points }) => points.map((point) => ({ line: policy, ...point }))),
  ];
  return [
    { name: 'line', values: rows.map(({ line }) => line) },
    { name: 'frames', values: rows.map(({ frames }) => frames) },
    { name: 'value', values: rows.map(({ value }) => value) },
  ];
}

/** The points themselves when they are few. Frames ascend. */
function thinned<T extends { readonly frames: number }>(points: readonly T[]): readonly T[] {
  if (points.length <= DENSE_POINTS) return points;
  const last = points[points.length - 1].frames;
  const step = Math.log(last / points[0].frames) / (DENSE_POINTS - 1);
  let next = points[0].frames;
  return points.filter(({ frames }) => {
    if (frames < next && frames !== last) return false;
    next = Math.max(frames + 1, Math.min(last, next * Math.exp(step)));
    return true;
  });
}
