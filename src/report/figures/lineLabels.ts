/*
 * Names of lines, beside the picture, in the order of their heights: each with its dashes and
 * symbol, moved up or down so that none covers another; where the lines end there, with a thin line
 * back to the end.
 */
import { type Drawer, type Drawing, escapeText } from './plot.ts';
import { policyStyle } from './policyStyle.ts';

export interface LineEnd {
  readonly label: string;
  /** Pixels from the top. */
  readonly y: number;
}

const LINE_HEIGHT = 13;
const WIDTH = 170;

/** The height that so many labels need. */
export const labelsHeight = (count: number): number => (count + 1) * LINE_HEIGHT;

export function lineLabels(
  { plot, draw }: Drawer,
  ends: readonly LineEnd[],
  { height, isAtEnds }: { readonly height: number; readonly isAtEnds: boolean },
): Drawing {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  const places = spread(
    sorted.map(({ y }) => y),
    height,
  );
  const marks = sorted.flatMap(({ label, y }, i) => {
    const { color, dashes, symbol } = policyStyle(label);
    const at = places[i];
    const sample = { stroke: color, strokeDasharray: dashes, strokeWidth: 1.8 };
    return [
      ...(isAtEnds
        ? [
            plot.line(
              [
                [2, y],
                [12, at],
              ],
              { stroke: '#999', strokeWidth: 0.6 },
            ),
          ]
        : []),
      plot.line(
        [
          [14, at],
          [44, at],
        ],
        sample,
      ),
      plot.dot([[29, at]], { fill: color, symbol, r: 3.2 }),
      plot.text([[49, at]], { text: [shortened(label)], textAnchor: 'start', fontSize: 11 }),
    ];
  });
  return draw({
    width: WIDTH,
    height,
    margin: 0,
    x: { domain: [0, WIDTH], range: [0, WIDTH], axis: null },
    y: { domain: [0, height], range: [0, height], axis: null },
    marks,
  });
}

/** Ascending places at least a line apart, near the ones wanted, all within the height. */
export function spread(wanted: readonly number[], height: number): number[] {
  const places: number[] = [];
  for (const y of wanted) {
    const least = places.length === 0 ? LINE_HEIGHT / 2 : places[places.length - 1] + LINE_HEIGHT;
    places.push(Math.max(least, y));
  }
  let most = height - LINE_HEIGHT / 2;
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i], most);
    most = places[i] - LINE_HEIGHT;
  }
  return places;
}

/** Models are named by their files, whose ends tell them apart. */
function shortened(label: string): string {
  return escapeText(label).length <= 22 ? label : `…${label.slice(-21)}`;
}
