/*
 * A policy looks the same in every picture, and no two look alike in grey: the pair of dashes and
 * symbol is its own. Colour says the family; they are those of Okabe & Ito (2008) and Tol's wine,
 * which people who see two colours tell apart.
 */

export interface PolicyStyle {
  readonly color: string;
  /** SVG's stroke-dasharray; empty for a whole line. */
  readonly dashes: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

const SYMBOLS = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'star',
  'cross',
  'wye',
  'hexagon',
] as const;

/** The last is for policies that are in no table. */
const DASHES = [
  '',
  '6 4',
  '2 3',
  '9 3 2 3',
  '14 4',
  '9 3 2 3 2 3',
  '4 2',
  '14 3 4 3',
  '1 5',
] as const;
const TABLE_DASHES = 8;

const FAMILIES: readonly (readonly [color: string, ids: readonly string[]])[] = [
  ['#000000', ['min', 'devik', 'vmin']],
  ['#0072B2', ['lru', 'lru-2', 'aging', 'nru', 'nfu', 'mru', 'eelru', 'seq', 'cflru', 'ubm']],
  ['#D55E00', ['clock', 'second-chance', 'enhanced-second-chance', 'gclock', 'clock-pro', 'car']],
  ['#D55E00', ['wsclock', 'working-set', 'pff']],
  ['#E69F00', ['fifo', 'sieve', 's3-fifo', 'mq']],
  ['#009E73', ['arc', 'lirs', 'dlirs', '2q', 'duel', 'lecar', 'cacheus', 'hawkeye']],
  ['#CC79A7', ['lfu', 'w-tinylfu', 'hyperbolic', 'lhd']],
  ['#56B4E9', ['linux-classic', 'mglru-6.12', 'linux-2.2', 'linux-2.4.0', 'aa-2.4.17']],
  ['#56B4E9', ['aa-2.4.27', 'freebsd', 'windows']],
  ['#777777', ['random']],
  ['#882255', ['least-squares', 'model', 'ridge', 'polynomial', 'piecewise', 'logistic']],
  ['#882255', ['pairwise', 'listwise', 'trees', 'network', 'tensorflow']],
];

/** Colour, dashes, symbol: a step in each list for each policy in turn. */
const STYLES: ReadonlyMap<string, PolicyStyle> = new Map(
  FAMILIES.flatMap(([color, ids]) => ids.map((id) => ({ color, id }))).map(({ color, id }, i) => [
    id,
    {
      color,
      dashes: DASHES[Math.floor(i / SYMBOLS.length) % TABLE_DASHES],
      symbol: SYMBOLS[i % SYMBOLS.length],
    },
  ]),
);

/** Every id that has a style of its own. */
export const STYLED_POLICIES: readonly string[] = [...STYLES.keys()];

/** By the id in front of options, files and arguments; others by a hash of the whole label. */
export function policyStyle(label: string): PolicyStyle {
  const known = STYLES.get(label.split(':')[0]);
  if (known !== undefined) return known;
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (const character of label) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return {
    color: FAMILIES[hash % FAMILIES.length][0],
    dashes: DASHES[TABLE_DASHES],
    symbol: SYMBOLS[(hash >>> 16) % SYMBOLS.length],
  };
}
