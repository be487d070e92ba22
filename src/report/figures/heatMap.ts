/*
 * Pages against time: the darker, the more references; brown where the policy had most of the row
 * in memory. Brown and grey are alike in black and white, so a second map shows memory by itself.
 *
 *   memory   │▓▓▒▒  ░░ ▓▓    rows: blocks of memory in order of address, unused ones left out
 *   blocks   │  ░░▒▒▓▓       columns: equal stretches of the reference string
 *            └───────────
 */
import type { AccessGrid } from '../../evaluation/accessGrid.ts';
import type { Figure } from '../figure.ts';
import { formatCount } from '../table.ts';
import { base64, indexedPng } from './indexedPng.ts';
import { type Drawer, type Drawing, openDrawer, svgDocument } from './plot.ts';
import { bytesText } from './units.ts';

export interface HeatMap {
  readonly id: string;
  readonly title: string;
  readonly pageSizeBytes: number;
  readonly grid: AccessGrid;
  /** Which policy's memory is shown; `share` as from `residentShare`. */
  readonly resident: {
    readonly policy: string;
    readonly frames: number;
    readonly share: Float64Array;
  };
}

const LEVELS = 8;
/** No reference, then few to many: first where it is not in memory, then where it is. */
const ABSENT = [0xffffff, 0xd9d9d9, 0xbdbdbd, 0x9e9e9e, 0x7a7a7a, 0x555555, 0x303030, 0x000000];
const PRESENT = [0xffe3b8, 0xe8c27f, 0xd9a650, 0xc2842a, 0xa5651a, 0x7d4613, 0x4f2a0e, 0x1f0d04];
const MOSTLY = 0.5;

const WIDTH = 720;
const MARGIN = { left: 62, right: 12, top: 22, bottom: 38 };
const HEIGHT = 320;
const RESIDENT_HEIGHT = 200;
const KEY_HEIGHT = 40;

export async function heatMapFigure(map: HeatMap): Promise<Figure> {
  const drawer = await openDrawer();
  const { grid, resident, title, pageSizeBytes } = map;
  const { rowCount, columnCount, counts, blockCount, pagesPerBlock } = grid;
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const accesses = Uint8Array.from(counts, (count, cell) => {
    // Logarithmic: a loop over many pages is seen beside one page used without end.
    const share = Math.log(Math.max(1, count)) / Math.log(Math.max(2, most));
    const level = count === 0 ? 0 : 1 + Math.floor((LEVELS - 2) * share);
    return (resident.share[cell] >= MOSTLY ? LEVELS : 0) + level;
  });
  const held = Uint8Array.from(resident.share, (share) => Math.ceil((LEVELS - 1) * share));
  const memory = `${resident.policy} on ${formatCount(resident.frames)} frames`;
  const block = bytesText(pagesPerBlock * pageSizeBytes);
  const pieces = [
    raster(drawer, grid, {
      pixels: accesses,
      palette: [...ABSENT, ...PRESENT],
      height: HEIGHT,
      label: `↑ references, in blocks of ${block} in order of address`,
    }),
    raster(drawer, grid, {
      pixels: held,
      palette: ABSENT,
      height: RESIDENT_HEIGHT,
      label: `↑ the part of each block in memory: ${memory}`,
    }),
    key(drawer, [
      `not in memory; left to right: no reference … ${formatCount(most)} in a cell`,
      'in memory; lower map, with the greys above: nothing … all of it in memory',
    ]),
  ];
  let y = 0;
  const placed = pieces.map((drawing) => {
    const at = { x: 0, y, drawing };
    y += drawing.height;
    return at;
  });
  const caption =
    `References by place and time, ${rowCount} rows of ${blockCount} blocks, ${columnCount} ` +
    `columns; brown cells were in memory, at least half of them, under ${memory} at the end of ` +
    'the stretch; the lower map shows how much of them. Blocks never used are left out.';
  return {
    id: map.id,
    title,
    caption,
    svg: svgDocument(placed, { title, text: caption }),
    data: cellsOf(map),
  };
}

interface Raster {
  /** A level a cell of the grid, the lowest address first. */
  readonly pixels: Uint8Array;
  readonly palette: readonly number[];
  readonly height: number;
  readonly label: string;
}

function raster(
  { plot, draw }: Drawer,
  { rowCount, columnCount, blockCount, starts }: AccessGrid,
  { pixels, palette, height, label }: Raster,
): Drawing {
  // The lowest address at the bottom.
  const flipped = new Uint8Array(pixels.length);
  for (let row = 0; row < rowCount; row++) {
    const from = (rowCount - 1 - row) * columnCount;
    flipped.set(pixels.subarray(from, from + columnCount), row * columnCount);
  }
  return draw({
    width: WIDTH,
    height,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { domain: [0, starts[columnCount]], label: 'time (references) →', tickFormat: '~s' },
    y: { domain: [0, blockCount], label, tickFormat: '~s' },
    marks: [
      plot.image([0], {
        frameAnchor: 'middle',
        width: WIDTH - MARGIN.left - MARGIN.right,
        height: height - MARGIN.top - MARGIN.bottom,
        src: `data:image/png;base64,${base64(indexedPng(flipped, columnCount, palette))}`,
        preserveAspectRatio: 'none',
        imageRendering: 'pixelated',
      }),
      plot.frame({ stroke: '#000', strokeWidth: 0.5 }),
    ],
  });
}

/** The levels of both palettes, a row each, with what they mean. */
function key({ plot, draw }: Drawer, texts: readonly string[]): Drawing {
  const boxes = [ABSENT, PRESENT].flatMap((palette, row) =>
    palette.map((color, level) => ({
      x1: MARGIN.left + 22 * level,
      x2: MARGIN.left + 22 * level + 22,
      y1: 4 + 15 * row,
      y2: 18 + 15 * row,
      fill: `#${color.toString(16).padStart(6, '0')}`,
    })),
  );
  return draw({
    width: WIDTH,
    height: KEY_HEIGHT,
    margin: 0,
    x: { domain: [0, WIDTH], range: [0, WIDTH], axis: null },
    y: { domain: [0, KEY_HEIGHT], range: [0, KEY_HEIGHT], axis: null },
    marks: [
      plot.rect(boxes, {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        fill: 'fill',
        stroke: '#999',
        strokeWidth: 0.4,
      }),
      plot.text(texts, {
        x: MARGIN.left + 22 * LEVELS + 8,
        y: (_: string, row: number) => 11 + 15 * row,
        text: (text: string) => text,
        textAnchor: 'start',
      }),
    ],
  });
}

/** Cells with references or pages in memory. */
function cellsOf({ grid, resident }: HeatMap): Figure['data'] {
  const { columnCount, counts, starts } = grid;
  const cells = [...counts.keys()].filter((cell) => counts[cell] > 0 || resident.share[cell] > 0);
  return [
    { name: 'row', values: cells.map((cell) => Math.floor(cell / columnCount)) },
    { name: 'firstReference', values: cells.map((cell) => starts[cell % columnCount]) },
    { name: 'references', values: cells.map((cell) => counts[cell]) },
    { name: 'residentShare', values: cells.map((cell) => resident.share[cell]) },
  ];
}
